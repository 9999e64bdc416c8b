import { type FigureTable, valueIn } from '../core/figure-table.ts'
import type { RankedGroup, ReportedSector } from '../core/report.ts'
import { type ComparedBody, compareBodies } from './compare-bodies.ts'

const countIn = (tables: readonly FigureTable[], code: FigureTable['code'], column: string, key?: string) => {
  const table = tables.find((one) => one.code === code)
  const rows = table?.rows.filter((row) => key === undefined || row.key === key) ?? []
  return rows.reduce((sum, row) => sum + Number(table ? (valueIn(table, row, column) ?? 0) : 0), 0)
}

/** The sums a body is compared by, out of its own accepted report. */
const sumsOf = ({ code, names, tables }: ReportedSector): ComparedBody => {
  const of = (key: string, part: 'numerator' | 'denominator') => countIn(tables, 'commitments', part, key)
  const received = countIn(tables, 'kinds', 'received')
  return {
    code,
    names,
    // A report is about a year, and about all kinds.
    yearly: received,
    received,
    ended:
      countIn(tables, 'satisfaction', 'complaints', 'answered') +
      countIn(tables, 'review', 'complaints', 'refused'),
    due: of('response', 'denominator'),
    due_answered: of('response', 'numerator'),
    due_in_time: of('in_time', 'numerator'),
    settled: of('renewed', 'denominator'),
    settled_renewed: of('renewed', 'numerator'),
  }
}

/** Places without the sectors whose share they go by is kept back: a place among neighbours would tell much of it. */
export const rankShown = (
  ranking: readonly RankedGroup[],
  shown: readonly ReportedSector[],
): RankedGroup[] => {
  const isKept = (code: string) =>
    shown
      .find((one) => one.code === code)
      ?.tables.some((table) =>
        table.rows.some((row) => row.key === 'in_time' && valueIn(table, row, 'share') === 'few'),
      )
  return ranking
    .map(({ group, codes }) => ({ group, codes: codes.filter((code) => !isKept(code)) }))
    .filter(({ codes }) => codes.length > 0)
}

/** Sectors beside those of their size, best first; the rule is the one of the dashboards. */
export const rankSectors = (sectors: readonly ReportedSector[]): RankedGroup[] =>
  compareBodies(sectors.map(sumsOf)).comparisons.map(({ group, table }) => ({
    group,
    codes: table.rows.map(({ key }) => key),
  }))
