import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Connectors } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { ConnectorChoice } from '../../core/joining.ts'
import type { Names } from '../../core/locale.ts'
import type { Secrets } from '../../core/secrets.ts'
import {
  administrations,
  affiliations,
  answerTemplates,
  closingDays,
  services,
} from '../../db/schema/index.ts'
import { audit } from '../../staff/audit.ts'
import { type Actor, requireRight } from '../../staff/rights.ts'
import { issueToken } from '../../staff/tokens.ts'
import { putConnectors, readConnectors } from '../put-connectors.ts'
import type { JoiningDeps } from './affiliation.ts'

export interface SetUpDeps extends JoiningDeps {
  readonly secrets: Secrets
  readonly connectors: Connectors
}

/** The body a manager sets up: the own one. */
export const ownBody = (actor: Actor): string => {
  requireRight(actor, 'body.join')
  if (actor.administrationId === null) throw new AppError('forbidden')
  return actor.administrationId
}

const CODE = /^[A-Z0-9][A-Z0-9_-]{1,39}$/

/** Adds a unit below the body; it goes live with it. Throws `validation` for a code that is wrong or taken. */
export const addUnit = async (
  deps: JoiningDeps,
  actor: Actor,
  { code, names }: { readonly code: string; readonly names: Names },
): Promise<void> => {
  const parentId = ownBody(actor)
  if (!CODE.test(code)) throw new AppError('validation', { fields: [{ field: 'unit-code', code: 'wrong' }] })
  const now = deps.clock.now()
  const [parent] = await deps.db.orm.select().from(administrations).where(eq(administrations.id, parentId))
  const added = await deps.db.orm
    .insert(administrations)
    .values({
      id: deps.newId(),
      code,
      names,
      parentId,
      keywords: [],
      anonymousAllowed: parent?.anonymousAllowed ?? true,
      state: parent?.state === 'active' ? 'active' : 'draft',
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing({ target: administrations.code })
    .returning({ id: administrations.id })
  if (added.length === 0)
    throw new AppError('validation', { fields: [{ field: 'unit-code', code: 'taken' }] })
  await audit(deps, actor, { action: 'body.unit', subject: code })
}

const setOwn = async (
  deps: JoiningDeps,
  actor: Actor,
  facts: Partial<Pick<typeof affiliations.$inferSelect, 'noUnits' | 'calendarSeenAt' | 'connector'>>,
): Promise<void> => {
  await deps.db.orm
    .update(affiliations)
    .set(facts)
    .where(eq(affiliations.administrationId, ownBody(actor)))
}

/** "We have no units": said once, so that an empty tree is a decision. */
export const declareNoUnits = (deps: JoiningDeps, actor: Actor) => setOwn(deps, actor, { noUnits: true })

/** "We have seen the calendar": the holidays by which the legal dates are told. */
export const confirmCalendar = (deps: JoiningDeps, actor: Actor) =>
  setOwn(deps, actor, { calendarSeenAt: deps.clock.now() })

/** A day the body is closed beyond the national holidays. It moves no legal date. */
export const addClosingDay = async (
  { db }: JoiningDeps,
  actor: Actor,
  { day, name }: { readonly day: string; readonly name: string },
): Promise<void> => {
  const administrationId = ownBody(actor)
  await db.orm
    .insert(closingDays)
    .values({ administrationId, day, name })
    .onConflictDoUpdate({ target: [closingDays.administrationId, closingDays.day], set: { name } })
}

/** The days of the actor's own body. */
export const listClosingDays = ({ db }: Pick<JoiningDeps, 'db'>, actor: Actor) =>
  db.orm
    .select({ day: closingDays.day, name: closingDays.name })
    .from(closingDays)
    .where(eq(closingDays.administrationId, ownBody(actor)))
    .orderBy(closingDays.day)

/** Forgets a closing day of the actor's own body. */
export const dropClosingDay = async ({ db }: JoiningDeps, actor: Actor, day: string): Promise<void> => {
  await db.orm
    .delete(closingDays)
    .where(and(eq(closingDays.administrationId, ownBody(actor)), eq(closingDays.day, day)))
}

/** Adds a service of the body, or names it anew. Throws `validation` for a code that is none. */
export const addService = async (
  deps: JoiningDeps,
  actor: Actor,
  {
    code,
    names,
    keywords,
  }: { readonly code: string; readonly names: Names; readonly keywords: readonly string[] },
): Promise<void> => {
  const administrationId = ownBody(actor)
  if (!CODE.test(code))
    throw new AppError('validation', { fields: [{ field: 'service-code', code: 'wrong' }] })
  const words = [...keywords]
  await deps.db.orm
    .insert(services)
    .values({ id: deps.newId(), administrationId, code, names, keywords: words })
    .onConflictDoUpdate({
      target: [services.administrationId, services.code],
      set: { names, keywords: words, retiredAt: null },
    })
  await deps.db.orm
    .update(administrations)
    .set({ updatedAt: deps.clock.now() })
    .where(eq(administrations.id, administrationId))
}

/** What a chosen connector needs to be told once. */
export interface ChosenConnector {
  /** Signs what we send. */
  readonly secret?: string
  /** For `/api/v1/referrals`. */
  readonly token?: string
}

/**
 * Chooses how complaints reach the body. A system of its own gets a secret to verify us by and a token to act with, both shown
 * once. Throws `validation` and `address_forbidden` as putting connectors does.
 */
export const chooseConnector = async (
  deps: SetUpDeps,
  actor: Actor,
  {
    choice,
    settings,
  }: { readonly choice: ConnectorChoice; readonly settings: Readonly<Record<string, string>> },
): Promise<ChosenConnector> => {
  const administrationId = ownBody(actor)
  const given = choice === 'console' || choice === 'pull' ? [] : [{ type: choice, ...settings }]
  const wanted = readConnectors(deps.connectors, given)
  return deps.db.orm.transaction(async (tx) => {
    const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
    const { shown } = await putConnectors(tx, act, deps.secrets, deps.connectors, {
      administrationId,
      wanted,
    })
    await tx
      .update(affiliations)
      .set({ connector: choice })
      .where(eq(affiliations.administrationId, administrationId))
    const secret = shown[0]?.['secret']
    if (choice === 'console' || choice === 'email') return {}
    await tx.execute(sql`
      update api_tokens set revoked_at = ${act.now.toISOString()}::timestamptz
      where administration_id = ${administrationId} and role = 'body' and revoked_at is null`)
    const token = await issueToken(tx, deps, { role: 'body', administrationId, label: choice })
    return { token, ...(typeof secret === 'string' ? { secret } : {}) }
  })
}

/** What the body's page shows of its own set-up. */
export const readSetUp = async ({ db }: Pick<JoiningDeps, 'db'>, actor: Actor) => {
  const administrationId = ownBody(actor)
  const [units, offered, templates, closed, holidays] = await Promise.all([
    db.orm.select().from(administrations).where(eq(administrations.parentId, administrationId)),
    db.orm
      .select()
      .from(services)
      .where(and(eq(services.administrationId, administrationId), sql`${services.retiredAt} is null`)),
    db.orm
      .select()
      .from(answerTemplates)
      .where(and(eq(answerTemplates.administrationId, administrationId), isNull(answerTemplates.endedAt))),
    listClosingDays({ db }, actor),
    db.sql<{ day: string; names: Names }[]>`
      select day::text, names from holidays where day >= current_date order by day limit 20`,
  ])
  return { units, services: offered, templates, closed, holidays }
}
