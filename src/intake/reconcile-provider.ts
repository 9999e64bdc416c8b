import type { InboundEvent } from '../core/channel.ts'
import type { Clock } from '../core/clock.ts'
import type { Sql } from '../db/client.ts'
import type { ReceiveEvent } from './receive-events.ts'

/** A provider that keeps a list of its own of what people sent. */
export interface ProviderList {
  readonly source: string
  /** What came since an instant, as the events its webhooks would have been. */
  list(since: Date, signal: AbortSignal): Promise<readonly InboundEvent[]>
}

export interface ReconcileDeps {
  readonly sql: Sql
  readonly clock: Clock
  readonly receive: ReceiveEvent
  readonly provider: ProviderList
}

export interface Reconciled {
  readonly source: string
  readonly since: Date
  readonly listed: number
  /** How many the ledger did not know. */
  readonly found: number
}

/** Between two comparisons, in milliseconds; over all processes of the gateway together. */
const EVERY_MS = 5 * 60_000
/** Looked at again each time: a list may lag behind, and a call that was under way is over only later. */
const OVERLAP_MS = 60 * 60_000
/** How far the first comparison looks back. */
const FIRST_MS = 24 * 3600_000
const PATIENCE_MS = 60_000

/** Has every event of the provider's list recorded that the ledger does not know: through the same door, so once. */
export const reconcileProvider = async (
  { clock, sql, receive, provider }: ReconcileDeps,
  since: Date,
): Promise<Reconciled> => {
  const began = clock.now()
  const { source } = provider
  const events = await provider.list(since, AbortSignal.timeout(PATIENCE_MS))
  const ends = await Promise.all(events.map(receive))
  const found = ends.filter(({ repeat }) => !repeat).length
  await sql`
    insert into reconciliations (source, until, found, ran_at) values (${source}, ${began}, ${found}, ${began})
    on conflict (source) do update
      set until = greatest(reconciliations.until, excluded.until), found = excluded.found, ran_at = excluded.ran_at`
  return { source, since, listed: events.length, found }
}

/** Whose turn it is: the first process to ask in five minutes gets how far the last comparison came. */
const takeTurn = async ({ sql, clock, provider }: ReconcileDeps): Promise<Date | undefined> => {
  const now = clock.now()
  const [turn] = await sql<{ until: Date }[]>`
    insert into reconciliations as known (source, until, found, ran_at)
    values (${provider.source}, ${new Date(now.getTime() - FIRST_MS)}, 0, ${now})
    on conflict (source) do update set ran_at = excluded.ran_at
      where known.ran_at <= ${new Date(now.getTime() - EVERY_MS)}
    returning until`
  return turn?.until
}

/** For the sweep of every minute: compares when it is time. Undefined when another process did, or it is too early. */
export const reconcileWhenDue = async (deps: ReconcileDeps): Promise<Reconciled | undefined> => {
  const until = await takeTurn(deps)
  return until === undefined ? undefined : reconcileProvider(deps, new Date(until.getTime() - OVERLAP_MS))
}
