import type { Column, FigureRow, FigureTable } from '../core/figure-table.ts'
import type { Asked } from '../supervision/asked-filters.ts'
import { INDICATORS } from '../supervision/indicators.ts'
import { isMeasure, type Measure } from '../supervision/measures.ts'

/** The filters as they stand in an address. */
export const indicatorsQuery = (asked: Asked, more: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams(
    Object.entries({ ...asked, ...more }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
    ),
  ).toString()

/** What the rows of these tables say is a filter of its own. */
const ROW_FILTERS: Readonly<Partial<Record<FigureTable['code'], (key: string) => Asked>>> = {
  months: (key) => ({ from: key.slice(0, 7), until: key.slice(0, 7) }),
  kinds: (kind) => ({ kind }),
  channels: (channel) => ({ channel }),
  languages: (language) => ({ language }),
}

/** Columns that count what a row's filter selects, and columns that count what the row itself is. */
const COUNTED: readonly string[] = ['received', 'due']

const measureOf = (table: FigureTable, row: FigureRow, column: Column): Measure | undefined => {
  const indicator = INDICATORS.find(({ code }) => code === row.key)
  if (table.code === 'commitments' && indicator)
    return column.code === 'numerator'
      ? indicator.numerator
      : 'denominator' in indicator
        ? indicator.denominator
        : undefined
  if (table.code in ROW_FILTERS)
    return COUNTED.includes(column.code) && isMeasure(column.code) ? column.code : undefined
  return column.code === 'complaints' && isMeasure(row.key) ? row.key : undefined
}

export function behindLink(asked: Asked, measure: Measure): string
export function behindLink(
  asked: Asked,
  table: FigureTable,
  row: FigureRow,
  column: Column,
): string | undefined
/** Where the list behind a number is: of a measure, or of one value in a table, where it has one. */
export function behindLink(
  asked: Asked,
  what: Measure | FigureTable,
  row?: FigureRow,
  column?: Column,
): string | undefined {
  if (typeof what === 'string') return `/console/indicators/list?${indicatorsQuery(asked, { measure: what })}`
  if (row === undefined || column === undefined || column.unit !== 'count' || column.before) return undefined
  const measure = measureOf(what, row, column)
  const narrowed = { ...asked, ...ROW_FILTERS[what.code]?.(row.key) }
  return measure && `/console/indicators/list?${indicatorsQuery(narrowed, { measure })}`
}
