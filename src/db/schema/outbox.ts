import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { DeliveryError } from '../../core/delivery.ts'
import type { Topic, Topics } from '../../core/topics.ts'
import { instant } from './columns.ts'

export const outboxMessages = pgTable('outbox_messages', {
  id: uuid('id').primaryKey(),
  topic: text('topic').$type<Topic>().notNull(),
  key: text('key').notNull(),
  payload: jsonb('payload').$type<Topics[Topic]>().notNull(),
  dedupeKey: text('dedupe_key').notNull(),
  complaintId: uuid('complaint_id'),
  createdAt: instant('created_at').notNull(),
  dueAt: instant('due_at').notNull(),
  attempts: integer('attempts').notNull().default(0),
  forgiven: integer('forgiven').notNull().default(0),
  leasedUntil: instant('leased_until'),
  leasedBy: text('leased_by'),
  settledAt: instant('settled_at'),
  deadAt: instant('dead_at'),
  providerId: text('provider_id'),
  lastError: jsonb('last_error').$type<DeliveryError>(),
})

export const outboxAttempts = pgTable(
  'outbox_attempts',
  {
    messageId: uuid('message_id').notNull(),
    number: integer('number').notNull(),
    at: instant('at').notNull(),
    tookMs: integer('took_ms').notNull(),
    ok: boolean('ok').notNull(),
    error: jsonb('error').$type<DeliveryError>(),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.number] })],
)
