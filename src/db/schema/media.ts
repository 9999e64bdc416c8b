import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

export const mediaAssets = pgTable('media_assets', {
  id: uuid('id').primaryKey(),
  complaintId: uuid('complaint_id').notNull(),
  round: integer('round').notNull(),
  position: integer('position').notNull(),
  name: text('name').notNull(),
  declaredType: text('declared_type').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  sha256: text('sha256').notNull(),
  objectKey: text('object_key').notNull(),
  kind: text('kind').$type<'audio' | 'video' | 'image' | 'document'>(),
  type: text('type'),
  state: text('state').$type<'stored' | 'processing' | 'ready' | 'failed' | 'blocked'>().notNull(),
  scan: text('scan').$type<'pending' | 'off' | 'clean' | 'infected'>().notNull(),
  flags: text('flags').array().notNull(),
  steps: jsonb('steps').$type<Record<string, { at: string; tookMs: number }>>().notNull(),
  durationMs: integer('duration_ms'),
  width: integer('width'),
  height: integer('height'),
  peaks: jsonb('peaks').$type<number[]>(),
  ofAnswer: boolean('of_answer').notNull().default(false),
  failure: text('failure'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const renditions = pgTable('renditions', {
  id: uuid('id').primaryKey(),
  assetId: uuid('asset_id').notNull(),
  name: text('name').notNull(),
  type: text('type').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  sha256: text('sha256').notNull(),
  objectKey: text('object_key').notNull(),
  width: integer('width'),
  height: integer('height'),
  durationMs: integer('duration_ms'),
  createdAt: instant('created_at').notNull(),
})

export const transcripts = pgTable('transcripts', {
  assetId: uuid('asset_id').primaryKey(),
  text: text('text').notNull(),
  language: text('language'),
  source: text('source').$type<'machine' | 'person'>().notNull(),
  createdAt: instant('created_at').notNull(),
  confirmedAt: instant('confirmed_at'),
})
