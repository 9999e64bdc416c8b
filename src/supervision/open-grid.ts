import { type CitizenState, citizenState, type Status } from '../core/complaint.ts'
import type { Sql } from '../db/client.ts'
import { hiddenOf } from './protect.ts'
import { readOpenRows } from './public-statistics.ts'

/** One line of the open data: empty words stand for what was not said, `*` for everything that is not told apart. */
export interface GridRow {
  readonly month: string
  readonly body: string
  readonly service: string
  readonly kind: string
  readonly channel: string
  readonly region: string
  readonly state: CitizenState | '*'
  readonly received: number | '<5'
}

type Counted = Omit<GridRow, 'received' | 'state'> & { readonly state: CitizenState; readonly count: number }

const ALL = { service: '*', channel: '*', region: '*', state: '*' } as const

/** The years that have months which are over, newest first. */
export const openYears = async (sql: Sql): Promise<number[]> => {
  const rows = await sql<{ year: number }[]>`
    select distinct extract(year from month)::int as year from indicator_grid
    where administration_id is not null and month < date_trunc('month', (select as_of from indicator_state)) order by year desc`
  return rows.map(({ year }) => year)
}

const readCounted = async (sql: Sql, month: string): Promise<Counted[]> => {
  const rows = await sql<(Omit<Counted, 'state'> & { status: Status })[]>`
    select g.month::text, a.code as body, coalesce(s.code, '') as service, g.kind, g.channel, coalesce(g.region, '') as region, g.status,
           sum(g.received)::int as count
    from indicator_grid g join administrations a on a.id = g.administration_id left join services s on s.id = g.service_id
    where g.month = ${month} group by 1, 2, 3, 4, 5, 6, 7 order by 2, 4, 3, 5, 6, 7`
  const cells = new Map<string, Counted>()
  for (const { status, ...row } of rows) {
    const cell = { ...row, state: citizenState(status) }
    const key = JSON.stringify({ ...cell, count: 0 })
    cells.set(key, { ...cell, count: cell.count + (cells.get(key)?.count ?? 0) })
  }
  return [...cells.values()]
}

/** The lines of one month, body and kind, whose sum anyone reads elsewhere. */
const protect = (parts: readonly Counted[]): GridRow[] => {
  const cells = parts.map((part) => ({ ...part, lines: ['sum'] }))
  const hidden = hiddenOf(cells)
  const kept = cells.filter((cell) => hidden.has(cell))
  const rest = kept.reduce((sum, { count }) => sum + count, 0)
  const rows = cells
    .filter((cell) => !hidden.has(cell))
    .map(({ count, lines: _, ...row }): GridRow => ({ ...row, received: count }))
  // As many people as lines, or one more: each line would be one of them. They are told together.
  if (kept.length > 0 && rest - kept.length < 2) {
    const [{ month, body, kind } = { month: '', body: '', kind: '' }] = kept
    return [...rows, { month, body, kind, ...ALL, received: rest }]
  }
  return [...rows, ...kept.map(({ count: _, lines: __, ...row }): GridRow => ({ ...row, received: '<5' }))]
}

/**
 * How many each body received in a year, by month, service, kind, channel, region and present state, of the months that are over,
 * a month at a time: a nation's year is never held whole. Small numbers are kept back with whatever would give them away; where
 * even the sum is, only that is said.
 */
export const readOpenGrid = async function* (sql: Sql, year: number): AsyncGenerator<readonly GridRow[]> {
  const keyOf = ({ body, kind }: Pick<GridRow, 'body' | 'kind'>) => `${body} ${kind}`
  const months = Map.groupBy(await readOpenRows(sql), ({ month }) => month)
  for (const [month, sums] of months) {
    if (!month.startsWith(`${year}-`)) continue
    const parts = Map.groupBy(await readCounted(sql, month), keyOf)
    yield sums.flatMap(({ body, kind, received }): GridRow[] =>
      received === '<5'
        ? [{ month, body, kind, ...ALL, received }]
        : protect(parts.get(keyOf({ body, kind })) ?? []),
    )
  }
}
