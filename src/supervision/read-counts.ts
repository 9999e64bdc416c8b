import type { Kind } from '../core/complaint.ts'
import type { Sql } from '../db/client.ts'
import {
  type BreakdownMeasure,
  type Counts,
  type Dimension,
  MEASURE_NAMES,
  type Measure,
} from './measures.ts'
import { type TimeToAnswer, timeToAnswer } from './time-to-answer.ts'

/** Whose complaints are counted, and which. Everything but `bodies` stands in the address of a page. */
export interface Filters {
  /** First days of the first and the last month, both counted in; by the date of filing. */
  readonly from: string
  readonly until: string
  /** Ids of bodies, or all of them with what has no body yet. */
  readonly bodies: 'everything' | readonly string[]
  readonly kind?: Kind | undefined
  readonly channel?: string | undefined
  readonly language?: string | undefined
}

/** A condition on the columns that cells and facts share. */
export const within = (sql: Sql, { from, until, bodies, kind, channel, language }: Filters) => sql`
  f.month between ${from}::date and ${until}::date
  ${bodies === 'everything' ? sql`` : sql`and f.administration_id = any(${bodies as string[]}::uuid[])`}
  ${kind === undefined ? sql`` : sql`and f.kind = ${kind}`}
  ${channel === undefined ? sql`` : sql`and f.channel = ${channel}`}
  ${language === undefined ? sql`` : sql`and f.language = ${language}`}`

/** The smaller table answers what asks for no channel and no language. */
export const sumsOf = (sql: Sql, { channel, language }: Filters) =>
  channel === undefined && language === undefined ? sql`indicator_sums` : sql`indicator_cells`

const sumsAs = (names: readonly Measure[]): string =>
  names.map((name) => `coalesce(sum(f.${name}), 0)::int as ${name}`).join(', ')
const SUMS = sumsAs(MEASURE_NAMES)

/** The kept sums of what the filters say. */
export const readCounts = async (sql: Sql, filters: Filters): Promise<Counts> => {
  const [counts] = await sql<[Counts]>`
    select ${sql.unsafe(SUMS)} from ${sumsOf(sql, filters)} f where ${within(sql, filters)}`
  return counts
}

const KEYS = {
  month: 'f.month::text',
  administration: 'f.administration_id::text',
  kind: 'f.kind',
} as const
export type GroupKey = keyof typeof KEYS

/** Sums of one value of a key. A null administration: no body has it yet. */
export type CountedGroup<M extends Measure = Measure> = Readonly<Record<M, number>> & {
  readonly key: string | null
}

/** The kept sums for each value of one key, in the order of the key; all of them, or those that are named. */
export const readGroups = <M extends Measure = Measure>(
  sql: Sql,
  filters: Filters,
  key: GroupKey,
  names: readonly M[] = MEASURE_NAMES as M[],
): Promise<CountedGroup<M>[]> => {
  const column = sql.unsafe(KEYS[key])
  return sql<CountedGroup<M>[]>`
    select ${column} as key, ${sql.unsafe(sumsAs(names))} from ${sumsOf(sql, filters)} f
    where ${within(sql, filters)} group by ${column} order by ${column}`
}

/** What several tables count of each way a complaint came in: a channel in a language. */
export type CountedWay<M extends Measure = Measure> = Readonly<Record<M, number>> & {
  readonly channel: string
  readonly language: string
}

/** The kept sums of each channel in each language, from one look at the cells. */
export const readWays = <M extends Measure>(
  sql: Sql,
  filters: Filters,
  names: readonly M[],
): Promise<CountedWay<M>[]> => sql<CountedWay<M>[]>`
  select f.channel, f.language, ${sql.unsafe(sumsAs(names))} from indicator_cells f
  where ${within(sql, filters)} group by f.channel, f.language order by f.channel, f.language`

export type BreakdownRow = Readonly<Record<BreakdownMeasure, number>> & { readonly value: string }

/** What one dimension tells apart, most first. It knows no channel and no language: `filters` with one give undefined. */
export const readBreakdown = async (
  sql: Sql,
  filters: Filters,
  dimension: Dimension,
): Promise<BreakdownRow[] | undefined> => {
  if (filters.channel !== undefined || filters.language !== undefined) return undefined
  return sql<BreakdownRow[]>`
    select f.value, sum(f.received)::int as received, sum(f.due)::int as due, sum(f.due_answered)::int as due_answered,
           sum(f.due_in_time)::int as due_in_time, sum(f.renewed)::int as renewed, sum(f.ended_last_days)::int as ended_last_days
    from indicator_breakdowns f
    where f.dimension = ${dimension} and ${within(sql, filters)}
    group by f.value order by received desc, f.value`
}

export interface EndedDays {
  readonly day: number
  readonly answered: number
  readonly waiting: number
  readonly withdrawn: number
}

/** Days from filing to the end of the first pass, or until now: those of everybody are kept counted, others are in the cells. */
export const readDays = (sql: Sql, filters: Filters): Promise<EndedDays[]> => {
  const { from, until, bodies, kind, channel, language } = filters
  if (bodies === 'everything' && channel === undefined && language === undefined)
    return sql<EndedDays[]>`
      select day, sum(answered)::int as answered, sum(waiting)::int as waiting, sum(withdrawn)::int as withdrawn
      from indicator_days where month between ${from}::date and ${until}::date ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
      group by day order by day`
  return sql<EndedDays[]>`
    with cell as (select * from indicator_cells f where ${within(sql, filters)})
    select day, sum(answered)::int as answered, sum(waiting)::int as waiting, sum(withdrawn)::int as withdrawn from (
      select day, 1 as answered, 0 as waiting, 0 as withdrawn from cell, unnest(answered_days) day
      union all select day, 0, 1, 0 from cell, unnest(waiting_days) day
      union all select day, 0, 0, 1 from cell, unnest(withdrawn_days) day) ended
    group by day order by day`
}

/** How long it takes until an answer, with those that wait for one counted in. */
export const timeOf = (days: readonly EndedDays[]): TimeToAnswer =>
  timeToAnswer(
    days.map(({ day, answered, waiting, withdrawn }) => ({ day, answered, waited: waiting + withdrawn })),
  )

/** The day the numbers speak of, and when they were last counted; undefined before the first sweep. */
export const readState = async (sql: Sql): Promise<{ asOf: string; refreshedAt: Date } | undefined> => {
  const [state] = await sql<{ asOf: string; refreshedAt: Date }[]>`
    select as_of::text as "asOf", refreshed_at as "refreshedAt" from indicator_state`
  return state
}

/** Bodies that take complaints: active, and within the law. */
export const countAffiliated = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from administrations where state = 'active' and outside_ground is null`
  return row?.count ?? 0
}
