import type { Clock } from '../core/clock.ts'
import { officeDay } from '../core/deadlines.ts'
import type { Database, SqlTx } from '../db/client.ts'
import { countGroups, type Group } from './count-groups.ts'
import { keepOfficeClock } from './office-clock.ts'
import { publishHeld } from './public-statistics.ts'

/** What the numbers of this gateway are about. */
export interface CountingDeps {
  readonly db: Pick<Database, 'sql'>
  readonly clock: Clock
  readonly officeZone: string
  /** Filings of people; where the gateway is tried out, the demo's as well. Practice complaints never count. */
  readonly origins: readonly ('file' | 'seed')[]
}

/** Stale lines taken in one transaction. */
const LINES = 10_000

/**
 * Groups counted in one pass: the more, the less each costs, but no statement may last as long as a connection is patient
 * (src/db/client.ts). So it begins small and aims at passes of so many milliseconds.
 */
const GROUPS = { first: 50, most: 2_000 } as const
const PASS_MS = 6_000

const nextGroups = (groups: number, tookMs: number): number =>
  Math.max(GROUPS.first, Math.min(GROUPS.most, Math.floor((groups * PASS_MS) / Math.max(1, tookMs))))

/** Takes the lines away and says whose cells they make stale, month by month. A line that comes later is counted by a later round. */
const takeStale = (tx: SqlTx, zone: string): Promise<Group[]> =>
  tx<Group[]>`
    with taken as (
      delete from stale_cells where id in (select id from stale_cells order by id limit ${LINES})
      returning administration_id, received_at
    )
    select distinct administration_id as "administrationId", date_trunc('month', local_time(received_at, ${zone}, starts, offsets))::date::text as month
    from taken left join office_clocks on zone = ${zone} order by month`

/** Says that a group is stale: a later round takes it up. */
const putBack = (tx: SqlTx, groups: readonly Group[], zone: string) =>
  tx`
    insert into stale_cells (administration_id, received_at)
    select (g ->> 'administrationId')::uuid, ((g ->> 'month')::timestamp + interval '12 hours') at time zone ${zone}
    from jsonb_array_elements(${JSON.stringify(groups)}::text::jsonb) g`

/** On a new day everything that a day changes is stale: dates pass, and what waits has waited longer. */
const turnDay = async (tx: SqlTx, { officeZone }: CountingDeps, today: string, now: Date): Promise<void> => {
  const turned = await tx`
    insert into indicator_state (as_of, refreshed_at) values (${today}, ${now})
    on conflict (id) do update set as_of = excluded.as_of where indicator_state.as_of <> excluded.as_of
    returning id`
  if (turned.length === 0) return
  await keepOfficeClock(tx, officeZone, now)
  const moving = await tx<Group[]>`
    select distinct administration_id as "administrationId", month::text as month from indicator_cells where moving > 0`
  await putBack(tx, moving, officeZone)
}

/** One round: the lines of one transaction, as far as `most` groups go. Gives how many groups it counted; undefined: another process is at it. */
const refreshOnce = (deps: CountingDeps, most: number, waits: boolean): Promise<number | undefined> =>
  deps.db.sql.begin(async (tx) => {
    if (waits) await tx`select pg_advisory_xact_lock(hashtextextended('indicator_cells', 0))`
    const [held] = await tx<{ held: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended('indicator_cells', 0)) as held`
    if (held?.held !== true) return undefined
    const now = deps.clock.now()
    const today = officeDay(now, deps.officeZone)
    await turnDay(tx, deps, today, now)
    const groups = await takeStale(tx, deps.officeZone)
    const first = groups.slice(0, most)
    if (groups.length > first.length) await putBack(tx, groups.slice(most), deps.officeZone)
    await countGroups(tx, { ...deps, today }, first)
    if (first.length > 0) await tx`update indicator_state set refreshed_at = ${now}`
    return first.length
  }) as Promise<number | undefined>

/**
 * Counts the stale cells anew until none is stale. Each cell is counted whole, from the facts, so a missed or doubled line
 * cannot add up. After `patienceMs` the rest is left for the next time. Safe in several processes: one counts, the others go by, or wait for
 * their turn (`waits`): a report is never made of half the sums. Gives how many groups were counted.
 */
export const refreshCells = async (
  deps: CountingDeps,
  patienceMs = Number.POSITIVE_INFINITY,
  waits = false,
): Promise<number> => {
  const start = deps.clock.now().getTime()
  let begun = start
  for (let counted = 0, groups: number = GROUPS.first; ; ) {
    const round = await refreshOnce(deps, groups, waits)
    if (round === undefined) return counted
    if (round === 0) {
      // An edition speaks of everything that was to be counted, never of half of it.
      await publishHeld(deps.db.sql)
      return counted
    }
    counted += round
    const now = deps.clock.now().getTime()
    if (now - start >= patienceMs) return counted
    groups = nextGroups(groups, now - begun)
    begun = now
  }
}
