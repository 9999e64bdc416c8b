import { bigint, customType, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const inboundEvents = pgTable('inbound_events', {
  id: uuid('id').primaryKey(),
  channel: text('channel').notNull(),
  externalId: text('external_id').notNull(),
  sender: text('sender').notNull(),
  receivedAt: instant('received_at').notNull(),
  rawType: text('raw_type').notNull(),
  rawSha256: text('raw_sha256').notNull(),
  rawBytes: bigint('raw_bytes', { mode: 'number' }).notNull(),
  rawBody: bytea('raw_body'),
  rawObject: text('raw_object'),
  answeredAt: instant('answered_at'),
})
