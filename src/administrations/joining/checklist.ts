import { eq, sql } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import { CHECKLIST, PRACTICE_CASES, type Tick } from '../../core/joining.ts'
import { administrations, affiliations } from '../../db/schema/index.ts'
import { appendAudit } from '../../staff/audit.ts'
import { type Actor, requireRight } from '../../staff/rights.ts'
import { type Affiliation, affiliationOf, type JoiningDeps } from './affiliation.ts'
import { latestRun } from './conformance.ts'
import { countPractice } from './practice.ts'

export type Ticks = Readonly<Record<Tick, boolean>>

interface Counts {
  readonly units: number
  readonly managers: number
  readonly agents: number
  readonly services: number
  readonly templateLanguages: number
  /** Days to come on which offices are closed. */
  readonly holidays: number
  readonly connectorId: string | null
}

const countParts = async ({ db }: Pick<JoiningDeps, 'db'>, id: string): Promise<Counts> => {
  const [row] = await db.sql<Counts[]>`
    select (select count(*)::int from administrations where parent_id = ${id}) as units,
           (select count(*)::int from staff_members where administration_id = ${id} and role = 'manager'
             and enrolled_at is not null and disabled_at is null) as managers,
           (select count(*)::int from staff_members m join administrations a on a.id = m.administration_id
             where (a.id = ${id} or a.parent_id = ${id}) and m.role in ('agent', 'trainee')
             and m.enrolled_at is not null and m.disabled_at is null) as agents,
           (select count(*)::int from services where administration_id = ${id} and retired_at is null) as services,
           (select count(distinct language)::int from answer_templates
             where administration_id = ${id} and ended_at is null and language in ('ar', 'fr')) as "templateLanguages",
           (select count(*)::int from holidays where day >= current_date) as holidays,
           (select id from connectors where administration_id = ${id} and disabled_at is null limit 1) as "connectorId"`
  return (
    row ?? {
      units: 0,
      managers: 0,
      agents: 0,
      services: 0,
      templateLanguages: 0,
      holidays: 0,
      connectorId: null,
    }
  )
}

const OWN_SYSTEM = ['webhook', 'email', 'open311']

/** The twelve ticks of a body, from what is there and never from what somebody ticked. */
export const readChecklist = async (
  deps: Pick<JoiningDeps, 'db'>,
  { administrationId, names, ...body }: Affiliation,
): Promise<Ticks> => {
  const [counts, practice, latest] = await Promise.all([
    countParts(deps, administrationId),
    countPractice(deps, administrationId),
    latestRun(deps, administrationId),
  ])
  const { connector } = body
  return {
    approved: body.approvedAt !== null,
    names: Boolean(names.ar) && Boolean(names.fr),
    units: counts.units > 0 || body.noUnits,
    manager: counts.managers >= 1,
    deputy: counts.managers >= 2,
    agents: counts.agents >= 1 && practice.trained >= 1,
    services: counts.services >= 1,
    calendar: body.calendarSeenAt !== null && counts.holidays > 0,
    templates: counts.templateLanguages >= 2,
    connector: connector !== null && (!OWN_SYSTEM.includes(connector) || counts.connectorId !== null),
    practice: practice.done >= PRACTICE_CASES && practice.waiting === 0,
    // A test of another way of reaching it, or of another address, proves nothing about this one.
    conformance:
      latest?.run.passed === true &&
      latest.run.connector === connector &&
      latest.run.connectorId === counts.connectorId,
  }
}

/** What still keeps a body from going live. */
export const blockersOf = (ticks: Ticks): readonly Tick[] => CHECKLIST.filter((tick) => !ticks[tick])

/** The ministry opens a body to complaints, its units with it. Throws `not_ready` naming each missing tick. */
export const goLive = async (deps: JoiningDeps, actor: Actor, code: string): Promise<void> => {
  requireRight(actor, 'body.approve')
  const affiliation = await affiliationOf(deps, code)
  if (affiliation.liveAt !== null) return
  const missing = blockersOf(await readChecklist(deps, affiliation))
  if (missing.length > 0)
    throw new AppError('not_ready', { fields: missing.map((tick) => ({ field: tick, code: 'missing' })) })
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    await tx
      .update(affiliations)
      .set({ liveAt: now, liveBy: actor.id })
      .where(eq(affiliations.administrationId, affiliation.administrationId))
    await tx
      .update(administrations)
      .set({ state: 'active', updatedAt: now })
      .where(
        sql`${administrations.id} = ${affiliation.administrationId}
          or (${administrations.parentId} = ${affiliation.administrationId} and ${administrations.state} = 'draft')`,
      )
    await appendAudit(tx, deps, 'ministry', { actor: actor.id, action: 'body.live', subject: code })
  })
}
