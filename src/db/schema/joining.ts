import { boolean, date, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { ConformanceResult, ConformanceRule, ConnectorChoice, ProbeResult } from '../../core/joining.ts'
import { instant } from './columns.ts'

export const affiliations = pgTable('affiliations', {
  administrationId: uuid('administration_id').primaryKey(),
  contactName: text('contact_name').notNull(),
  contactEmail: text('contact_email').notNull(),
  requestedAt: instant('requested_at').notNull(),
  approvedAt: instant('approved_at'),
  approvedBy: text('approved_by'),
  refusedAt: instant('refused_at'),
  refusedBy: text('refused_by'),
  refusal: text('refusal'),
  noUnits: boolean('no_units').notNull().default(false),
  calendarSeenAt: instant('calendar_seen_at'),
  connector: text('connector').$type<ConnectorChoice>(),
  liveAt: instant('live_at'),
  liveBy: text('live_by'),
})

export const closingDays = pgTable(
  'closing_days',
  {
    administrationId: uuid('administration_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    name: text('name').notNull(),
  },
  (t) => [primaryKey({ columns: [t.administrationId, t.day] })],
)

export const conformanceRuns = pgTable('conformance_runs', {
  id: uuid('id').primaryKey(),
  administrationId: uuid('administration_id').notNull(),
  connector: text('connector').$type<ConnectorChoice>().notNull(),
  connectorId: uuid('connector_id'),
  startedAt: instant('started_at').notNull(),
  startedBy: text('started_by').notNull(),
  probes: jsonb('probes').$type<Partial<Record<ConformanceRule, ProbeResult>>>().notNull(),
  answerReferral: uuid('answer_referral').notNull(),
  transferReferral: uuid('transfer_referral').notNull(),
  transferTo: text('transfer_to').notNull(),
  finishedAt: instant('finished_at'),
  results: jsonb('results').$type<readonly ConformanceResult[]>(),
  passed: boolean('passed'),
  report: text('report'),
})
