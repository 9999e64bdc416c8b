import { integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Conversation, Saying } from '../../core/conversation.ts'
import type { Locale } from '../../core/locale.ts'
import type { SmsEncoding } from '../../core/segments.ts'
import type { TextChannel } from '../../core/text-message.ts'
import { instant } from './columns.ts'

export const conversations = pgTable(
  'conversations',
  {
    channel: text('channel').$type<TextChannel>().notNull(),
    phone: text('phone').notNull(),
    line: text('line').notNull(),
    driver: text('driver').notNull(),
    language: text('language').$type<Locale>(),
    state: jsonb('state').$type<Conversation>().notNull(),
    stoppedAt: instant('stopped_at'),
    lastInboundAt: instant('last_inbound_at'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channel, t.phone] })],
)

export const outgoingMessages = pgTable('outgoing_messages', {
  id: uuid('id').primaryKey(),
  channel: text('channel').$type<TextChannel>().notNull(),
  driver: text('driver').notNull(),
  sender: text('sender').notNull(),
  recipient: text('recipient').notNull(),
  purpose: text('purpose').$type<Saying>().notNull(),
  language: text('language').$type<Locale>().notNull(),
  text: text('text').notNull(),
  encoding: text('encoding').$type<SmsEncoding>().notNull(),
  segments: integer('segments').notNull(),
  variables: jsonb('variables').$type<Record<string, string>>().notNull(),
  complaintId: uuid('complaint_id'),
  receiptId: uuid('receipt_id'),
  noticeId: uuid('notice_id'),
  afterId: uuid('after_id'),
  replacesId: uuid('replaces_id'),
  dedupeKey: text('dedupe_key').notNull(),
  state: text('state').$type<'queued' | 'sent' | 'delivered' | 'failed' | 'fallen_back'>().notNull(),
  providerId: text('provider_id'),
  failure: text('failure'),
  failures: integer('failures').notNull(),
  createdAt: instant('created_at').notNull(),
  sentAt: instant('sent_at'),
  deliveredAt: instant('delivered_at'),
  updatedAt: instant('updated_at').notNull(),
})

export const messageParts = pgTable('message_parts', {
  eventId: uuid('event_id').primaryKey(),
  channel: text('channel').$type<TextChannel>().notNull(),
  sender: text('sender').notNull(),
  line: text('line').notNull(),
  reference: integer('reference').notNull(),
  total: integer('total').notNull(),
  number: integer('number').notNull(),
  text: text('text').notNull(),
  receivedAt: instant('received_at').notNull(),
  gluedAt: instant('glued_at'),
})

export const notices = pgTable('notices', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  kind: text('kind').$type<Saying>().notNull(),
  state: text('state').$type<'due' | 'sent' | 'failed' | 'fallen_back'>().notNull(),
  /** `email`, or the text channel it went by. */
  via: text('via'),
  providerId: text('provider_id'),
  failure: text('failure'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
