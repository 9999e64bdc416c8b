import { asc, eq, inArray } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import { OF_A_BODY, type StaffRole } from '../core/staff-role.ts'
import type { Database, Tx } from '../db/client.ts'
import { administrations, signInLinks, staffMembers } from '../db/schema/index.ts'
import { appendAudit, tenantOf } from './audit.ts'
import { isUuid } from './open-evidence.ts'
import { type Actor, requireRight, scopeOf } from './rights.ts'
import { after, newToken, revokeSessions, type SessionDeps, sha256 } from './sessions.ts'

export interface Invitation {
  readonly email: string
  readonly role: StaffRole
  /** Code of the body; required for the roles that belong to one. */
  readonly administrationCode?: string
  /** `session`: the link itself signs in, for a gateway to try things on. Otherwise it leads to choosing a password. */
  readonly opens?: 'enrolment' | 'session'
}

/** An invitation may lie in a mailbox over a week-end; a link that signs in by itself may not lie at all. */
const LINK_LIFE_MS = { enrolment: 72 * 3600_000, session: 15 * 60_000 } as const

const bodyOf = async (db: Database, code: string): Promise<string> => {
  const [body] = await db.orm
    .select({ id: administrations.id })
    .from(administrations)
    .where(eq(administrations.code, code))
  if (body === undefined) throw new AppError('administration_unknown')
  return body.id
}

const putMember = async (
  tx: Tx,
  deps: SessionDeps,
  { email, ...place }: { email: string; role: StaffRole; administrationId: string | null },
) => {
  const [member] = await tx
    .insert(staffMembers)
    .values({ id: deps.newId(), email, ...place, createdAt: deps.clock.now() })
    .onConflictDoUpdate({ target: staffMembers.email, set: place })
    .returning({ id: staffMembers.id, disabledAt: staffMembers.disabledAt })
  if (member === undefined || member.disabledAt !== null) throw new AppError('forbidden')
  return member.id
}

type Invited = Omit<Invitation, 'administrationCode'> & { readonly administrationId: string | null }

const invite = async (
  deps: SessionDeps,
  { email, role, opens: purpose = 'enrolment', administrationId }: Invited,
  by: string,
): Promise<{ token: string }> => {
  if (administrationId === null && OF_A_BODY.includes(role))
    throw new AppError('validation', { fields: [{ field: 'administration', code: 'required' }] })
  const token = newToken()
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const staffId = await putMember(tx, deps, { email: email.toLowerCase(), role, administrationId })
    await revokeSessions(tx, now, staffId)
    await tx.insert(signInLinks).values({
      tokenSha256: sha256(token),
      staffId,
      purpose,
      createdAt: now,
      expiresAt: after(deps.clock, LINK_LIFE_MS[purpose]),
    })
    await appendAudit(tx, deps, tenantOf({ administrationId }), {
      actor: by,
      action: 'staff.invite',
      subject: `staff:${staffId}`,
      facts: { role },
    })
  })
  return { token }
}

/**
 * Creates the member, or changes role and body of a known address, and gives a one-time token. What was signed in under the
 * old role ends. `by` names who invites, for the audit.
 */
export const inviteStaff = async (
  deps: SessionDeps,
  { administrationCode: code, ...person }: Invitation,
  by = 'operator',
): Promise<{ token: string }> =>
  invite(deps, { ...person, administrationId: code === undefined ? null : await bodyOf(deps.db, code) }, by)

/** The link as a person opens it. */
export const signInUrl = (publicUrl: string, token: string): string => `${publicUrl}/console/sign-in/${token}`

export interface ListedMember {
  readonly id: string
  readonly email: string
  readonly role: StaffRole
  readonly administration: { readonly code: string; readonly names: Names } | null
  readonly enrolledAt: Date | null
  readonly disabledAt: Date | null
}

/** The members an actor looks after: all of them, or those of the own body and its units. */
export const listMembers = async (deps: SessionDeps, actor: Actor): Promise<readonly ListedMember[]> => {
  requireRight(actor, 'staff.manage')
  const { bodies } = await scopeOf(deps.db.sql, actor)
  const rows = await deps.db.orm
    .select({ member: staffMembers, code: administrations.code, names: administrations.names })
    .from(staffMembers)
    .leftJoin(administrations, eq(administrations.id, staffMembers.administrationId))
    .where(bodies === 'everything' ? undefined : inArray(staffMembers.administrationId, [...bodies]))
    .orderBy(asc(staffMembers.email))
    .limit(1_000)
  return rows.map(({ member: { id, email, role, enrolledAt, disabledAt }, code, names }) => ({
    id,
    email,
    role,
    administration: code === null || names === null ? null : { code, names },
    enrolledAt,
    disabledAt,
  }))
}

/** A body's manager makes nobody of the ministry, and nobody of another body. */
const requireReach = async (
  deps: SessionDeps,
  actor: Actor,
  target: { role: StaffRole; administrationId: string | null },
): Promise<void> => {
  const { bodies } = await scopeOf(deps.db.sql, actor)
  if (bodies === 'everything') return
  const { role, administrationId } = target
  if (administrationId === null || !bodies.includes(administrationId)) throw new AppError('not_found')
  if (!OF_A_BODY.includes(role)) throw new AppError('forbidden')
}

const knownMember = async ({ db }: SessionDeps, email: string) => {
  const [known] = await db.orm.select().from(staffMembers).where(eq(staffMembers.email, email.toLowerCase()))
  return known
}

/** Whether an address belongs to somebody of the ministry or of another body. */
export const isMemberElsewhere = async (
  deps: SessionDeps,
  email: string,
  administrationId: string,
): Promise<boolean> => {
  const known = await knownMember(deps, email)
  return known !== undefined && known.administrationId !== administrationId
}

/**
 * Invites within the reach of the actor, by whose own body a body is meant when none is named. Throws `forbidden` for more than
 * that, also for an address that is someone else's.
 */
export const inviteMember = async (
  deps: SessionDeps,
  actor: Actor,
  { administrationCode: code, ...person }: Omit<Invitation, 'opens'>,
): Promise<{ token: string }> => {
  requireRight(actor, 'staff.manage')
  const administrationId = code === undefined ? actor.administrationId : await bodyOf(deps.db, code)
  await requireReach(deps, actor, { role: person.role, administrationId })
  const known = await knownMember(deps, person.email)
  if (known) await requireReach(deps, actor, known)
  return invite(deps, { ...person, administrationId }, actor.id)
}

/** Shuts a member out or lets them in again; what they had open ends at once. Nobody disables themselves. */
export const setDisabled = async (
  deps: SessionDeps,
  actor: Actor,
  { id, disabled }: { readonly id: string; readonly disabled: boolean },
): Promise<void> => {
  requireRight(actor, 'staff.manage')
  const [member] = isUuid(id)
    ? await deps.db.orm.select().from(staffMembers).where(eq(staffMembers.id, id))
    : []
  if (member === undefined) throw new AppError('not_found')
  await requireReach(deps, actor, member)
  if (actor.id === `staff:${id}`) throw new AppError('conflict')
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    await tx
      .update(staffMembers)
      .set({ disabledAt: disabled ? now : null })
      .where(eq(staffMembers.id, id))
    await revokeSessions(tx, now, id)
    await appendAudit(tx, deps, tenantOf(member), {
      actor: actor.id,
      action: disabled ? 'staff.disable' : 'staff.enable',
      subject: `staff:${id}`,
    })
  })
}
