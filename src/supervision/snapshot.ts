import { createHash } from 'node:crypto'
import type { FigureTable } from '../core/figure-table.ts'
import type { Sql } from '../db/client.ts'
import type { Filters } from './read-counts.ts'
import { openReading } from './reading.ts'
import { BUILT_TABLES, type BuiltTable, besideYearBefore, buildTables } from './tables.ts'

/** The kept sums of one body and two years, as they were: everything the tables are made of, and no single complaint. */
export interface Snapshot {
  readonly asOf: string
  readonly cells: readonly unknown[]
  readonly breakdowns: readonly unknown[]
}

/** Keys in one order at every depth, for a hash that does not depend on who wrote the JSON. */
export const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}
export const sha256Of = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('hex')

const yearOf = (year: number): Pick<Filters, 'from' | 'until'> => ({
  from: `${year}-01-01`,
  until: `${year}-12-01`,
})

/** Freezes the sums of a year and the one before it. */
export const takeSnapshot = async (
  sql: Sql,
  { bodies, year, asOf }: { bodies: readonly string[]; year: number; asOf: string },
): Promise<Snapshot> => {
  const [from, until] = [yearOf(year - 1).from, yearOf(year).until]
  const rows = (table: string) => sql<{ row: unknown }[]>`
    select to_jsonb(f) as row from ${sql(table)} f
    where month between ${from}::date and ${until}::date and administration_id = any(${bodies as string[]}::uuid[])
      ${table === 'indicator_breakdowns' ? sql`and dimension <> 'ended_on'` : sql``}
    order by to_jsonb(f)::text`
  const [cells, breakdowns] = await Promise.all([rows('indicator_cells'), rows('indicator_breakdowns')])
  return { asOf, cells: cells.map(({ row }) => row), breakdowns: breakdowns.map(({ row }) => row) }
}

/**
 * Lets `read` find a snapshot where the living sums are: temporary tables of the same names come first for the one
 * transaction. So a frozen figure is made again by the very statements that made it.
 */
export const withSnapshots = <T>(
  sql: Sql,
  snapshots: readonly Snapshot[],
  read: (tx: Sql) => Promise<T>,
): Promise<T> =>
  sql.begin(async (tx) => {
    for (const table of ['indicator_cells', 'indicator_sums', 'indicator_days', 'indicator_breakdowns'])
      await tx.unsafe(`create temp table ${table} (like public.${table}) on commit drop`)
    // A statement that this connection has prepared keeps to the table it was prepared for, the living one, until its plan is let go.
    await tx.unsafe('discard plans')
    for (const { cells, breakdowns } of snapshots) {
      await tx`insert into indicator_cells select * from jsonb_populate_recordset(null::public.indicator_cells, ${JSON.stringify(cells)}::text::jsonb)`
      await tx`insert into indicator_breakdowns select * from jsonb_populate_recordset(null::public.indicator_breakdowns, ${JSON.stringify(breakdowns)}::text::jsonb)`
    }
    await tx.unsafe(SUM_UP)
    return read(tx as unknown as Sql)
  }) as Promise<T>

const MEASURED = `select string_agg(format('sum(%I)', column_name), ', ' order by ordinal_position) from information_schema.columns
  where table_schema = 'public' and table_name = 'indicator_sums' and data_type = 'integer'`

/** The smaller tables, from the cells. */
const SUM_UP = `
  do $$ begin
    execute 'insert into indicator_sums select month, administration_id, kind, ' || (${MEASURED})
      || ' from indicator_cells group by month, administration_id, kind';
  end $$;
  insert into indicator_days
  select month, kind, day, sum(a), sum(w), sum(x) from (
    select month, kind, day, 1 as a, 0 as w, 0 as x from indicator_cells, unnest(answered_days) day
    union all select month, kind, day, 0, 1, 0 from indicator_cells, unnest(waiting_days) day
    union all select month, kind, day, 0, 0, 1 from indicator_cells, unnest(withdrawn_days) day) d
  group by month, kind, day`

/** Tables about complaints alone; the others hold all three kinds. */
const OF_COMPLAINTS: readonly BuiltTable[] = [
  'commitments',
  'time',
  'waiting',
  'review',
  'grounds',
  'outcomes',
  'renewals',
  'satisfaction',
]

/** A month that has not come has no numbers: nought would say that nobody complained. */
const withoutFuture = (table: FigureTable, asOf: string): FigureTable =>
  table.code !== 'months'
    ? table
    : {
        ...table,
        rows: table.rows.map((row) =>
          row.key > asOf ? { ...row, values: row.values.map(() => null) } : row,
        ),
      }

const tablesOfYear = async (sql: Sql, year: number, asOf: string): Promise<FigureTable[]> => {
  const all = { ...yearOf(year), bodies: 'everything' } as const
  const [ofAll, ofComplaints] = [openReading(sql, all), openReading(sql, { ...all, kind: 'complaint' })]
  const tables: FigureTable[] = []
  // One after the other: they share the one connection that has the snapshot.
  for (const code of BUILT_TABLES) {
    const built = await buildTables(OF_COMPLAINTS.includes(code) ? ofComplaints : ofAll, [code])
    tables.push(...built.map((table) => withoutFuture(table, asOf)))
  }
  return tables
}

/** The newest of the days that snapshots speak of. */
export const lastDayOf = (snapshots: readonly Pick<Snapshot, 'asOf'>[]): string =>
  snapshots
    .map(({ asOf }) => asOf)
    .toSorted()
    .at(-1) ?? ''

/** Every table of a report from its snapshots, with the year before beside. */
export const reportTables = (
  sql: Sql,
  snapshots: readonly Snapshot[],
  year: number,
): Promise<FigureTable[]> =>
  withSnapshots(sql, snapshots, async (tx) => {
    const asOf = lastDayOf(snapshots)
    const before = new Map((await tablesOfYear(tx, year - 1, asOf)).map((table) => [table.code, table]))
    return (await tablesOfYear(tx, year, asOf)).map((table) =>
      besideYearBefore(table, before.get(table.code)),
    )
  })
