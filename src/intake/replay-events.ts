import type { Clock } from '../core/clock.ts'
import type { Sql } from '../db/client.ts'

interface ReplayFilter {
  readonly since?: Date
  readonly channel?: string
}

/**
 * Puts recorded events whose judging was given up before their judge again, now. What was filed before is known by its
 * identity, so a replay adds nothing twice. Gives how many.
 */
export const replayFailedEvents = async (
  { sql, clock }: { readonly sql: Sql; readonly clock: Clock },
  { since, channel }: ReplayFilter,
): Promise<number> => {
  const done = await sql`
    update outbox_messages m set dead_at = null, due_at = ${clock.now()}, forgiven = attempts
    from inbound_events e
    where m.topic = 'inbound.judge' and m.dead_at is not null and m.settled_at is null
      and e.id = (m.payload ->> 'eventId')::uuid
      ${since === undefined ? sql`` : sql`and e.received_at >= ${since}`}
      ${channel === undefined ? sql`` : sql`and e.channel = ${channel}`}`
  if (done.count > 0) await sql`select pg_notify('outbox', '')`
  return done.count
}
