import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { StaffRole } from '../../core/staff-role.ts'
import { instant } from './columns.ts'

export const staffMembers = pgTable('staff_members', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  role: text('role').$type<StaffRole>().notNull(),
  administrationId: uuid('administration_id'),
  createdAt: instant('created_at').notNull(),
  disabledAt: instant('disabled_at'),
})

export const signInLinks = pgTable('sign_in_links', {
  tokenSha256: text('token_sha256').primaryKey(),
  staffId: uuid('staff_id').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const staffSessions = pgTable('staff_sessions', {
  id: uuid('id').primaryKey(),
  tokenSha256: text('token_sha256').notNull(),
  staffId: uuid('staff_id').notNull(),
  createdAt: instant('created_at').notNull(),
  lastSeenAt: instant('last_seen_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})
