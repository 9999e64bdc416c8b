import { MEASURES, type Measure } from './measures.ts'
import { type Filters, within } from './read-counts.ts'
import type { CountingDeps } from './refresh-cells.ts'

export interface Behind {
  readonly id: string
  readonly reference: string
}

/** The facts that the filters speak of, as a fragment: `from … where …` over `f`. */
const facts = ({ db: { sql }, officeZone, origins }: CountingDeps, filters: Filters, asOf: string) => sql`
  from complaint_facts(${officeZone}, ${asOf}::date) f
  where ${within(sql, filters)} and f.origin = any(${origins as string[]})
    and f.received_at >= ${filters.from}::date - interval '1 day'
    and f.received_at < ${filters.until}::date + interval '1 month 1 day'`

/** How many complaints a number stands for, counted one by one: what the kept sum must equal. */
export const countBehind = async (
  deps: CountingDeps,
  filters: Filters,
  measure: Measure,
  asOf: string,
): Promise<number> => {
  const { sql } = deps.db
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count ${facts(deps, filters, asOf)} and (${sql.unsafe(MEASURES[measure])})`
  return row?.count ?? 0
}

/** The complaints behind a number, newest first: one page of them, `offset` rows in. */
export const listBehind = (
  deps: CountingDeps,
  filters: Filters,
  { measure, asOf, limit, offset }: { measure: Measure; asOf: string; limit: number; offset: number },
): Promise<Behind[]> => {
  const { sql } = deps.db
  return sql<Behind[]>`
    select f.id, f.reference ${facts(deps, filters, asOf)} and (${sql.unsafe(MEASURES[measure])})
    order by f.received_at desc, f.id desc limit ${limit} offset ${offset}`
}
