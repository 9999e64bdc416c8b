import { AppError } from '../core/errors.ts'
import type { FigureTable } from '../core/figure-table.ts'
import type { Names } from '../core/locale.ts'
import type { Commentary, ReportContent, ReportedSector, ReportSection, ReportState } from '../core/report.ts'
import type { Sql } from '../db/client.ts'
import { type Actor, requireRight, scopeOf } from '../staff/rights.ts'
import { readMeasures } from './measures-register.ts'
import { rankSectors } from './rank-sectors.ts'
import { reportTables, type Snapshot, sha256Of } from './snapshot.ts'

export interface Report {
  readonly id: string
  readonly kind: 'sector' | 'synthesis'
  readonly administrationId: string | null
  readonly code: string | null
  readonly names: Names | null
  readonly year: number
  readonly version: number
  readonly reason: string | null
  readonly state: ReportState
  readonly tables: readonly FigureTable[]
  readonly snapshotSha256: string
  readonly asOf: string
  readonly builtAt: Date
  readonly submittedAt: Date | null
  readonly submittedBy: string | null
  readonly acceptedAt: Date | null
  readonly acceptedBy: string | null
  readonly contentSha256: string | null
  readonly content: ReportContent | null
  readonly publishedAt: Date | null
  /** When anything of it was last written or decided: the version that `seen` names. */
  readonly changedAt: Date
  readonly signature: string | null
}

export const reportColumns = (sql: Sql) => sql`
  r.id, r.kind, r.administration_id as "administrationId", a.code, a.names, r.year, r.version, r.reason, r.state, r.tables,
  r.snapshot_sha256 as "snapshotSha256", r.as_of::text as "asOf", r.built_at as "builtAt", r.submitted_at as "submittedAt",
  r.submitted_by as "submittedBy", r.accepted_at as "acceptedAt", r.accepted_by as "acceptedBy", r.content_sha256 as "contentSha256",
  r.content, r.published_at as "publishedAt", r.signature, greatest(r.built_at, r.submitted_at, r.accepted_at, r.published_at,
    (select max(written_at) from report_commentaries where report_id = r.id),
    (select max(greatest(at, settled_at)) from report_remarks where report_id = r.id),
    (select max(updated_at) from improvement_measures m where m.administration_id = r.administration_id and r.content is null)) as "changedAt"`

