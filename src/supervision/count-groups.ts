import type { SqlTx } from '../db/client.ts'
import { BREAKDOWN_MEASURES, DAY_LISTS, DIMENSIONS, daysIn, MEASURE_NAMES, MEASURES } from './measures.ts'

/** What is counted whole: the filings of one month at one body, or at none yet. */
export interface Group {
  readonly administrationId: string | null
  /** First day of the month. */
  readonly month: string
}

/** The office's zone, the day the numbers speak of, and whose filings count. */
export interface CountingDay {
  readonly officeZone: string
  readonly today: string
  readonly origins: readonly string[]
}

const columns = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
const sums = (names: readonly (keyof typeof MEASURES)[]): string =>
  names.map((name) => `count(*) filter (where ${MEASURES[name]})`).join(', ')
const DAYS = `${daysIn('f.as_of')}::smallint`
const lists = Object.values(DAY_LISTS)
  .map((measure) => `coalesce(array_agg(${DAYS} order by ${DAYS}) filter (where ${MEASURES[measure]}), '{}')`)
  .join(', ')

/** Groups as rows, from $4 (bodies) and $5 (months). */
const WANTED = 'unnest($4::uuid[], $5::date[]) g (body, month)'

/**
 * The facts of the groups, each by its index: the body, and instants that surely hold the month (a day's room on either side
 * for the zone). `f.month = f.wanted` is asked outside: a condition that the planner cannot weigh would have it look up a
 * million rows one by one where it should join them in one pass.
 */
const factsWhere = (body: string): string => `
  select f.*, g.month as wanted from ${WANTED} join complaint_facts($1, $2::date) f
    on ${body} and f.received_at >= g.month - interval '1 day' and f.received_at < g.month + interval '1 month 1 day'
  where f.origin = any($3)`

/** What is kept of a complaint that was counted: what tells it apart, and under each measure whether it is one of those. */
const KEPT = [
  ...['received_at', 'received_on', 'month', 'administration_id', 'kind', 'channel', 'language'],
  ...['service_id', 'cause', 'region', 'ground', 'ended_on'],
]
const marks = MEASURE_NAMES.map((name) => `(${MEASURES[name]}) is true`).join(', ')
const ofKept = (row: string): string =>
  [...KEPT, ...MEASURE_NAMES].map((name) => `${row}."${name}"`).join(', ')

/** Writes only what changed: nearly all of a group is as it was a minute ago. */
const KEEP_COUNTED = `
  insert into counted_complaints as k (complaint_id, ${columns(KEPT)}, ${columns(MEASURE_NAMES)})
  select f.id, ${KEPT.map((name) => `f.${name}`).join(', ')}, ${marks} from placed f
  on conflict (complaint_id) do update set (${columns(KEPT)}, ${columns(MEASURE_NAMES)}) = row (${ofKept('excluded')})
  where (${ofKept('k')}) is distinct from (${ofKept('excluded')})`

/** A complaint that left its group and joined none of these. */
const DROP_GONE = `
  delete from counted_complaints where complaint_id in (
    select k.complaint_id from ${WANTED} join counted_complaints k on k.month = g.month and k.administration_id = g.body
    union all select k.complaint_id from ${WANTED} join counted_complaints k on g.body is null and k.administration_id is null and k.month = g.month
    except all select id from placed)`

