import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Locale } from '../../core/locale.ts'
import { instant } from './columns.ts'

export const drafts = pgTable('drafts', {
  id: uuid('id').primaryKey(),
  tokenSha256: text('token_sha256').notNull(),
  answers: jsonb('answers').$type<Record<string, unknown>>().notNull(),
  language: text('language').$type<Locale>().notNull(),
  submissionKey: text('submission_key').notNull(),
  submittedComplaintId: uuid('submitted_complaint_id'),
  phoneMac: text('phone_mac'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export const uploads = pgTable('uploads', {
  id: text('id').primaryKey(),
  draftId: uuid('draft_id'),
  client: text('client').notNull(),
  name: text('name').notNull(),
  declaredType: text('declared_type').notNull(),
  /** The most it may become while `deferred`. */
  declaredBytes: bigint('declared_bytes', { mode: 'number' }).notNull(),
  deferred: boolean('deferred').notNull().default(false),
  receivedBytes: bigint('received_bytes', { mode: 'number' }).notNull(),
  sha256: text('sha256'),
  objectKey: text('object_key').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  finishedAt: instant('finished_at'),
  claimedBy: uuid('claimed_by'),
})

export const uploadSegments = pgTable(
  'upload_segments',
  {
    uploadId: text('upload_id').notNull(),
    start: bigint('start', { mode: 'number' }).notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    objectKey: text('object_key').notNull(),
  },
  (t) => [primaryKey({ columns: [t.uploadId, t.start] })],
)

export const arrivingMedia = pgTable('arriving_media', {
  uploadId: text('upload_id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  name: text('name').notNull(),
  bytes: bigint('bytes', { mode: 'number' }),
  notedAt: instant('noted_at').notNull(),
  until: instant('until').notNull(),
  arrivedAt: instant('arrived_at'),
})

export const rateWindows = pgTable(
  'rate_windows',
  {
    bucket: text('bucket').notNull(),
    windowStart: instant('window_start').notNull(),
    hits: integer('hits').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bucket, t.windowStart] })],
)

export const codeLocks = pgTable('code_locks', {
  reference: text('reference').primaryKey(),
  wrong: integer('wrong').notNull(),
  lockedUntil: instant('locked_until'),
  updatedAt: instant('updated_at').notNull(),
})

export const usedProofs = pgTable('used_proofs', {
  challengeSha256: text('challenge_sha256').primaryKey(),
  usedAt: instant('used_at').notNull(),
})

export const receiptCopies = pgTable('receipt_copies', {
  id: uuid('id').primaryKey(),
  receiptId: uuid('receipt_id').notNull(),
  email: text('email').notNull(),
  language: text('language').$type<Locale>().notNull(),
  createdAt: instant('created_at').notNull(),
})
