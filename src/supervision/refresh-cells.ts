import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../core/clock.ts'
import { officeDay } from '../core/deadlines.ts'
import type { Database, SqlTx } from '../db/client.ts'
import { BREAKDOWN_MEASURES, DAY_LISTS, DIMENSIONS, MEASURE_NAMES, MEASURES } from './measures.ts'

/** What the numbers of this gateway are about. */
export interface CountingDeps {
  readonly db: Pick<Database, 'sql'>
  readonly clock: Clock
  readonly officeZone: string
  /** Filings of people; where the gateway is tried out, the demo's as well. Practice complaints never count. */
  readonly origins: readonly ('file' | 'seed')[]
}

interface Group {
  readonly administrationId: string | null
  /** First day of the month. */
  readonly month: string
}

/** Stale lines taken in one transaction, and groups of cells counted in one. */
const LINES = 10_000
const GROUPS = 50

const columns = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
const sums = (names: readonly (keyof typeof MEASURES)[]): string =>
  names.map((name) => `count(*) filter (where ${MEASURES[name]})`).join(', ')
const lists = Object.values(DAY_LISTS)
  .map(
    (condition) =>
      `coalesce(array_agg(least(coalesce(f.ended_on, f.as_of) - f.received_on, 32767)::smallint order by 1) filter (where ${condition}), '{}')`,
  )
  .join(', ')

/**
 * The facts of one group, by its index: the body, and instants that surely hold the month (a day's room on either side for the
 * zone), then the month itself. $1 zone, $2 day, $3 origins, $4 month, $5 body.
 */
const factsOf = ({ administrationId }: Group): string => `
  select f.* from complaint_facts($1, $2::date) f
  where f.administration_id ${administrationId === null ? 'is null and $5::uuid is null' : '= $5::uuid'}
    and f.received_at >= $4::date - interval '1 day' and f.received_at < $4::date + interval '1 month 1 day'
    and f.month = $4::date and f.origin = any($3)`

/** Takes the lines away and says whose cells they make stale. A line that comes later is counted by a later round. */
const takeStale = (tx: SqlTx, zone: string): Promise<Group[]> =>
  tx<Group[]>`
    with taken as (
      delete from stale_cells where id in (select id from stale_cells order by id limit ${LINES})
      returning administration_id, received_at
    )
    select distinct administration_id as "administrationId", date_trunc('month', received_at at time zone ${zone})::date::text as month
    from taken`

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
  const moving = await tx<Group[]>`
    select distinct administration_id as "administrationId", month::text as month from indicator_cells where moving > 0`
  await putBack(tx, moving, officeZone)
}

/** The rows of a group. Not `is not distinct from`, which no index serves. */
const ofGroup = (tx: SqlTx, { administrationId, month }: Group) =>
  administrationId === null
    ? tx`month = ${month}::date and administration_id is null`
    : tx`month = ${month}::date and administration_id = ${administrationId}::uuid`

const countCells = async (tx: SqlTx, facts: string, given: readonly unknown[], group: Group) => {
  await tx`delete from indicator_cells where ${ofGroup(tx, group)}`
  await tx.unsafe(
    `insert into indicator_cells (month, administration_id, kind, channel, language, as_of, ${columns(MEASURE_NAMES)}, ${columns(Object.keys(DAY_LISTS))})
     select $4::date, $5::uuid, f.kind, f.channel, f.language, $2::date, ${sums(MEASURE_NAMES)}, ${lists}
     from (${facts}) f group by f.kind, f.channel, f.language`,
    given as never[],
  )
  await tx`delete from indicator_sums where ${ofGroup(tx, group)}`
  await tx`
    insert into indicator_sums (month, administration_id, kind, ${tx.unsafe(columns(MEASURE_NAMES))})
    select month, administration_id, kind, ${tx.unsafe(MEASURE_NAMES.map((name) => `sum(${name})`).join(', '))}
    from indicator_cells where ${ofGroup(tx, group)} group by month, administration_id, kind`
}

