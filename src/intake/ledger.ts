import type { Sql } from '../db/client.ts'

/** One channel on one office day. `received` is always the sum of the others, `open` included: nothing is swallowed. */
export interface LedgerLine {
  readonly channel: string
  /** YYYY-MM-DD in the office's zone. */
  readonly day: string
  readonly received: number
  readonly created: number
  readonly appended: number
  readonly ignored: number
  readonly quarantined: number
  readonly failed: number
  /** Taken at the door and not yet settled. */
  readonly open: number
}

interface LedgerDeps {
  readonly sql: Sql
  readonly officeZone: string
}

/**
 * The ledger of the office days `from`…`to` (YYYY-MM-DD, both included), channels in alphabetical order. The days are turned into instants
 * so that the index over `received_at` serves them; seeded history has no entries and never shows here.
 */
export const readLedger = async (
  { sql, officeZone }: LedgerDeps,
  days: { from: string; to: string },
): Promise<readonly LedgerLine[]> => sql<LedgerLine[]>`
  select channel, (received_at at time zone ${officeZone})::date::text as day, count(*)::int as received,
         count(*) filter (where outcome = 'created')::int as created,
         count(*) filter (where outcome = 'appended')::int as appended,
         count(*) filter (where outcome = 'ignored')::int as ignored,
         count(*) filter (where outcome = 'quarantined')::int as quarantined,
         count(*) filter (where outcome = 'failed')::int as failed,
         count(*) filter (where outcome is null)::int as open
  from ledger_entries
  where received_at >= ${days.from}::date::timestamp at time zone ${officeZone}
    and received_at < (${days.to}::date + 1)::timestamp at time zone ${officeZone}
  group by 1, 2 order by 2, 1`
