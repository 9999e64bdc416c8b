import type { FigureTable, Value } from '../core/figure-table.ts'
import type { Actor } from '../staff/rights.ts'
import { type ReportDeps, sectorSnapshot } from './build-report.ts'
import { acceptedSectors, readReport, recomputeReport } from './read-reports.ts'
import { reportTables } from './snapshot.ts'

export interface Difference {
  readonly table: string
  readonly row: string
  readonly column: string
  readonly was: Value
  readonly is: Value
}

const differences = (was: readonly FigureTable[], is: readonly FigureTable[]): Difference[] =>
  was.flatMap((table) => {
    const other = is.find(({ code }) => code === table.code)
    return table.rows.flatMap((row) => {
      const rowNow = other?.rows.find(({ key }) => key === row.key)
      return table.columns.flatMap(({ code, before }, nth) => {
        const [a, b] = [row.values[nth] ?? null, rowNow?.values[nth] ?? null]
        return a === b
          ? []
          : [{ table: table.code, row: row.key, column: before ? `${code}_before` : code, was: a, is: b }]
      })
    })
  })

/** What the same report would say today otherwise than it did, and whether its own figures come out again from its snapshot. */
export const compareWithToday = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
): Promise<{ reproducible: boolean; differences: Difference[] }> => {
  const report = await readReport(deps.db.sql, actor, id)
  const { reproducible } = await recomputeReport(deps.db.sql, report)
  const today =
    report.administrationId === null
      ? (await acceptedSectors(deps.db.sql, report.year)).map(({ snapshot }) => snapshot)
      : await sectorSnapshot(deps, report.administrationId, report.year)
  const now = await reportTables(deps.db.sql, today, report.year)
  return {
    reproducible,
    differences: differences(report.tables, now),
  }
}
