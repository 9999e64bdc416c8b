import {
  bigint,
  bigserial,
  boolean,
  customType,
  date,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Cause } from '../../core/cause.ts'
import type { ClosedReason, Ground, Kind, Status } from '../../core/complaint.ts'
import type { Locale } from '../../core/locale.ts'
import type { AnswerOutcome, ReferralState } from '../../core/referral.ts'
import type { ReviewRecord } from '../../core/review.ts'
import { instant } from './columns.ts'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const complaints = pgTable('complaints', {
  id: uuid('id').primaryKey(),
  reference: text('reference').notNull(),
  accessCodeHash: text('access_code_hash').notNull(),
  kind: text('kind').$type<Kind>().notNull(),
  status: text('status').$type<Status>().notNull(),
  closedReason: text('closed_reason').$type<ClosedReason>(),
  ground: text('ground').$type<Ground>(),
  channel: text('channel').notNull(),
  language: text('language').$type<Locale>().notNull(),
  text: text('text').notNull(),
  place: text('place'),
  anonymous: boolean('anonymous').notNull(),
  namedAdministrationId: uuid('named_administration_id'),
  administrationId: uuid('administration_id'),
  serviceId: uuid('service_id'),
  cause: text('cause').$type<Cause>(),
  /** Kept when the place it was read from is erased. */
  region: text('region'),
  round: integer('round').notNull(),
  origin: text('origin').$type<'file' | 'seed' | 'practice'>().notNull(),
  assigneeId: uuid('assignee_id'),
  assignedAt: instant('assigned_at'),
  /** Kept by triggers: the end of the running clock. */
  dueAt: instant('due_at'),
  receivedAt: instant('received_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  erasedAt: instant('erased_at'),
  heldAt: instant('held_at'),
  heldBy: text('held_by'),
  holdReason: text('hold_reason'),
})

export const complainants = pgTable('complainants', {
  complaintId: uuid('complaint_id').primaryKey(),
  name: text('name'),
  email: text('email'),
  phone: text('phone'),
  preferred: text('preferred'),
})

export const submissions = pgTable('submissions', {
  id: uuid('id').primaryKey(),
  channel: text('channel').notNull(),
  externalId: text('external_id').notNull(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  receivedAt: instant('received_at').notNull(),
  text: text('text').notNull(),
  language: text('language').$type<Locale>().notNull(),
  rawType: text('raw_type').notNull(),
  rawSha256: text('raw_sha256').notNull(),
  rawBytes: bigint('raw_bytes', { mode: 'number' }).notNull(),
  rawBody: bytea('raw_body'),
  rawObject: text('raw_object'),
})

export const ledgerEntries = pgTable('ledger_entries', {
  id: uuid('id').primaryKey(),
  channel: text('channel').notNull(),
  externalId: text('external_id').notNull(),
  receivedAt: instant('received_at').notNull(),
  outcome: text('outcome').$type<'created' | 'appended' | 'ignored' | 'quarantined' | 'failed'>(),
  reason: text('reason'),
  complaintId: uuid('complaint_id'),
  settledAt: instant('settled_at'),
})

export const quarantine = pgTable('quarantine', {
  id: uuid('id').primaryKey(),
  channel: text('channel').notNull(),
  externalId: text('external_id').notNull(),
  receivedAt: instant('received_at').notNull(),
  reason: text('reason').notNull(),
  rawType: text('raw_type').notNull(),
  rawSha256: text('raw_sha256').notNull(),
  rawBytes: bigint('raw_bytes', { mode: 'number' }).notNull(),
  rawBody: bytea('raw_body'),
  rawObject: text('raw_object'),
  resolvedAt: instant('resolved_at'),
  resolution: text('resolution').$type<'released' | 'dismissed'>(),
  resolvedBy: text('resolved_by'),
})

export const rounds = pgTable(
  'rounds',
  {
    complaintId: uuid('complaint_id').notNull(),
    number: integer('number').notNull(),
    openedAt: instant('opened_at').notNull(),
    reviewedAt: instant('reviewed_at'),
    outcome: text('outcome').$type<'admissible' | 'inadmissible'>(),
    answeredAt: instant('answered_at'),
    answer: text('answer'),
    answeredBy: uuid('answered_by'),
    answerOutcome: text('answer_outcome').$type<AnswerOutcome>(),
    satisfied: boolean('satisfied'),
    closedAt: instant('closed_at'),
    reviewedBy: text('reviewed_by'),
    review: jsonb('review').$type<ReviewRecord>(),
    writtenBy: text('written_by'),
    approvedBy: text('approved_by'),
  },
  (t) => [primaryKey({ columns: [t.complaintId, t.number] })],
)

export const deadlines = pgTable(
  'deadlines',
  {
    complaintId: uuid('complaint_id').notNull(),
    round: integer('round').notNull(),
    kind: text('kind').$type<'review' | 'answer'>().notNull(),
    dueOn: date('due_on', { mode: 'string' }).notNull(),
    dueAt: instant('due_at').notNull(),
    policyVersion: integer('policy_version').notNull(),
    metAt: instant('met_at'),
    missedAt: instant('missed_at'),
  },
  (t) => [primaryKey({ columns: [t.complaintId, t.round, t.kind] })],
)

export const complaintEvents = pgTable('complaint_events', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  at: instant('at').notNull(),
  event: text('event').notNull(),
  audience: text('audience').$type<'citizen' | 'staff'>().notNull(),
  actor: text('actor'),
  facts: jsonb('facts').$type<Record<string, unknown>>().notNull(),
})

export const receipts = pgTable('receipts', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  channel: text('channel').notNull(),
  language: text('language').$type<Locale>().notNull(),
  contentSha256: text('content_sha256').notNull(),
  issuedAt: instant('issued_at').notNull(),
  state: text('state')
    .$type<'due' | 'sent' | 'delivered' | 'failed' | 'fallen_back' | 'withheld'>()
    .notNull(),
  via: text('via'),
  providerId: text('provider_id'),
  failure: text('failure'),
  updatedAt: instant('updated_at').notNull(),
})

export const receiptKeys = pgTable('receipt_keys', {
  kid: text('kid').primaryKey(),
  publicKey: text('public_key').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const referrals = pgTable('referrals', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  administrationId: uuid('administration_id').notNull(),
  sequence: bigserial('sequence', { mode: 'number' }).notNull(),
  state: text('state').$type<ReferralState>().notNull(),
  externalReference: text('external_reference'),
  ground: text('ground').$type<Ground>(),
  reason: text('reason'),
  createdAt: instant('created_at').notNull(),
  deliveredAt: instant('delivered_at'),
  acceptedAt: instant('accepted_at'),
  settledAt: instant('settled_at'),
  updatedAt: instant('updated_at').notNull(),
})

export const auditEntries = pgTable(
  'audit_entries',
  {
    tenant: text('tenant').notNull(),
    number: bigint('number', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    facts: jsonb('facts').$type<Record<string, unknown>>().notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenant, t.number] })],
)

export const auditAnchored = pgTable('audit_anchored', {
  tenant: text('tenant').primaryKey(),
  number: bigint('number', { mode: 'number' }).notNull(),
})
