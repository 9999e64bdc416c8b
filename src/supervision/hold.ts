import type { FigureRow, FigureTable } from '../core/figure-table.ts'
import { FEW } from './protect.ts'

/** A table as anyone may see it, beside what it was made of. */
export interface Shown {
  readonly whole: FigureTable
  readonly shown: FigureTable
}

const at = (row: FigureRow, nth: number): number => {
  const value = row.values[nth]
  return typeof value === 'number' ? value : 0
}

/** The people a row counts, column by column; of a share those it counts among what is due beside it. */
const peopleIn = ({ columns }: FigureTable, row: FigureRow): number[] => {
  const dueAt = columns.findIndex(({ code }) => code === 'due' || code === 'denominator')
  return columns.map(({ unit }, nth) => {
    if (unit === 'count') return at(row, nth)
    return unit === 'share' && dueAt >= 0 ? Math.round(at(row, nth) * at(row, dueAt)) : 0
  })
}

/** Whether between the two nothing moved by so few people that the difference would tell of one of them. */
const mayMove = (table: FigureTable, before: FigureRow, after: FigureRow): boolean => {
  const now = peopleIn(table, after)
  const moved = peopleIn(table, before).map((people, nth) => Math.abs(people - (now[nth] ?? 0)))
  return moved.every((people) => people === 0 || people >= FEW)
}

/**
 * What is published next: a row stays as it was until each of its numbers that moved was moved by five people or more. Whoever
 * keeps every edition then learns nothing from subtracting one from the next: neither that somebody filed, nor what became of it.
 */
export const holdTable = (before: Shown | undefined, next: Shown): Shown => {
  const earlier = new Map(
    before?.whole.rows.map((row, nth) => [row.key, { row, shown: before.shown.rows[nth] }]),
  )
  const rows = next.whole.rows.map((row, nth) => {
    const old = earlier.get(row.key)
    const fresh = { whole: row, shown: next.shown.rows[nth] ?? row }
    return old?.shown === undefined || mayMove(next.whole, old.row, row)
      ? fresh
      : { whole: old.row, shown: old.shown }
  })
  return {
    whole: { ...next.whole, rows: rows.map(({ whole }) => whole) },
    shown: { ...next.shown, rows: rows.map(({ shown }) => shown) },
  }
}
