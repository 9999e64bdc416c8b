import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { FigureTable } from '../core/figure-table.ts'
import { type BUILD_STEPS, isOpenForWriting, type ReportState } from '../core/report.ts'
import type { Database } from '../db/client.ts'
import { audit } from '../staff/audit.ts'
import { type Actor, requireRight, scopeOf, treeOf } from '../staff/rights.ts'
import { readState } from './read-counts.ts'
import { acceptedSectors } from './read-reports.ts'
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

/** Freezes the sums of a body and its units, counted up to now. */
export const sectorSnapshot = async (
  deps: ReportDeps,
  administrationId: string,
  year: number,
): Promise<Snapshot[]> => {
  await refreshCells(deps, Number.POSITIVE_INFINITY, true)
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
  if (last === undefined) return { version: 1, corrects: undefined }
  if (isOpenForWriting(last.state)) return { version: last.version, corrects: undefined }
  if (last.state !== 'published') throw new AppError('report_in_hand')
  if (!reason?.trim()) throw new AppError('validation', { fields: [{ field: 'reason', code: 'required' }] })
  return { version: last.version + 1, corrects: last.id }
}

/** Whether a report may be built: by whom, for which sector, as which version. Throws what stands against it. */
export const checkWish = async (deps: ReportDeps, actor: Actor, wish: ReportWish): Promise<Place> => {
  requireRight(actor, wish.administration === undefined ? 'report.judge' : 'report.write')
  const administrationId =
    wish.administration === undefined ? null : await findSector(deps, actor, wish.administration)
  return { administrationId, ...(await versionFor(deps, administrationId, wish)) }
}

/** What a report stands on: the sums of its parts, and of a synthesis the accepted reports they come from. */
const freeze = async (deps: ReportDeps, administrationId: string | null, year: number) => {
  if (administrationId !== null) {
    const parts = await sectorSnapshot(deps, administrationId, year)
    return { parts, snapshot: parts[0] }
  }
  const accepted = await acceptedSectors(deps.db.sql, year)
  if (accepted.length === 0) throw new AppError('no_sector_accepted')
  const parts = accepted.map(({ snapshot }) => snapshot)
  return { parts, snapshot: { parts, sectors: accepted.map(({ contentSha256 }) => contentSha256) } }
}

interface Place {
  /** Null: the synthesis. */
  readonly administrationId: string | null
  readonly version: number
  /** The published version that a correction begins with. */
  readonly corrects: string | undefined
}

interface Opening extends Place {
  readonly year: number
  readonly reason: string | null
  readonly snapshot: unknown
  readonly tables: readonly FigureTable[]
  readonly asOf: string
}

/** Writes the report down, whole or not at all. Throws `report_in_hand` where it was handed in while it was counted. */
const open = async (deps: ReportDeps, actor: Actor, opening: Opening): Promise<string> => {
  const { administrationId, year, version, reason, snapshot, tables, asOf, corrects } = opening
  const [json, tablesJson] = [JSON.stringify(snapshot), JSON.stringify(tables)]
  const kind = administrationId === null ? 'synthesis' : 'sector'
  return deps.db.sql.begin(async (tx) => {
    const [report] = await tx<{ id: string }[]>`
      insert into reports (id, kind, administration_id, year, version, reason, snapshot, tables, snapshot_sha256, as_of, built_at, built_by)
      values (${deps.newId()}, ${kind}, ${administrationId}, ${year}, ${version}, ${reason}, ${json}::text::jsonb,
              ${tablesJson}::text::jsonb, ${sha256Of(snapshot)}, ${asOf}, ${deps.clock.now()}, ${actor.id})
      on conflict (kind, administration_id, year, version) do update
        set snapshot = excluded.snapshot, tables = excluded.tables, snapshot_sha256 = excluded.snapshot_sha256,
          as_of = excluded.as_of, built_at = excluded.built_at, built_by = excluded.built_by
        where reports.state in ('draft', 'returned')
      returning id`
    if (report === undefined) throw new AppError('report_in_hand')
    // A correction begins with what was written: only what was wrong is written anew.
    if (corrects !== undefined)
      await tx`
        insert into report_commentaries (report_id, section, ar, fr, written_by, written_at)
        select ${report.id}, section, ar, fr, written_by, written_at from report_commentaries where report_id = ${corrects}
        on conflict do nothing`
    return report.id
  })
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
  const { year, progress = () => {} } = wish
  const place = await checkWish(deps, actor, wish)
  await progress('counting')
  const { parts, snapshot } = await freeze(deps, place.administrationId, year)
  await progress('snapshot')
  const reason = place.version === 1 ? null : (wish.reason ?? 'correction')
  await progress('tables')
  const tables = await reportTables(deps.db.sql, parts, year)
  const id = await open(deps, actor, { ...place, year, reason, snapshot, tables, asOf: lastDayOf(parts) })
  await audit(deps, actor, { action: 'report.build', subject: id })
  return { id }
}