const COUNT_FACTS = `
  with near as materialized (
    ${factsWhere('f.administration_id = g.body')}
    union all ${factsWhere('g.body is null and f.administration_id is null')}
  ), fact as (
    select * from near where month = wanted
  ), known as materialized (
    select place, region_of(place) as region from (select distinct place from fact where place is not null and kept_region is null) p
  ), placed as materialized (
    select fact.*, coalesce(fact.kept_region, known.region) as region from fact left join known on known.place = fact.place
  ), kept as (${KEEP_COUNTED}
  ), gone as (${DROP_GONE}
  ), gridded as (
    insert into indicator_grid (month, administration_id, service_id, kind, channel, region, status, received)
    select f.month, f.administration_id, f.service_id, f.kind, f.channel, f.region, f.status, count(*)
    from placed f group by f.month, f.administration_id, f.service_id, f.kind, f.channel, f.region, f.status
  ), counted as (
    insert into indicator_cells (month, administration_id, kind, channel, language, as_of, ${columns(MEASURE_NAMES)}, ${columns(Object.keys(DAY_LISTS))})
    select f.month, f.administration_id, f.kind, f.channel, f.language, $2::date, ${sums(MEASURE_NAMES)}, ${lists}
    from fact f group by f.month, f.administration_id, f.kind, f.channel, f.language
  )
  insert into indicator_breakdowns (month, administration_id, kind, dimension, value, ${columns(BREAKDOWN_MEASURES)})
  select f.month, f.administration_id, f.kind, d.dimension, coalesce(d.value, ''), ${sums(BREAKDOWN_MEASURES)}
  from placed f
  cross join lateral (values ${Object.entries(DIMENSIONS)
    .map(([dimension, value]) => `('${dimension}', ${value})`)
    .join(', ')}) d (dimension, value)
  where d.value is not null or d.dimension not in ('ground', 'ended_on')
  group by f.month, f.administration_id, f.kind, d.dimension, d.value`

/** A body and none are asked for apart: no index serves `is not distinct from`. */
const ofGroups = (tx: SqlTx, groups: readonly Group[]) => {
  const named = groups.filter(({ administrationId }) => administrationId !== null)
  const nobodys = groups.filter(({ administrationId }) => administrationId === null)
  return tx`(
    (t.administration_id, t.month) in (
      select * from unnest(${named.map((group) => group.administrationId)}::uuid[], ${named.map(({ month }) => month)}::date[]))
    or (t.administration_id is null and t.month = any(${nobodys.map(({ month }) => month)}::date[])))`
}

/** The days of some months for all bodies together, from their cells. */
const countDays = async (tx: SqlTx, months: readonly string[]): Promise<void> => {
  const ended = (list: string, counts: string) =>
    `select month, kind, day, ${counts} from indicator_cells, unnest(${list}) day where month = any($1::date[])`
  await tx`delete from indicator_days where month = any(${months as string[]}::date[])`
  await tx.unsafe(
    `insert into indicator_days (month, kind, day, answered, waiting, withdrawn)
     select month, kind, day, sum(answered), sum(waiting), sum(withdrawn) from (
       ${ended('answered_days', '1 as answered, 0 as waiting, 0 as withdrawn')}
       union all ${ended('waiting_days', '0, 1, 0')} union all ${ended('withdrawn_days', '0, 0, 1')}) ended
     group by month, kind, day`,
    [months as string[]],
  )
}

/** Counts groups anew, each whole, from the facts: all of them in one pass. */
export const countGroups = async (
  tx: SqlTx,
  { officeZone, today, origins }: CountingDay,
  groups: readonly Group[],
): Promise<void> => {
  if (groups.length === 0) return
  // Many at once are joined by hashes, which want room, and the groups first of all: so the planner may turn all ten tables round.
  await tx`set local work_mem = '32MB'`
  await tx`set local join_collapse_limit = 11`
  for (const table of ['indicator_cells', 'indicator_sums', 'indicator_breakdowns', 'indicator_grid'])
    await tx`delete from ${tx(table)} t where ${ofGroups(tx, groups)}`
  const months = groups.map(({ month }) => month)
  const bodies = groups.map(({ administrationId }) => administrationId)
  await tx.unsafe(COUNT_FACTS, [officeZone, today, origins, bodies, months] as never[])
  await tx`
    insert into indicator_sums (month, administration_id, kind, ${tx.unsafe(columns(MEASURE_NAMES))})
    select month, administration_id, kind, ${tx.unsafe(MEASURE_NAMES.map((name) => `sum(${name})`).join(', '))}
    from indicator_cells t where ${ofGroups(tx, groups)} group by month, administration_id, kind`
  await countDays(tx, [...new Set(months)])
}
