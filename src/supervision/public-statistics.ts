import { Temporal } from 'temporal-polyfill'
import { KINDS } from '../core/complaint.ts'
import { type FigureRow, type FigureTable, valueIn } from '../core/figure-table.ts'
import type { Names } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'
import { type Comparison, compareBodies, readBodies } from './compare-bodies.ts'
import { holdTable, type Shown } from './hold.ts'
import { AFFILIATED_TARGET } from './indicators.ts'
import { monthOf } from './months.ts'
import { hiddenOf, protectTable } from './protect.ts'
import { countAffiliated, readState } from './read-counts.ts'
import { openReading } from './reading.ts'
import { type BuiltTable, buildTables } from './tables.ts'

export interface PublicStatistics {
  readonly asOf: string
  readonly refreshedAt: Date
  readonly from: string
  readonly until: string
  readonly affiliated: { readonly count: number; readonly target: number }
  /** Small groups are kept back in all of them. */
  readonly tables: readonly FigureTable[]
  readonly comparisons: readonly { readonly group: string; readonly table: FigureTable }[]
}

/** What concerns complaints alone, and what is shown of all three kinds. */
const OF_COMPLAINTS: readonly BuiltTable[] = [
  'commitments',
  'months',
  'time',
  'review',
  'outcomes',
  'renewals',
  'satisfaction',
]
/** What tells people apart by where they are and how they wrote: published in editions that are held against each other. */
const HELD: readonly BuiltTable[] = ['channels', 'languages', 'regions', 'causes']

/** The last twelve months. */
const periodOf = (asOf: string) => {
  const until = monthOf(asOf)
  return { from: Temporal.PlainDate.from(until).subtract({ months: 11 }).toString(), until }
}

const readHeld = async (sql: Sql): Promise<Map<string, Shown>> => {
  const rows = await sql<(Shown & { code: string })[]>`select code, whole, shown from public_tables`
  return new Map(rows.map(({ code, ...table }) => [code, table]))
}

/** Makes the next edition of the tables that are held, of what is counted by now. */
export const publishHeld = async (sql: Sql): Promise<void> => {
  const state = await readState(sql)
  if (state === undefined) return
  const reading = openReading(sql, { ...periodOf(state.asOf), bodies: 'everything' })
  const [before, tables] = await Promise.all([readHeld(sql), buildTables(reading, HELD)])
  const editions = tables.map((whole) =>
    holdTable(before.get(whole.code), { whole, shown: protectTable(whole) }),
  )
  await sql`
    insert into public_tables (code, whole, shown)
    select e #>> '{whole,code}', e -> 'whole', e -> 'shown' from jsonb_array_elements(${JSON.stringify(editions)}::text::jsonb) e
    on conflict (code) do update set whole = excluded.whole, shown = excluded.shown`
}

/** Comparisons as anyone may see them. A body whose share is kept back stands apart: its place among neighbours would tell much of it. */
const protectComparisons = (comparisons: readonly Comparison[]): PublicStatistics['comparisons'] => {
  const shown = comparisons.map(({ group, table }) => ({ group, table: protectTable(table) }))
  const hasPlace = (table: FigureTable) => (row: FigureRow) => valueIn(table, row, 'in_time') !== 'few'
  const placed = shown.map(({ group, table }) => ({
    group,
    table: { ...table, rows: table.rows.filter(hasPlace(table)) },
  }))
  const apart = shown.flatMap(({ table }) => table.rows.filter((row) => !hasPlace(table)(row)))
  const unranked = shown.slice(0, 1).map(({ table }) => ({
    group: 'unranked',
    table: { ...table, rows: apart.toSorted((a, b) => a.key.localeCompare(b.key)) },
  }))
  return [...placed, ...unranked].filter(({ table }) => table.rows.length > 0)
}

/** The last twelve months as anyone may see them. Undefined before anything was counted. */
export const readPublicStatistics = async (sql: Sql): Promise<PublicStatistics | undefined> => {
  const state = await readState(sql)
  if (state === undefined) return undefined
  const all = { ...periodOf(state.asOf), bodies: 'everything' } as const
  const complaints = { ...all, kind: 'complaint' } as const
  const [own, kinds, held, bodies, count] = await Promise.all([
    buildTables(openReading(sql, complaints), OF_COMPLAINTS),
    buildTables(openReading(sql, all), ['kinds']),
    readHeld(sql),
    readBodies(sql, complaints),
    countAffiliated(sql),
  ])
  return {
    ...state,
    from: all.from,
    until: all.until,
    affiliated: { count, target: AFFILIATED_TARGET.to },
    tables: [...[...own, ...kinds].map(protectTable), ...HELD.flatMap((code) => held.get(code)?.shown ?? [])],
    comparisons: protectComparisons(compareBodies(bodies).comparisons),
  }
}

export interface OpenRow {
  readonly month: string
  readonly body: string
  readonly names: Names
  readonly kind: string
  readonly received: number | '<5'
}

/**
 * How many each body received, month by month and kind by kind, none too, of the months that are over: small numbers are kept back, and
 * whatever a sum over bodies or over months would give away with them.
 */
export const readOpenRows = async (sql: Sql): Promise<OpenRow[]> => {
  const rows = await sql<{ month: string; body: string; names: Names; kind: string; count: number }[]>`
    with over as (select * from indicator_sums where month < date_trunc('month', (select as_of from indicator_state))),
    months as (select distinct month from over), bodies as (select distinct administration_id as id from over)
    select m.month::text, a.code as body, a.names, k.kind, coalesce(f.received, 0) as count
    from months m cross join bodies b join administrations a on a.id = b.id cross join unnest(${KINDS as unknown as string[]}::text[]) k (kind)
    left join over f on f.month = m.month and f.administration_id = a.id and f.kind = k.kind
    order by m.month, a.code, k.kind`
  const cells = rows.map((row) => ({
    ...row,
    lines: [`${row.kind} in ${row.month}`, `${row.kind} at ${row.body}`, `${row.body} in ${row.month}`],
  }))
  const hidden = hiddenOf(cells)
  return cells.map((cell) => {
    const { month, body, names, kind, count } = cell
    return { month, body, names, kind, received: hidden.has(cell) ? '<5' : count }
  })
}
