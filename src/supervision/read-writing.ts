import type { Commentary, ImprovementMeasure, ReportContent, ReportSection } from '../core/report.ts'
import type { Sql } from '../db/client.ts'
import { sectionsOf } from './fill-report.ts'
import { readMeasureVersions } from './measures-register.ts'
import { type NewerSector, newerSectors } from './newer-sectors.ts'
import { type Remark, type Report, readRemarks } from './read-reports.ts'

/** What people write into a report, each with the version that whoever changes it has seen. */
export interface ReportWriting {
  readonly sections: readonly (Commentary & { readonly section: ReportSection; readonly version: string })[]
  readonly measures: readonly (ImprovementMeasure & { readonly version: string })[]
  readonly remarks: readonly Remark[]
  /** Sectors whose accepted report is newer than a synthesis. */
  readonly newer: readonly NewerSector[]
}

const readVersions = async (sql: Sql, reportId: string): Promise<ReadonlyMap<string, string>> => {
  const rows = await sql<{ section: string; at: Date }[]>`
    select section, written_at as at from report_commentaries where report_id = ${reportId}`
  return new Map(rows.map(({ section, at }) => [section, at.toISOString()]))
}

/** Everything that was written and remarked, section by section, beside the content that holds it. An empty version: nothing yet. */
export const readWriting = async (
  sql: Sql,
  report: Report,
  { commentaries, measures }: Pick<ReportContent, 'commentaries' | 'measures'>,
): Promise<ReportWriting> => {
  const [written, lines, remarks, newer] = await Promise.all([
    readVersions(sql, report.id),
    readMeasureVersions(sql, report.administrationId),
    readRemarks(sql, report.id),
    newerSectors(sql, report),
  ])
  return {
    sections: sectionsOf(report).map((section) => ({
      section,
      ...(commentaries[section] ?? { ar: '', fr: '' }),
      version: written.get(section) ?? '',
    })),
    measures: measures.map((measure) => ({ ...measure, version: lines.get(measure.id) ?? '' })),
    remarks,
    newer,
  }
}