/** The reports an actor may see: a body its own and its units'; the ministry all. Newest year first. */
export const listReports = async (sql: Sql, actor: Actor): Promise<Report[]> => {
  requireRight(actor, 'report.read')
  const { bodies } = await scopeOf(sql, actor)
  return sql<Report[]>`
    select ${reportColumns(sql)} from reports r left join administrations a on a.id = r.administration_id
    where ${bodies === 'everything' ? sql`true` : sql`r.administration_id = any(${bodies as string[]}::uuid[])`}
    order by r.year desc, r.kind desc, a.code, r.version desc`
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** One of them. Throws `forbidden` and `not_found`. */
export const readReport = async (sql: Sql, actor: Actor, id: string): Promise<Report> => {
  requireRight(actor, 'report.read')
  if (!UUID.test(id)) throw new AppError('not_found')
  const { bodies } = await scopeOf(sql, actor)
  const [report] = await sql<Report[]>`
    select ${reportColumns(sql)} from reports r left join administrations a on a.id = r.administration_id where r.id = ${id}`
  const mine =
    bodies === 'everything' || (report?.administrationId != null && bodies.includes(report.administrationId))
  if (report === undefined || !mine) throw new AppError('not_found')
  return report
}

export interface Remark {
  readonly id: string
  readonly section: ReportSection
  readonly text: string
  readonly at: Date
  readonly settledAt: Date | null
  /** What the body said to it. */
  readonly answer: string | null
}

export const readRemarks = (sql: Sql, reportId: string): Promise<Remark[]> =>
  sql<
    Remark[]
  >`select id, section, text, at, settled_at as "settledAt", answer from report_remarks where report_id = ${reportId} order by at, id`

export const readCommentaries = async (
  sql: Sql,
  reportId: string,
): Promise<Partial<Record<ReportSection, Commentary>>> => {
  const rows = await sql<{ section: ReportSection; ar: string; fr: string }[]>`
    select section, ar, fr from report_commentaries where report_id = ${reportId} and (ar <> '' or fr <> '') order by section`
  return Object.fromEntries(rows.map(({ section, ar, fr }) => [section, { ar, fr }]))
}

interface AcceptedSector {
  readonly content: ReportContent
  readonly contentSha256: string
  readonly snapshot: Snapshot
  readonly administrationId: string
}

/** The newest accepted or published report of each sector for a year; a unit below a sector that has one is part of it. */
export const acceptedSectors = async (sql: Sql, year: number): Promise<AcceptedSector[]> =>
  sql<AcceptedSector[]>`
    with recursive accepted as (
      select distinct on (administration_id) administration_id, content, content_sha256, snapshot from reports
      where kind = 'sector' and year = ${year} and state in ('accepted', 'published') order by administration_id, version desc
    ), above as (
      select id, parent_id as ancestor from administrations where parent_id is not null
      union select above.id, a.parent_id from above join administrations a on a.id = above.ancestor where a.parent_id is not null
    )
    select content, content_sha256 as "contentSha256", snapshot, administration_id as "administrationId" from accepted
    where not exists (select from above join accepted other on other.administration_id = above.ancestor where above.id = accepted.administration_id)
    order by content -> 'administration' ->> 'code'`

/** The sectors a synthesis was built from, whatever was accepted since: they are named by their hashes in its snapshot. */
export const sectorsOf = async (
  sql: Sql,
  reportId: string,
): Promise<(ReportedSector & { version: number })[]> => {
  const rows = await sql<Pick<AcceptedSector, 'content' | 'contentSha256'>[]>`
    select content, content_sha256 as "contentSha256" from reports
    where content_sha256 in (select jsonb_array_elements_text(snapshot -> 'sectors') from reports where id = ${reportId})
    order by content -> 'administration' ->> 'code'`
  return rows.flatMap(({ content, contentSha256 }) =>
    content.administration === null
      ? []
      : [{ ...content.administration, contentSha256, tables: content.tables, version: content.version }],
  )
}

/** Bodies that owe a report of their own and are not among these. */
const missingSectors = (
  sql: Sql,
  sectors: readonly ReportedSector[],
): Promise<{ code: string; names: Names }[]> =>
  sql<{ code: string; names: Names }[]>`
    select code, names from administrations a
    where parent_id is null and state = 'active' and outside_ground is null
      and code <> all(${sectors.map(({ code }) => code)}::text[])
    order by code`

/** A report whole, as it would be frozen now; one that is frozen stays what it was. */
export const contentOf = async (sql: Sql, report: Report): Promise<ReportContent> => {
  if (report.content !== null) return report.content
  const { kind, code, names, year, version, reason, asOf, snapshotSha256, tables } = report
  const isSynthesis = kind === 'synthesis'
  const sectors = (isSynthesis ? await sectorsOf(sql, report.id) : []).map(
    ({ version: _, ...sector }): ReportedSector => sector,
  )
  return {
    v: 1,
    kind,
    administration: code === null || names === null ? null : { code, names },
    year,
    version,
    reason,
    asOf,
    snapshotSha256,
    tables,
    commentaries: await readCommentaries(sql, report.id),
    measures:
      report.administrationId === null
        ? []
        : await readMeasures(sql, report.administrationId, { year, asOf, tables }),
    sectors,
    ranking: rankSectors(sectors),
    missing: isSynthesis ? await missingSectors(sql, sectors) : [],
  }
}

/** What a report stands on: its own sums, or those of the sectors it adds up. */
type Frozen = Snapshot | { readonly parts: readonly Snapshot[]; readonly sectors: readonly string[] }

const frozenOf = async (sql: Sql, report: Pick<Report, 'id'>): Promise<Frozen> => {
  const [row] = await sql<{ snapshot: Frozen }[]>`select snapshot from reports where id = ${report.id}`
  if (row === undefined) throw new AppError('not_found')
  return row.snapshot
}

/** Makes every table again from the snapshot by the published definitions; says whether both are those of the report. */
export const recomputeReport = async (
  sql: Sql,
  report: Report,
): Promise<{ reproducible: boolean; tables: FigureTable[] }> => {
  const frozen = await frozenOf(sql, report)
  const tables = await reportTables(sql, 'parts' in frozen ? frozen.parts : [frozen], report.year)
  const isIntact = sha256Of(frozen) === report.snapshotSha256
  return { reproducible: isIntact && sha256Of(tables) === sha256Of(report.tables), tables }
}
