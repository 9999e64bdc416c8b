import { boolean, date, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { PolicyRules } from '../../core/deadlines.ts'
import type { Names } from '../../core/locale.ts'
import type { TokenRole } from '../../core/staff-role.ts'
import { instant } from './columns.ts'

export const administrations = pgTable('administrations', {
  id: uuid('id').primaryKey(),
  code: text('code').notNull(),
  parentId: uuid('parent_id'),
  names: jsonb('names').$type<Names>().notNull(),
  territory: text('territory'),
  keywords: text('keywords').array().notNull(),
  outsideGround: text('outside_ground'),
  anonymousAllowed: boolean('anonymous_allowed').notNull(),
  approvesAnswers: boolean('approves_answers').notNull().default(false),
  state: text('state').$type<'draft' | 'active' | 'suspended'>().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const services = pgTable('services', {
  id: uuid('id').primaryKey(),
  administrationId: uuid('administration_id').notNull(),
  code: text('code').notNull(),
  names: jsonb('names').$type<Names>().notNull(),
  keywords: text('keywords').array().notNull(),
  retiredAt: instant('retired_at'),
})

export const connectors = pgTable('connectors', {
  id: uuid('id').primaryKey(),
  administrationId: uuid('administration_id').notNull(),
  type: text('type').notNull(),
  settings: jsonb('settings').$type<Record<string, unknown>>().notNull(),
  sealedSecrets: text('sealed_secrets').array().notNull(),
  rotatedAt: instant('rotated_at'),
  disabledAt: instant('disabled_at'),
  disabledReason: text('disabled_reason'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const apiTokens = pgTable('api_tokens', {
  id: uuid('id').primaryKey(),
  tokenSha256: text('token_sha256').notNull(),
  role: text('role').$type<TokenRole>().notNull(),
  administrationId: uuid('administration_id'),
  label: text('label').notNull(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
})

export const deadlinePolicies = pgTable('deadline_policies', {
  version: integer('version').primaryKey(),
  validFrom: instant('valid_from').notNull(),
  rules: jsonb('rules').$type<PolicyRules>().notNull(),
  addedBy: text('added_by'),
  addedAt: instant('added_at'),
})

export const holidays = pgTable('holidays', {
  day: date('day', { mode: 'string' }).primaryKey(),
  names: jsonb('names').$type<Names>().notNull(),
  movable: boolean('movable').notNull(),
})

export const calendarChanges = pgTable('calendar_changes', {
  id: uuid('id').primaryKey(),
  at: instant('at').notNull(),
  actor: text('actor').notNull(),
  deed: text('deed').$type<'closed' | 'opened' | 'moved' | 'filled'>().notNull(),
  subject: text('subject').notNull(),
  movedRounds: integer('moved_rounds').notNull().default(0),
  countedAt: instant('counted_at'),
})
