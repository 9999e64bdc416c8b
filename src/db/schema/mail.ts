import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Authentication, FiledFile, MailClass, MailNote, SenderFlag } from '../../core/mail-message.ts'
import { instant } from './columns.ts'

export const mailMessages = pgTable('mail_messages', {
  eventId: uuid('event_id').primaryKey(),
  externalId: text('external_id').notNull(),
  messageId: text('message_id'),
  answers: text('answers').array().notNull(),
  fromAddress: text('from_address'),
  fromName: text('from_name').notNull(),
  subject: text('subject').notNull(),
  class: text('class').$type<MailClass>().notNull(),
  reasons: text('reasons').array().notNull(),
  answerable: boolean('answerable').notNull(),
  flags: text('flags').array().$type<SenderFlag[]>().notNull(),
  notes: text('notes').array().$type<MailNote[]>().notNull(),
  authentication: text('authentication').$type<Authentication>().notNull(),
  languageSure: boolean('language_sure').notNull(),
  contentSha256: text('content_sha256').notNull(),
  text: text('text').notNull(),
  /** The sender's own words, apart from what is quoted. */
  ownText: text('own_text').notNull(),
  html: text('html'),
  files: jsonb('files').$type<FiledFile[]>().notNull(),
  complaintId: uuid('complaint_id'),
  referralId: uuid('referral_id'),
  /** What became of the answer to an addition; null: none is owed. */
  acknowledgment: text('acknowledgment').$type<'due' | 'sent' | 'failed' | 'withheld'>(),
  acknowledgmentFailure: text('acknowledgment_failure'),
  receivedAt: instant('received_at').notNull(),
})

export const mailboxes = pgTable('mailboxes', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  holder: uuid('holder'),
  heldUntil: instant('held_until'),
  uidValidity: bigint('uid_validity', { mode: 'bigint' }),
  seenAt: instant('seen_at'),
  failingSince: instant('failing_since'),
  failure: text('failure'),
})

export const mailboxMails = pgTable(
  'mailbox_mails',
  {
    mailbox: text('mailbox').notNull(),
    uidValidity: bigint('uid_validity', { mode: 'bigint' }).notNull(),
    uid: bigint('uid', { mode: 'number' }).notNull(),
    externalId: text('external_id'),
    tries: integer('tries').notNull(),
    dueAt: instant('due_at'),
  },
  (table) => [primaryKey({ columns: [table.mailbox, table.uidValidity, table.uid] })],
)
