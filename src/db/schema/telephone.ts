import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

export const remoteMedia = pgTable('remote_media', {
  id: uuid('id').primaryKey(),
  channel: text('channel').notNull(),
  externalId: text('external_id').notNull(),
  url: text('url').notNull(),
  name: text('name').notNull(),
  declaredType: text('declared_type').notNull(),
  position: integer('position'),
  erase: boolean('erase').notNull(),
  state: text('state').$type<'waiting' | 'fetched' | 'gone' | 'unwanted'>().notNull(),
  failure: text('failure'),
  complaintId: uuid('complaint_id'),
  assetId: uuid('asset_id'),
  erasedAt: instant('erased_at'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const uploadLinks = pgTable('upload_links', {
  id: uuid('id').primaryKey(),
  tokenMac: text('token_mac').notNull(),
  complaintId: uuid('complaint_id').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const reconciliations = pgTable('reconciliations', {
  source: text('source').primaryKey(),
  until: instant('until').notNull(),
  found: integer('found').notNull(),
  ranAt: instant('ran_at').notNull(),
})
