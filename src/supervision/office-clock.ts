import { Temporal } from 'temporal-polyfill'
import type { SqlTx } from '../db/client.ts'

/** No filing is older; what is reckoned ahead is reckoned anew each day. */
const FIRST_YEAR = 2015
const YEARS_AHEAD = 2

interface OfficeClock {
  /** Instants at which the clock of a zone is set anew. */
  readonly starts: readonly string[]
  /** Minutes ahead of UTC before the first of them, from it on, and so on: one more than `starts`. */
  readonly minutes: readonly number[]
}

/** When the clock of a zone is set to what, as this gateway reckons it, which also reckons the legal dates. */
export const clockOf = (zone: string, now: Date): OfficeClock => {
  const first = Temporal.ZonedDateTime.from({ timeZone: zone, year: FIRST_YEAR, month: 1, day: 1 })
  const end = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(zone)
    .add({ years: YEARS_AHEAD })
  const starts: string[] = []
  const minutes = [first.offsetNanoseconds / 6e10]
  for (
    let at = first.getTimeZoneTransition('next');
    at !== null && Temporal.ZonedDateTime.compare(at, end) < 0;
    at = at.getTimeZoneTransition('next')
  ) {
    starts.push(at.toInstant().toString())
    minutes.push(at.offsetNanoseconds / 6e10)
  }
  return { starts, minutes }
}

/**
 * Tells the database the clock of the office (migrations/0044): it may know an older law. Where that moves any day, every count
 * is stale.
 */
export const keepOfficeClock = async (tx: SqlTx, zone: string, now: Date): Promise<void> => {
  const { starts, minutes } = clockOf(zone, now)
  const moved = await tx`
    insert into office_clocks as k (zone, starts, offsets)
    values (${zone}, ${starts as string[]}::timestamptz[],
            array(select make_interval(mins => m) from unnest(${minutes as number[]}::int[]) with ordinality o (m, nth) order by nth))
    on conflict (zone) do update set starts = excluded.starts, offsets = excluded.offsets
    where (k.starts, k.offsets) is distinct from (excluded.starts, excluded.offsets)
    returning zone`
  if (moved.length === 0) return
  // The first and the last instant of a month by one clock lie in both months that it may belong to by another.
  await tx`
    insert into stale_cells (administration_id, received_at)
    select distinct administration_id, date_trunc('month', received_at) + side from complaints,
      unnest(array['0 s', '1 month - 1 s']::interval[]) side`
}
