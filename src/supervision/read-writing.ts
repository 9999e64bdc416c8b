import type { Commentary, ImprovementMeasure, ReportContent, ReportSection } from '../core/report.ts'
import type { Sql } from '../db/client.ts'
import { sectionsOf } from './fill-report.ts'
import { readMeasureVersions } from './measures-register.ts'
import { type NewerSector, newerSectors } from './newer-sectors.ts'
import { type Remark, type Report, readRemarks } from './read-reports.ts'

/** What people write into a report, each with the version that whoever changes it has seen. */
export interface ReportWriting {
  readonly sections: readonly (Commentary & {
    readonly section: ReportSection
    readonly version: string
    /** Of a body's report: in words that are not the body's own. */
    readonly byMinistry: boolean
  })[]
  readonly measures: readonly (ImprovementMeasure & { readonly version: string })[]
  readonly remarks: readonly Remark[]
  /** Sectors whose accepted report is newer than a synthesis. */
  readonly newer: readonly NewerSector[]
}

interface Written {
  readonly section: string
  readonly at: Date
  readonly byMinistry: boolean
}

const readWritten = async (
  sql: Sql,
  { id, administrationId }: Report,
): Promise<ReadonlyMap<string, Written>> => {
  const rows = await sql<Written[]>`
    select section, written_at as at, ${administrationId !== null} and not exists (
      select from staff_members s where c.written_by = 'staff:' || s.id and s.administration_id is not null
      union all select from api_tokens t where c.written_by = 'token:' || t.id and t.administration_id is not null) as "byMinistry"
    from report_commentaries c where report_id = ${id}`
  return new Map(rows.map((row) => [row.section, row]))
}

/** Everything that was written and remarked, section by section, beside the content that holds it. An empty version: nothing yet. */
export const readWriting = async (
  sql: Sql,
  report: Report,
  { commentaries, measures }: Pick<ReportContent, 'commentaries' | 'measures'>,
): Promise<ReportWriting> => {
  const [written, lines, remarks, newer] = await Promise.all([
    readWritten(sql, report),
    readMeasureVersions(sql, report.administrationId),
    readRemarks(sql, report.id),
    newerSectors(sql, report),
  ])
  return {
    sections: sectionsOf(report).map((section) => ({
      section,
      ...(commentaries[section] ?? { ar: '', fr: '' }),
      version: written.get(section)?.at.toISOString() ?? '',
      byMinistry: written.get(section)?.byMinistry ?? false,
    })),
    measures: measures.map((measure) => ({ ...measure, version: lines.get(measure.id) ?? '' })),
    remarks,
    newer,
  }
}
