import { sql } from 'drizzle-orm'
import { delivered } from '../core/delivery.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import type { BUILD_STEPS, BuildState } from '../core/report.ts'
import type { StaffRole } from '../core/staff-role.ts'
import type { TopicHandler } from '../core/topics.ts'
import { appendMessages } from '../outbox/append.ts'
import { type Actor, requireRight, scopeOf } from '../staff/rights.ts'
import { buildReport, checkWish, type ReportDeps, type ReportWish } from './build-report.ts'

/** A build as it was asked for, and how far it is. */
export interface ReportBuild {
  readonly id: string
  readonly year: number
  /** Code of the sector; null: the synthesis. */
  readonly code: string | null
  readonly names: Names | null
  readonly reason: string | null
  readonly state: BuildState
  readonly failure: ErrorCode | null
  readonly reportId: string | null
}

/**
 * Asks the relay for a build, which counts and takes its time. One that runs for the same report is taken instead. Throws at once
 * what no waiting mends: no right, a report with the ministry, a correction without its reason.
 */
export const queueBuild = async (
  deps: ReportDeps,
  actor: Actor,
  wish: ReportWish,
): Promise<{ id: string }> => {
  const { administrationId } = await checkWish(deps, actor, wish)
  const now = deps.clock.now()
  const id = deps.newId()
  return deps.db.orm.transaction(async (tx) => {
    const asked = await tx.execute<{ id: string }>(sql`
      insert into report_builds (id, year, administration_id, reason, actor, actor_role, actor_administration_id, asked_at, changed_at)
      values (${id}, ${wish.year}, ${administrationId}, ${wish.reason ?? null}, ${actor.id}, ${actor.role}, ${actor.administrationId},
              ${now.toISOString()}, ${now.toISOString()})
      on conflict (administration_id, year) where state not in ('done', 'failed') do update set changed_at = report_builds.changed_at
      returning id`)
    const buildId = asked[0]?.id ?? id
    const dedupeKey = `report.build:${buildId}`
    await appendMessages(tx, { newId: deps.newId, now }, [
      { topic: 'report.build', key: 'reports', payload: { buildId }, dedupeKey },
    ])
    return { id: buildId }
  })
}

/** How far a build is. Throws `not_found` for another body's. */
export const readBuild = async (
  { db: { sql: query } }: Pick<ReportDeps, 'db'>,
  actor: Actor,
  id: string,
): Promise<ReportBuild> => {
  requireRight(actor, 'report.write')
  const [build] = await query<(ReportBuild & { administrationId: string | null })[]>`
    select b.id, b.year, a.code, a.names, b.reason, b.state, b.failure, b.report_id as "reportId", b.administration_id as "administrationId"
    from report_builds b left join administrations a on a.id = b.administration_id where b.id::text = ${id}`
  const { bodies } = await scopeOf(query, actor)
  const isMine = bodies === 'everything' || bodies.includes(build?.administrationId ?? '')
  if (build === undefined || !isMine) throw new AppError('not_found')
  return build
}

interface Asked extends Pick<ReportBuild, 'year' | 'code' | 'reason' | 'state'> {
  readonly actor: string
  readonly role: StaffRole
  readonly place: string | null
}

const readAsked = async ({ db }: ReportDeps, buildId: string): Promise<Asked | undefined> => {
  const [asked] = await db.sql<Asked[]>`
    select b.year, a.code, b.reason, b.state, b.actor, b.actor_role as role, b.actor_administration_id as place
    from report_builds b left join administrations a on a.id = b.administration_id where b.id = ${buildId}`
  return asked
}

/** Says that a build did not come to an end, and why. Also when the relay has given it up. */
export const buildFailed = async (
  { db, clock }: Pick<ReportDeps, 'db' | 'clock'>,
  buildId: string,
  failure: ErrorCode,
): Promise<void> => {
  await db.sql`
    update report_builds set state = 'failed', failure = ${failure}, changed_at = ${clock.now()}
    where id = ${buildId} and state not in ('done', 'failed')`
}

/** Topic `report.build`: builds the report in the name of whoever asked. What fails is told to that person, who may ask again. */
export const createBuildReport =
  (deps: ReportDeps): TopicHandler<'report.build'> =>
  async ({ buildId }) => {
    const asked = await readAsked(deps, buildId)
    if (asked === undefined || asked.state === 'done' || asked.state === 'failed') return delivered()
    const { actor: id, role, place: administrationId, year, code, reason } = asked
    const told = async (step: (typeof BUILD_STEPS)[number]) => {
      await deps.db.sql`
        update report_builds set state = ${step}, changed_at = ${deps.clock.now()} where id = ${buildId}`
    }
    const wish = { year, administration: code ?? undefined, reason: reason ?? undefined, progress: told }
    try {
      const built = await buildReport(deps, { id, role, administrationId }, wish)
      await deps.db.sql`
        update report_builds set state = 'done', report_id = ${built.id}, changed_at = ${deps.clock.now()} where id = ${buildId}`
    } catch (error) {
      // Anything else may pass: the relay tries again.
      if (!(error instanceof AppError)) throw error
      await buildFailed(deps, buildId, error.code)
    }
    return delivered()
  }
