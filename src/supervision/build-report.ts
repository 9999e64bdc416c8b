import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { FigureTable, Value } from '../core/figure-table.ts'
import {
  type BUILD_STEPS,
  isOpenForWriting,
  REPORT_SECTIONS,
  type ReportSection,
  type ReportState,
  reportMayBecome,
  SYNTHESIS_SECTIONS,
} from '../core/report.ts'
import type { Database } from '../db/client.ts'
import { audit } from '../staff/audit.ts'
import { type Actor, requireRight, scopeOf, treeOf } from '../staff/rights.ts'
import { type MeasureWish, putMeasure } from './measures-register.ts'
import { readState } from './read-counts.ts'
import { acceptedSectors, contentOf, type Report, readReport, recomputeReport } from './read-reports.ts'
import { type CountingDeps, refreshCells } from './refresh-cells.ts'
import { lastDayOf, reportTables, type Snapshot, sha256Of, takeSnapshot } from './snapshot.ts'

export interface ReportDeps extends CountingDeps {
  readonly db: Database
  readonly newId: NewId
}

export interface ReportWish {
  readonly year: number
  /** Code of the sector; absent: the synthesis. */
  readonly administration?: string | undefined
  /** Why a published report is corrected. */
  readonly reason?: string | undefined
  /** Told of each step, for builds that take a while. */
  readonly progress?: (step: (typeof BUILD_STEPS)[number]) => Promise<void> | void
}

const findSector = async ({ db: { sql } }: ReportDeps, actor: Actor, code: string): Promise<string> => {
  const [body] = await sql<{ id: string }[]>`select id from administrations where code = ${code}`
  const { bodies } = await scopeOf(sql, actor)
  if (body === undefined || (bodies !== 'everything' && !bodies.includes(body.id)))
    throw new AppError('not_found')
  return body.id
}

const sectorSnapshot = async (
  deps: ReportDeps,
  administrationId: string,
  year: number,
): Promise<Snapshot[]> => {
  await refreshCells(deps)
  const { sql } = deps.db
  const state = await readState(sql)
  if (state === undefined) throw new AppError('conflict')
  return [await takeSnapshot(sql, { bodies: await treeOf(sql, administrationId), year, asOf: state.asOf })]
}

/** The version a build makes: the open one anew, or the one after what was published. Throws `conflict` in between. */
const versionFor = async (
  { db: { sql } }: ReportDeps,
  administrationId: string | null,
  { year, reason }: ReportWish,
) => {
  const [last] = await sql<{ id: string; version: number; state: ReportState }[]>`
    select id, version, state from reports where administration_id is not distinct from ${administrationId} and year = ${year}
      and kind = ${administrationId === null ? 'synthesis' : 'sector'} order by version desc limit 1`
  if (last === undefined) return { version: 1, replaces: undefined, corrects: undefined }
  if (isOpenForWriting(last.state)) return { version: last.version, replaces: last.id, corrects: undefined }
  if (last.state !== 'published') throw new AppError('report_in_hand')
  if (!reason?.trim()) throw new AppError('validation', { fields: [{ field: 'reason', code: 'required' }] })
  return { version: last.version + 1, replaces: undefined, corrects: last.id }
}

/** Whether a report may be built: by whom, for which sector, as which version. Throws what stands against it. */
export const checkWish = async (deps: ReportDeps, actor: Actor, wish: ReportWish) => {
  requireRight(actor, wish.administration === undefined ? 'report.judge' : 'report.write')
  const administrationId =
    wish.administration === undefined ? null : await findSector(deps, actor, wish.administration)
  return { administrationId, ...(await versionFor(deps, administrationId, wish)) }
}

/**
 * Builds a report: freezes the sums, makes every table with the year before beside, and opens it for writing. Built again
 * while it is open, its numbers are taken anew and what was written stays. A correction of a published one needs a reason.
 */
export const buildReport = async (
  deps: ReportDeps,
  actor: Actor,
  wish: ReportWish,
): Promise<{ id: string }> => {
  const { sql } = deps.db
  const { year, progress = () => {} } = wish
  const { administrationId, version, replaces, corrects } = await checkWish(deps, actor, wish)
  await progress('counting')
  const sectors = administrationId === null ? await acceptedSectors(sql, year) : []
  const parts =
    administrationId === null
      ? sectors.map(({ snapshot }) => snapshot)
      : await sectorSnapshot(deps, administrationId, year)
  if (parts.length === 0) throw new AppError('no_sector_accepted')
  await progress('snapshot')
  const hashes = sectors.map(({ contentSha256 }) => contentSha256)
  const snapshot = administrationId === null ? { parts, sectors: hashes } : parts[0]
  await progress('tables')
  const tables = await reportTables(sql, parts, year)
  const now = deps.clock.now()
  const asOf = lastDayOf(parts)
  const id = replaces ?? deps.newId()
  const reason = version === 1 ? null : (wish.reason ?? 'correction')
  const [json, tablesJson] = [JSON.stringify(snapshot), JSON.stringify(tables)]
  await sql`
    insert into reports (id, kind, administration_id, year, version, reason, snapshot, tables, snapshot_sha256, as_of, built_at, built_by)
    values (${id}, ${administrationId === null ? 'synthesis' : 'sector'}, ${administrationId}, ${year}, ${version}, ${reason},
            ${json}::text::jsonb, ${tablesJson}::text::jsonb, ${sha256Of(snapshot)}, ${asOf}, ${now}, ${actor.id})
    on conflict (id) do update set snapshot = excluded.snapshot, tables = excluded.tables, snapshot_sha256 = excluded.snapshot_sha256,
      as_of = excluded.as_of, built_at = excluded.built_at, built_by = excluded.built_by`
  // A correction begins with what was written: only what was wrong is written anew.
  if (corrects !== undefined)
    await sql`
      insert into report_commentaries (report_id, section, ar, fr, written_by, written_at)
      select ${id}, section, ar, fr, written_by, written_at from report_commentaries where report_id = ${corrects}`
  await audit(deps, actor, { action: 'report.build', subject: id })
  return { id }
}

