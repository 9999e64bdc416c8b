import { type Column, type FigureRow, type FigureTable, type Value, valueIn } from '../core/figure-table.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import type { RankedGroup, ReportContent, ReportedSector } from '../core/report.ts'
import { byName, columnText, rowText, valueText } from './figure-words.ts'
import { text } from './text.ts'

const find = (
  tables: readonly FigureTable[],
  code: FigureTable['code'],
  key: string,
  column: string,
): Value => {
  const table = tables.find((one) => one.code === code)
  const row = table?.rows.find((one) => one.key === key)
  return table && row ? valueIn(table, row, column) : null
}

const sumOf = (tables: readonly FigureTable[], code: FigureTable['code'], column: string): Value => {
  const table = tables.find((one) => one.code === code)
  const values = table?.rows.map((row) => valueIn(table, row, column)) ?? []
  return values.includes('few')
    ? 'few'
    : values.reduce((sum: number, one) => sum + (typeof one === 'number' ? one : 0), 0)
}

const COLUMNS: readonly Column[] = [
  { code: 'received', unit: 'count' },
  { code: 'response', unit: 'share' },
  { code: 'in_time', unit: 'share' },
  { code: 'renewed', unit: 'share' },
]

const rowOf = ({ code, names, tables }: ReportedSector) => ({
  key: code,
  names,
  values: [
    sumOf(tables, 'kinds', 'received'),
    find(tables, 'commitments', 'response', 'share'),
    find(tables, 'commitments', 'in_time', 'share'),
    find(tables, 'commitments', 'renewed', 'share'),
  ],
})

/** Sectors side by side in what they are judged by. */
const sideBySide = (sectors: readonly ReportedSector[]): FigureTable => ({
  code: 'bodies',
  columns: COLUMNS,
  rows: sectors.map(rowOf),
})

/** A table of sectors with a title of its own. */
export interface SectorTable {
  readonly title: string
  readonly table: FigureTable
}

const ranked = (locale: Locale, { sectors }: ReportContent, { group, codes }: RankedGroup): SectorTable => {
  const inOrder = codes.flatMap((code) => sectors.filter((one) => one.code === code))
  const table = sideBySide(inOrder)
  const numbered = table.rows.map((row, nth) => {
    const name = `${nth + 1}. ${nameIn(row.names ?? {}, locale)}`
    return { ...row, names: { ar: name, fr: name, en: name } }
  })
  const size = text(locale, `figures.group.${group}`)
  const inside = size.charAt(0).toLocaleLowerCase(locale) + size.slice(1)
  return { title: text(locale, 'report.ranking', { size: inside }), table: { ...table, rows: numbered } }
}

/** The sectors of a synthesis: those with enough behind them ranked within their size, the others by their names. */
export const sectorTables = (locale: Locale, content: ReportContent): readonly SectorTable[] => {
  const placed = new Set(content.ranking.flatMap(({ codes }) => codes))
  const others = sideBySide(content.sectors.filter(({ code }) => !placed.has(code)))
  const unranked = { ...others, rows: others.rows.toSorted(byName(locale)) }
  return [
    ...content.ranking.map((group) => ranked(locale, content, group)),
    ...(unranked.rows.length === 0 ? [] : [{ title: text(locale, 'report.unranked'), table: unranked }]),
  ]
}

/** What a table's total opens down to: a line a sector, a column each of its rows. */
export interface SectorParts {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How many columns name the row: the sector, and of a service the service. */
  readonly names: 1 | 2
}

/** The services of each sector, which no other has. */
const servicesOf = (locale: Locale, sectors: readonly ReportedSector[]): SectorParts => ({
  names: 2,
  heads: [
    text(locale, 'report.sector'),
    text(locale, 'figures.column.row'),
    columnText(locale, { code: 'received', unit: 'count' }),
  ],
  rows: sectors.flatMap(({ names, tables }) =>
    (tables.find(({ code }) => code === 'services')?.rows ?? []).map((row) => [
      nameIn(names, locale),
      rowText(locale, 'services', row),
      valueText(locale, row.values[0] ?? null, 'count'),
    ]),
  ),
})

const TOLD_IN_DAYS: readonly string[] = ['median', 'p90']

/** The column of a table that says what a row is about: the first, or, of days, the one that has them. */
const tellingColumn = ({ columns }: FigureTable, { key }: FigureRow): number =>
  TOLD_IN_DAYS.includes(key) ? columns.findIndex(({ unit }) => unit === 'days') : 0

/** What heads the column of a row; days are told from shares. */
const headOf = (locale: Locale, table: FigureTable, row: FigureRow): string => {
  const column = table.columns[tellingColumn(table, row)]
  const words = rowText(locale, table.code, row)
  return column?.unit === 'days' ? `${words} – ${columnText(locale, column)}` : words
}

/** What each row of a table is about, sector by sector; undefined in a report that has no sectors. */
export const partsOf = (
  locale: Locale,
  { sectors }: ReportContent,
  table: FigureTable,
): SectorParts | undefined => {
  if (sectors.length === 0 || table.rows.length === 0) return undefined
  if (table.code === 'services') return servicesOf(locale, sectors)
  const cells = (own: FigureTable | undefined): string[] =>
    table.rows.map((whole) => {
      const nth = tellingColumn(table, whole)
      const unit = table.columns[nth]?.unit ?? 'count'
      const row = own?.rows.find(({ key }) => key === whole.key)
      return valueText(locale, row ? (row.values[nth] ?? null) : unit === 'count' ? 0 : null, unit)
    })
  return {
    names: 1,
    heads: [text(locale, 'report.sector'), ...table.rows.map((row) => headOf(locale, table, row))],
    rows: [
      ...sectors.map(({ names, tables }) => [
        nameIn(names, locale),
        ...cells(tables.find(({ code }) => code === table.code)),
      ]),
      [text(locale, 'report.all_sectors'), ...cells(table)],
    ],
  }
}
