import type { Names } from './locale.ts'

/**
 * Numbers in rows and columns, in no language: what a page, a PDF, a CSV, a JSON and a frozen report are all made from.
 */
export const TABLE_CODES = [
  'commitments',
  'months',
  'kinds',
  'channels',
  'languages',
  'services',
  'causes',
  'regions',
  'review',
  'grounds',
  'waiting',
  'time',
  'outcomes',
  'renewals',
  'satisfaction',
  'quality',
  'bodies',
] as const
export type TableCode = (typeof TABLE_CODES)[number]

export type Unit = 'count' | 'share' | 'days'

export interface Column {
  readonly code: string
  readonly unit: Unit
  /** The same a year earlier. */
  readonly before?: true
}

/** Null: nothing to judge. `few`: kept back, because fewer than five people are behind it or could be worked out from it. */
export type Value = number | null | 'few'

export interface FigureRow {
  /** What the row is about, as a code; empty: not said. */
  readonly key: string
  /** Its name, where that is data and not a word of ours. */
  readonly names?: Names
  readonly values: readonly Value[]
  /** How many each value is about, where no column says it; never published. */
  readonly of?: readonly (number | null)[]
  /** Part of what it counts is not decided yet: the newest months. */
  readonly incomplete?: true
  /** A share with a number to reach, or not to pass. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number }
}

export interface FigureTable {
  readonly code: TableCode
  readonly columns: readonly Column[]
  readonly rows: readonly FigureRow[]
}

/** A share, or null where there is nothing to divide by. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** The value of a column, by its code. */
export const valueIn = (table: FigureTable, row: FigureRow, column: string, before = false): Value => {
  const nth = table.columns.findIndex((one) => one.code === column && (one.before ?? false) === before)
  return row.values[nth] ?? null
}
