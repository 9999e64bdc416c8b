import type { Names } from '../core/locale.ts'
import type { Topic } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { decodeCursor, encodeCursor, type Page } from './list-complaints.ts'
import { bodyOfDelivery, type DeliveryState, deliveryState } from './read-complaint.ts'
import { type Actor, requireRight } from './rights.ts'

interface FailureDeps {
  readonly db: Database
}

export interface ListedDelivery {
  readonly id: string
  readonly topic: Topic
  readonly to: string
  /** Names of the body it goes to, where it goes to one. */
  readonly body: Names | null
  readonly state: DeliveryState
  readonly reference: string | null
  readonly attempts: number
  readonly createdAt: Date
  readonly nextAt: Date | null
  readonly code: string | null
  readonly reason: string | null
}

/** Which messages a page of deliveries is about; every condition is one a partial index of migrations/0003 serves. */
export const DELIVERY_FILTERS = ['failed', 'dead', 'waiting'] as const
export type DeliveryFilter = (typeof DELIVERY_FILTERS)[number]

/** Messages that are still owed, newest first: tried in vain and waiting for another try, given up, or not yet tried. */
export const listDeliveries = async (
  { db: { sql } }: FailureDeps,
  actor: Actor,
  page: { state: DeliveryFilter; limit: number; cursor?: string },
): Promise<Page<ListedDelivery>> => {
  requireRight(actor, 'delivery.read')
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor)
  const where = {
    failed: sql`o.dead_at is null and o.attempts > 0`,
    dead: sql`o.dead_at is not null`,
    waiting: sql`o.dead_at is null and o.attempts = 0`,
  }[page.state]
  const rows = await sql<ListedDelivery[]>`
    select o.id, o.topic, o.key as to, ${bodyOfDelivery(sql)} as body, ${deliveryState(sql)} as state, c.reference, o.attempts, o.created_at as "createdAt",
           case when o.dead_at is null then o.due_at end as "nextAt",
           o.last_error ->> 'code' as code, o.last_error ->> 'message' as reason
    from outbox_messages o left join complaints c on c.id = o.complaint_id
    where o.settled_at is null and ${where}
      ${after === undefined ? sql`` : sql`and (o.created_at, o.id) < (${after.receivedAt}, ${after.id})`}
    order by o.created_at desc, o.id desc limit ${page.limit + 1}`
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const more = rows.length > page.limit && last !== undefined
  return { items, next: more ? encodeCursor({ receivedAt: last.createdAt, id: last.id }) : null }
}

export interface Quarantined {
  readonly id: string
  readonly channel: string
  readonly receivedAt: Date
  readonly reason: string
  readonly rawType: string
  readonly rawSha256: string
  readonly rawBytes: number
  /** The event itself is there, so its judge can take it. */
  readonly canRelease: boolean
}

/** What came in and could not be read, as long as nobody has settled it. */
export const listQuarantine = async (
  { db: { sql } }: FailureDeps,
  actor: Actor,
): Promise<readonly Quarantined[]> => {
  requireRight(actor, 'quarantine.read')
  return sql<Quarantined[]>`
    select id, channel, received_at as "receivedAt", reason, raw_type as "rawType", raw_sha256 as "rawSha256",
           raw_bytes::float8 as "rawBytes",
           exists (select from inbound_events e where e.channel = quarantine.channel and e.external_id = quarantine.external_id)
             as "canRelease"
    from quarantine where resolved_at is null order by received_at desc, id desc limit 200`
}

export interface FailedMedia {
  readonly id: string
  readonly reference: string
  readonly state: 'failed' | 'blocked'
  readonly failure: string | null
  readonly updatedAt: Date
}

/** Files the pipeline gave up on or the scanner stopped. */
export const listFailedMedia = async (
  { db: { sql } }: FailureDeps,
  actor: Actor,
): Promise<readonly FailedMedia[]> => {
  requireRight(actor, 'delivery.read')
  return sql<FailedMedia[]>`
    select m.id, c.reference, m.state, m.failure, m.updated_at as "updatedAt"
    from media_assets m join complaints c on c.id = m.complaint_id
    where m.state in ('failed', 'blocked') order by m.updated_at desc, m.id limit 200`
}