/** The days of a month for all bodies together, from its cells. */
const countDays = async (tx: SqlTx, month: string): Promise<void> => {
  await tx`delete from indicator_days where month = ${month}::date`
  await tx`
    insert into indicator_days (month, kind, day, answered, waiting, withdrawn)
    select ${month}::date, kind, day, sum(answered), sum(waiting), sum(withdrawn) from (
      select kind, day, 1 as answered, 0 as waiting, 0 as withdrawn from indicator_cells, unnest(answered_days) day where month = ${month}::date
      union all
      select kind, day, 0, 1, 0 from indicator_cells, unnest(waiting_days) day where month = ${month}::date
      union all
      select kind, day, 0, 0, 1 from indicator_cells, unnest(withdrawn_days) day where month = ${month}::date) ended
    group by kind, day`
}

const countBreakdowns = async (tx: SqlTx, facts: string, given: readonly unknown[], group: Group) => {
  await tx`delete from indicator_breakdowns where ${ofGroup(tx, group)}`
  const values = Object.entries(DIMENSIONS)
    .map(([dimension, value]) => `('${dimension}', ${value})`)
    .join(', ')
  await tx.unsafe(
    `with fact as materialized (${facts}), known as materialized (
       select place, region_of(place) as region from (select distinct place from fact where place is not null) p
     )
     insert into indicator_breakdowns (month, administration_id, kind, dimension, value, ${columns(BREAKDOWN_MEASURES)})
     select $4::date, $5::uuid, f.kind, d.dimension, coalesce(d.value, ''), ${sums(BREAKDOWN_MEASURES)}
     from (select fact.*, known.region from fact left join known on known.place = fact.place) f
     cross join lateral (values ${values}) d (dimension, value)
     where d.value is not null or d.dimension not in ('ground', 'ended_on')
     group by f.kind, d.dimension, d.value`,
    given as never[],
  )
}

const countGroup = async (
  tx: SqlTx,
  { officeZone, origins }: CountingDeps,
  today: string,
  group: Group,
): Promise<void> => {
  const facts = factsOf(group)
  const given = [officeZone, today, origins, group.month, group.administrationId]
  await countCells(tx, facts, given, group)
  await countBreakdowns(tx, facts, given, group)
}

/** One round: the lines of one transaction. Gives how many groups it counted; undefined: another process is at it. */
const refreshOnce = (deps: CountingDeps): Promise<number | undefined> =>
  deps.db.sql.begin(async (tx) => {
    const [held] = await tx<{ held: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended('indicator_cells', 0)) as held`
    if (held?.held !== true) return undefined
    const now = deps.clock.now()
    const today = officeDay(now, deps.officeZone)
    await turnDay(tx, deps, today, now)
    const groups = await takeStale(tx, deps.officeZone)
    const first = groups.slice(0, GROUPS)
    if (groups.length > first.length) await putBack(tx, groups.slice(GROUPS), deps.officeZone)
    for (const group of first) await countGroup(tx, deps, today, group)
    for (const month of new Set(first.map((group) => group.month))) await countDays(tx, month)
    if (first.length > 0) await tx`update indicator_state set refreshed_at = ${now}`
    return first.length
  }) as Promise<number | undefined>

/**
 * Counts the stale cells anew until none is stale. Each cell is counted whole, from the facts, so a missed or doubled line
 * cannot add up. After `patienceMs` the rest is left for the next time. Safe in several processes: one counts, the others go by. Gives how many groups were counted.
 */
export const refreshCells = async (
  deps: CountingDeps,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<number> => {
  const start = deps.clock.now().getTime()
  for (let counted = 0; ; ) {
    const round = await refreshOnce(deps)
    if (round === undefined || round === 0) return counted
    counted += round
    if (deps.clock.now().getTime() - start >= patienceMs) return counted
  }
}

/** First day of the month a day belongs to. */
export const monthOf = (day: string): string => Temporal.PlainDate.from(day).with({ day: 1 }).toString()
