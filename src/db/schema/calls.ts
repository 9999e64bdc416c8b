import { bigint, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { CallConsent, CallState } from '../../core/call.ts'
import type { TextLocale } from '../../core/locale.ts'
import { instant } from './columns.ts'

export const calls = pgTable('calls', {
  callSid: text('call_sid').primaryKey(),
  caller: text('caller'),
  called: text('called'),
  step: integer('step').notNull(),
  state: jsonb('state').$type<CallState>().notNull(),
  consent: jsonb('consent').$type<CallConsent>(),
  complaintId: uuid('complaint_id'),
  spokenAt: instant('spoken_at'),
  startedAt: instant('started_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  endedAt: instant('ended_at'),
})

export const callSteps = pgTable(
  'call_steps',
  {
    callSid: text('call_sid').notNull(),
    step: integer('step').notNull(),
    event: jsonb('event').notNull(),
    state: jsonb('state').$type<CallState>(),
    claimedAt: instant('claimed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.callSid, table.step] })],
)

export const voiceClips = pgTable(
  'voice_clips',
  {
    language: text('language').$type<TextLocale>().notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    text: text('text').notNull(),
    type: text('type').$type<'audio/mpeg' | 'audio/wav'>().notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    objectKey: text('object_key').notNull(),
    durationMs: integer('duration_ms'),
    source: text('source').$type<'human' | 'synthetic'>().notNull(),
    putAt: instant('put_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.language, table.key, table.version] })],
)
