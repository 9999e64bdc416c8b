import type { FigureTable, Value } from '../core/figure-table.ts'

/** A cell that a spreadsheet would take for a formula, in full width or behind blanks too, is made a text (P85). */
const FORMULA = /^[\s\p{Cc}\uFEFF]*[=+\-@＝＋－＠]|^[\t\r\n]/u
const harmless = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell)

/** One cell of RFC 4180. */
const cell = (value: string | number): string => {
  if (typeof value === 'number') return String(value)
  const safe = harmless(value)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

type Row = readonly (string | number)[]

const UTF8_MARK = '\uFEFF'
const line = (row: Row): string => `${row.map(cell).join(',')}\r\n`

/** RFC 4180: comma, CRLF, quotes doubled; UTF-8 with its mark, or a spreadsheet reads Arabic as Latin. */
export const csvOf = (rows: readonly Row[]): string => `${UTF8_MARK}${rows.map(line).join('')}`

/** The same of rows that come some at a time: nothing is held but what is on its way. */
export async function* csvStream(heads: Row, rows: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  yield csvOf([heads])
  for await (const some of rows) yield some.map(line).join('')
}

/** Numbers as machines read them: shares as fractions, nothing where nothing is known. */
export const plainValue = (value: Value): string | number =>
  value === null ? '' : value === 'few' ? '<5' : Math.round(value * 1e6) / 1e6

/** Tables of the same columns as they are on a page: each row's key and name, then its values under `code` or `code_before`. */
export const pageCsv = (
  tables: readonly FigureTable[],
  nameOf: (table: FigureTable, row: FigureTable['rows'][number]) => string,
): string => {
  const columns = tables[0]?.columns ?? []
  const heads = columns.map(({ code, before }) => (before ? `${code}_before` : code))
  return csvOf([
    ['table', 'key', 'name', ...heads, 'incomplete'],
    ...tables.flatMap((table) =>
      table.rows.map((row) => [
        table.code,
        row.key,
        nameOf(table, row),
        ...row.values.map(plainValue),
        row.incomplete ? 'yes' : 'no',
      ]),
    ),
  ])
}
