import type { Sql } from '../db/client.ts'
import { BREAKDOWN_MEASURES, DIMENSIONS, daysIn } from './measures.ts'
import { type Filters, sumsOf, within } from './read-counts.ts'
import type { Selection } from './selection.ts'

/** A number under filters, on the day it speaks of. */
export interface Behind {
  readonly filters: Filters
  readonly selection: Selection
  readonly asOf: string
}

/** Where some of the complaints behind a number are: at these bodies (null: at none yet), filed in this month. */
export interface MonthBehind {
  readonly month: string
  readonly count: number
  readonly bodies: readonly (string | null)[]
}

/** The selected ones among counted complaints `f`; the same whether they are counted or listed. */
const selected = (sql: Sql, { filters, selection: { measure, of, days }, asOf }: Behind) => sql`
  ${within(sql, filters)} and f.${sql(measure)}
  ${of ? sql`and coalesce(${sql.unsafe(DIMENSIONS[of.dimension])}, '') = ${of.value}` : sql``}
  ${days ? sql`and ${sql.unsafe(daysIn(`'${asOf}'::date`))} between ${days.from} and ${days.to}` : sql``}`

/** How many of them each month and body has: as it is kept summed up, and one by one where no sum tells. */
const groups = (sql: Sql, behind: Behind) => {
  const { filters, selection } = behind
  const { measure, of, days } = selection
  if (of === undefined && days === undefined)
    return sql`
      select f.month, f.administration_id, sum(f.${sql(measure)}) as count from ${sumsOf(sql, filters)} f
      where ${within(sql, filters)} and f.${sql(measure)} > 0 group by 1, 2`
  const kept = BREAKDOWN_MEASURES.find((one) => one === measure)
  if (of && kept && !days && filters.channel === undefined && filters.language === undefined)
    return sql`
      select f.month, f.administration_id, sum(f.${sql(kept)}) as count from indicator_breakdowns f
      where f.dimension = ${of.dimension} and f.value = ${of.value} and ${within(sql, filters)} and f.${sql(kept)} > 0 group by 1, 2`
  return sql`
    select f.month, f.administration_id, count(*) as count from counted_complaints f
    where ${selected(sql, behind)} group by 1, 2`
}

/** The months that have complaints behind a number, newest first. */
export const monthsBehind = (sql: Sql, behind: Behind): Promise<MonthBehind[]> => sql<MonthBehind[]>`
  select month::text, sum(count)::int as count, array_agg(administration_id::text) as bodies
  from (${groups(sql, behind)}) g group by month order by month desc`

/** Ids of the complaints behind a number in some of its months, newest first. */
export const idsBehind = async (
  sql: Sql,
  behind: Behind,
  months: readonly MonthBehind[],
  { limit, offset }: { limit: number; offset: number },
): Promise<string[]> => {
  const [newest, oldest] = [months[0], months.at(-1)]
  if (newest === undefined || oldest === undefined) return []
  // Said as constants, the months lead the planner to the index; of the pairs alone it knows nothing.
  const filters = { ...behind.filters, from: oldest.month, until: newest.month }
  const wanted = selected(sql, { ...behind, filters })
  const pairs = months.flatMap(({ month, bodies }) => bodies.map((body) => ({ month, body })))
  const groupsOf = sql`
    unnest(${pairs.map(({ month }) => month)}::date[], ${pairs.map(({ body }) => body)}::uuid[]) g (month, body)
    join counted_complaints f on f.month = g.month`
  // A body and none are asked for apart: no index serves `is not distinct from`.
  const rows = await sql<{ id: string }[]>`
    select id from (
      select f.complaint_id as id, f.received_at from ${groupsOf} and f.administration_id = g.body where ${wanted}
      union all
      select f.complaint_id, f.received_at from ${groupsOf} and g.body is null and f.administration_id is null where ${wanted}) found
    order by received_at desc, id desc limit ${limit} offset ${offset}`
  return rows.map(({ id }) => id)
}

/** The months that a stretch of the whole list lies in, and how far into them it begins. */
export const monthsOf = (
  months: readonly MonthBehind[],
  { limit, offset }: { limit: number; offset: number },
): { months: MonthBehind[]; offset: number } => {
  let before = 0
  let skipped = 0
  const held = months.filter(({ count }) => {
    const starts = before
    before += count
    if (before <= offset) skipped = before
    return before > offset && starts < offset + limit
  })
  return { months: held, offset: offset - skipped }
}
