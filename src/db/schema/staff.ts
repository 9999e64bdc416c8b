import { bigint, boolean, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { StaffRole } from '../../core/staff-role.ts'
import { instant } from './columns.ts'

export const staffMembers = pgTable('staff_members', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  role: text('role').$type<StaffRole>().notNull(),
  administrationId: uuid('administration_id'),
  passwordHash: text('password_hash'),
  totpSealed: text('totp_sealed'),
  totpStep: bigint('totp_step', { mode: 'number' }),
  enrolledAt: instant('enrolled_at'),
  shortcuts: boolean('shortcuts').notNull().default(true),
  createdAt: instant('created_at').notNull(),
  disabledAt: instant('disabled_at'),
})

export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    staffId: uuid('staff_id').notNull(),
    codeMac: text('code_mac').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [primaryKey({ columns: [t.staffId, t.codeMac] })],
)

export const signInLinks = pgTable('sign_in_links', {
  tokenSha256: text('token_sha256').primaryKey(),
  staffId: uuid('staff_id').notNull(),
  purpose: text('purpose').$type<'enrolment' | 'session'>().notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const staffSessions = pgTable('staff_sessions', {
  id: uuid('id').primaryKey(),
  tokenSha256: text('token_sha256').notNull(),
  staffId: uuid('staff_id').notNull(),
  stage: text('stage').$type<'enrolment' | 'full'>().notNull(),
  totpSealed: text('totp_sealed'),
  /** What the browser calls itself, so that a person knows which session is which. */
  agent: text('agent').notNull(),
  createdAt: instant('created_at').notNull(),
  lastSeenAt: instant('last_seen_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})
