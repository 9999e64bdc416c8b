import { boolean, date, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Locale } from '../../core/locale.ts'
import type { AnswerOutcome } from '../../core/referral.ts'
import { instant } from './columns.ts'

export const answerDrafts = pgTable('answer_drafts', {
  complaintId: uuid('complaint_id').primaryKey(),
  round: integer('round').notNull(),
  text: text('text').notNull(),
  outcome: text('outcome').$type<AnswerOutcome>(),
  writtenBy: text('written_by').notNull(),
  writtenAt: instant('written_at').notNull(),
  remark: text('remark'),
  returnedBy: text('returned_by'),
})

export const complaintNotes = pgTable('complaint_notes', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  administrationId: uuid('administration_id'),
  round: integer('round').notNull(),
  at: instant('at').notNull(),
  actor: text('actor').notNull(),
  text: text('text').notNull(),
})

export const answerTemplates = pgTable('answer_templates', {
  id: uuid('id').primaryKey(),
  administrationId: uuid('administration_id'),
  serviceId: uuid('service_id'),
  act: text('act').$type<'answer' | 'question' | 'refusal' | 'interim'>().notNull(),
  language: text('language').$type<Locale>().notNull(),
  name: text('name').notNull(),
  text: text('text').notNull(),
  createdAt: instant('created_at').notNull(),
  version: integer('version').notNull().default(1),
  writtenBy: text('written_by'),
  endedAt: instant('ended_at'),
})

export const savedFilters = pgTable('saved_filters', {
  id: uuid('id').primaryKey(),
  staffId: uuid('staff_id').notNull(),
  name: text('name').notNull(),
  query: text('query').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const complaintReads = pgTable(
  'complaint_reads',
  {
    staffId: uuid('staff_id').notNull(),
    complaintId: uuid('complaint_id').notNull(),
    readAt: instant('read_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.staffId, t.complaintId] })],
)

export const deadlineReminders = pgTable('deadline_reminders', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  kind: text('kind').$type<'review' | 'answer'>().notNull(),
  step: text('step').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const informationRequests = pgTable('information_requests', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  askedAt: instant('asked_at').notNull(),
  answerOn: date('answer_on', { mode: 'string' }).notNull(),
  answerAt: instant('answer_at').notNull(),
  stopsClock: boolean('stops_clock').notNull(),
  stoppedDays: integer('stopped_days').notNull().default(0),
  zone: text('zone').notNull(),
  endedAt: instant('ended_at'),
})

export const complaintMerges = pgTable('complaint_merges', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  intoId: uuid('into_id').notNull(),
  intoRound: integer('into_round').notNull(),
  mergedAt: instant('merged_at').notNull(),
  mergedBy: text('merged_by').notNull(),
  statusBefore: text('status_before').notNull(),
  undoneAt: instant('undone_at'),
  undoneBy: text('undone_by'),
})
