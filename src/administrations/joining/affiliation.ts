import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { ConnectorChoice } from '../../core/joining.ts'
import type { Names } from '../../core/locale.ts'
import type { Database, Tx } from '../../db/client.ts'
import { administrations, affiliations } from '../../db/schema/index.ts'
import { appendAudit, audit } from '../../staff/audit.ts'
import { inviteStaff, isMemberElsewhere } from '../../staff/members.ts'
import { type Actor, requireRight } from '../../staff/rights.ts'

export interface JoiningDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

export interface AffiliationRequest {
  readonly code: string
  readonly names: Names
  /** Code of the body above; empty: at the top. */
  readonly parent?: string | undefined
  readonly contactName: string
  readonly contactEmail: string
}

export interface Affiliation {
  readonly administrationId: string
  readonly code: string
  readonly names: Names
  readonly contactName: string
  readonly contactEmail: string
  readonly requestedAt: Date
  readonly approvedAt: Date | null
  readonly refusedAt: Date | null
  readonly refusal: string | null
  readonly connector: ConnectorChoice | null
  readonly noUnits: boolean
  readonly calendarSeenAt: Date | null
  readonly liveAt: Date | null
}

const columns = {
  administrationId: affiliations.administrationId,
  code: administrations.code,
  names: administrations.names,
  contactName: affiliations.contactName,
  contactEmail: affiliations.contactEmail,
  requestedAt: affiliations.requestedAt,
  approvedAt: affiliations.approvedAt,
  refusedAt: affiliations.refusedAt,
  refusal: affiliations.refusal,
  connector: affiliations.connector,
  noUnits: affiliations.noUnits,
  calendarSeenAt: affiliations.calendarSeenAt,
  liveAt: affiliations.liveAt,
}

const taken = (field: string, code: string) => new AppError('validation', { fields: [{ field, code }] })

const parentOf = async (tx: Tx, code: string | undefined): Promise<string | null> => {
  if (code === undefined) return null
  const [parent] = await tx
    .select({ id: administrations.id })
    .from(administrations)
    .where(and(eq(administrations.code, code), eq(administrations.state, 'active')))
  if (parent === undefined) throw taken('parent', 'unknown')
  return parent.id
}

/**
 * A body asks to join: it exists as a draft from then on, takes no complaint and nobody of it can sign in. Throws `validation`
 * naming `code` (taken) or `parent` (unknown).
 */
export const requestAffiliation = (deps: JoiningDeps, wish: AffiliationRequest): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const [body] = await tx
      .insert(administrations)
      .values({
        id: deps.newId(),
        code: wish.code,
        names: wish.names,
        parentId: await parentOf(tx, wish.parent),
        keywords: [],
        anonymousAllowed: true,
        state: 'draft',
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoNothing({ target: administrations.code })
      .returning({ id: administrations.id })
    if (body === undefined) throw taken('code', 'taken')
    await tx.insert(affiliations).values({
      administrationId: body.id,
      contactName: wish.contactName,
      contactEmail: wish.contactEmail.toLowerCase(),
      requestedAt: now,
    })
    await appendAudit(tx, deps, 'ministry', { actor: 'public', action: 'body.request', subject: wish.code })
  })

/** Bodies on their way, the newest request first; the ministry's page. */
export const listAffiliations = (
  { db }: Pick<JoiningDeps, 'db'>,
  actor: Actor,
): Promise<readonly Affiliation[]> => {
  requireRight(actor, 'body.approve')
  return db.orm
    .select(columns)
    .from(affiliations)
    .innerJoin(administrations, eq(administrations.id, affiliations.administrationId))
    .orderBy(sql`${affiliations.liveAt} is not null`, desc(affiliations.requestedAt))
    .limit(200)
}

/** The joining of the actor's own body; undefined: it was there before bodies joined by themselves. */
export const ownAffiliation = async (
  { db }: Pick<JoiningDeps, 'db'>,
  actor: Actor,
): Promise<Affiliation | undefined> => {
  requireRight(actor, 'body.join')
  const [own] = await db.orm
    .select(columns)
    .from(affiliations)
    .innerJoin(administrations, eq(administrations.id, affiliations.administrationId))
    .where(eq(affiliations.administrationId, actor.administrationId ?? ''))
  return own
}

/** The affiliation a code names. Throws `not_found`. */
export const affiliationOf = async ({ db }: Pick<JoiningDeps, 'db'>, code: string): Promise<Affiliation> => {
  const [found] = await db.orm
    .select(columns)
    .from(affiliations)
    .innerJoin(administrations, eq(administrations.id, affiliations.administrationId))
    .where(eq(administrations.code, code))
  if (found === undefined) throw new AppError('not_found')
  return found
}

/**
 * The ministry approves a request. Gives the one-time link's token for whoever asked, who becomes the body's manager. Throws
 * `validation` naming `email` for an address that works elsewhere: approving must not take anybody's role.
 */
export const approveAffiliation = async (
  deps: JoiningDeps,
  actor: Actor,
  code: string,
): Promise<{ token: string; email: string }> => {
  requireRight(actor, 'body.approve')
  const { administrationId, contactEmail } = await affiliationOf(deps, code)
  if (await isMemberElsewhere(deps, contactEmail, administrationId)) throw taken('email', 'taken')
  const [approved] = await deps.db.orm
    .update(affiliations)
    .set({ approvedAt: deps.clock.now(), approvedBy: actor.id, refusedAt: null, refusal: null })
    .where(and(eq(affiliations.administrationId, administrationId), isNull(affiliations.approvedAt)))
    .returning({ id: affiliations.administrationId })
  if (approved === undefined) throw new AppError('conflict')
  await audit(deps, actor, { action: 'body.approve', subject: code })
  const wish = { email: contactEmail, role: 'manager' as const, administrationCode: code }
  return { ...(await inviteStaff(deps, wish, actor.id)), email: contactEmail }
}

/** The ministry says no, with a reason that it can read back. A refused body may be approved later. */
export const refuseAffiliation = async (
  deps: JoiningDeps,
  actor: Actor,
  { code, reason }: { readonly code: string; readonly reason: string },
): Promise<void> => {
  requireRight(actor, 'body.approve')
  const { administrationId, approvedAt } = await affiliationOf(deps, code)
  if (approvedAt !== null) throw new AppError('conflict')
  await deps.db.orm
    .update(affiliations)
    .set({ refusedAt: deps.clock.now(), refusedBy: actor.id, refusal: reason })
    .where(eq(affiliations.administrationId, administrationId))
  await audit(deps, actor, { action: 'body.refuse', subject: code })
}