const openReport = async (deps: ReportDeps, actor: Actor, id: string): Promise<Report> => {
  requireRight(actor, 'report.write')
  const report = await readReport(deps.db.sql, actor, id)
  if (!isOpenForWriting(report.state)) throw new AppError('conflict')
  return report
}

export const sectionsOf = ({ kind }: Pick<Report, 'kind'>): ReportSection[] => {
  const twelve = REPORT_SECTIONS.map(({ code }): ReportSection => code)
  return kind === 'sector' ? twelve : [...twelve.filter((code) => code !== 'measures'), ...SYNTHESIS_SECTIONS]
}

/** Writes what is said beside the numbers of one section, in both languages. */
export const writeCommentary = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  { section, ar, fr }: { section: string; ar: string; fr: string },
): Promise<void> => {
  const report = await openReport(deps, actor, id)
  if (!(sectionsOf(report) as string[]).includes(section)) throw new AppError('not_found')
  await deps.db.sql`
    insert into report_commentaries (report_id, section, ar, fr, written_by, written_at)
    values (${id}, ${section}, ${ar}, ${fr}, ${actor.id}, ${deps.clock.now()})
    on conflict (report_id, section) do update
      set ar = excluded.ar, fr = excluded.fr, written_by = excluded.written_by, written_at = excluded.written_at`
  await deps.db.sql`update report_remarks set settled_at = ${deps.clock.now()}
    where report_id = ${id} and section = ${section} and settled_at is null`
}

export const writeMeasure = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  wish: MeasureWish,
): Promise<void> => {
  const { administrationId, year } = await openReport(deps, actor, id)
  if (administrationId === null) throw new AppError('not_found')
  await putMeasure(deps, { administrationId, year }, wish)
}

const move = (report: Report, to: ReportState): void => {
  if (!reportMayBecome(report.state, to)) throw new AppError('conflict')
}

/** Hands the report to the ministry. */
export const submitReport = async (deps: ReportDeps, actor: Actor, id: string): Promise<void> => {
  const report = await openReport(deps, actor, id)
  move(report, 'submitted')
  await deps.db
    .sql`update reports set state = 'submitted', submitted_at = ${deps.clock.now()}, submitted_by = ${actor.id}
    where id = ${id} and state = ${report.state}`
  await audit(deps, actor, { action: 'report.submit', subject: id })
}

/** Gives it back with what is to be mended, section by section. Throws `validation` without any remark. */
export const returnReport = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
  remarks: readonly { section: string; text: string }[],
): Promise<void> => {
  requireRight(actor, 'report.judge')
  const report = await readReport(deps.db.sql, actor, id)
  move(report, 'returned')
  const said = remarks.filter(
    ({ section, text }) => text.trim() !== '' && (sectionsOf(report) as string[]).includes(section),
  )
  if (said.length === 0)
    throw new AppError('validation', { fields: [{ field: 'remarks', code: 'required' }] })
  const now = deps.clock.now()
  await deps.db.sql.begin(async (tx) => {
    for (const { section, text } of said)
      await tx`insert into report_remarks (id, report_id, section, text, actor, at) values (${deps.newId()}, ${id}, ${section}, ${text.trim()}, ${actor.id}, ${now})`
    await tx`update reports set state = 'returned' where id = ${id} and state = 'submitted'`
  })
  await audit(deps, actor, { action: 'report.return', subject: id })
}

/** Four eyes: a person does not accept what the same person handed in. */
const requireOther = (actor: Actor, { submittedBy }: Report): void => {
  if (actor.id.startsWith('staff:') && actor.id === submittedBy) throw new AppError('other_eyes')
}

/** Accepts the report: what it says is frozen whole, with its hash and date. */
export const acceptReport = async (
  deps: ReportDeps,
  actor: Actor,
  id: string,
): Promise<{ sha256: string }> => {
  requireRight(actor, 'report.judge')
  const report = await readReport(deps.db.sql, actor, id)
  move(report, 'accepted')
  requireOther(actor, report)
  const content = await contentOf(deps.db.sql, report)
  const sha256 = sha256Of(content)
  await deps.db.sql`
    update reports set state = 'accepted', content = ${JSON.stringify(content)}::text::jsonb, content_sha256 = ${sha256},
      accepted_at = ${deps.clock.now()}, accepted_by = ${actor.id} where id = ${id} and state = 'submitted'`
  await audit(deps, actor, { action: 'report.accept', subject: id, facts: { sha256 } })
  return { sha256 }
}

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
