import { officeDays } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
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

/** Ten years. */
const MOST_DAYS = 3_660

/**
 * The ledger of the office days `from`…`to` (YYYY-MM-DD, both included), channels in alphabetical order. Each day is a range
 * of instants, so the index over `received_at` serves it; seeded history has no entries and never shows here. Throws `validation` for
 * more than ten years.
 */
export const readLedger = async (
  { sql, officeZone }: LedgerDeps,
  { from, to }: { from: string; to: string },
): Promise<readonly LedgerLine[]> => {
  const days = officeDays(from, to, officeZone)
  if (days.length > MOST_DAYS)
    throw new AppError('validation', { fields: [{ field: 'from', code: 'invalid' }] })
  return sql<LedgerLine[]>`
    select e.channel, d.day, count(*)::int as received,
           count(*) filter (where outcome = 'created')::int as created,
           count(*) filter (where outcome = 'appended')::int as appended,
           count(*) filter (where outcome = 'ignored')::int as ignored,
           count(*) filter (where outcome = 'quarantined')::int as quarantined,
           count(*) filter (where outcome = 'failed')::int as failed,
           count(*) filter (where outcome is null)::int as open
    from unnest(${days.map(({ day }) => day)}::text[], ${days.map((day) => day.from.toISOString())}::timestamptz[],
                ${days.map((day) => day.until.toISOString())}::timestamptz[]) d (day, first, after)
    join ledger_entries e on e.received_at >= d.first and e.received_at < d.after
    group by 1, 2 order by 2, 1`
}
