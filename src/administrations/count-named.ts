import type { Database } from '../db/client.ts'

/** Enough to know what people ask for these days, few enough to be counted each time. */
const NEWEST = 2000

/** How often each body stands in the newest complaints, by its code. */
export const countNamed = async ({ sql }: Pick<Database, 'sql'>): Promise<ReadonlyMap<string, number>> => {
  const rows = await sql<{ code: string; times: number }[]>`
    select a.code, count(*)::int as times
    from (select administration_id from complaints where origin <> 'practice' order by received_at desc, id desc limit ${NEWEST}) newest
    join administrations a on a.id = newest.administration_id
    group by a.code`
  return new Map(rows.map(({ code, times }) => [code, times]))
}
