import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { StaffRole } from '../core/staff-role.ts'
import type { Database } from '../db/client.ts'
import { administrations, signInLinks, staffMembers, staffSessions } from '../db/schema/index.ts'
import { appendAudit, tenantOf } from './audit.ts'
import type { Actor } from './rights.ts'

interface SignInDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

/** 256 bits: nothing to guess. Only the hash is kept, so a copy of the database opens no session. */
const newToken = (): string => randomBytes(32).toString('base64url')
const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex')

const LINK_LIFE_MS = 15 * 60_000
export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_LIFE_MS = 12 * 3600_000
/** A page loads many things at once: the last sighting is written once a minute. */
const SIGHTING_MS = 60_000

const after = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms)

export interface Invitation {
  readonly email: string
  readonly role: StaffRole
  /** Code of the body; required for `manager` and `agent`. */
  readonly administrationCode?: string
}

const bodyOf = async (db: Database, code: string | undefined): Promise<string | null> => {
  if (code === undefined) return null
  const [body] = await db.orm
    .select({ id: administrations.id })
    .from(administrations)
    .where(eq(administrations.code, code))
  if (body === undefined) throw new AppError('administration_unknown')
  return body.id
}

/**
 * Creates the member, or changes role and body of a known address, and gives a one-time sign-in token that lives
 * 15 minutes. A change of role ends the sessions that held the old one.
 */
export const inviteStaff = async (deps: SignInDeps, invitation: Invitation): Promise<{ token: string }> => {
  const { email, role } = invitation
  const administrationId = await bodyOf(deps.db, invitation.administrationCode)
  if (administrationId === null && (role === 'manager' || role === 'agent'))
    throw new AppError('validation', { fields: [{ field: 'administration', code: 'required' }] })
  const token = newToken()
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const [member] = await tx
      .insert(staffMembers)
      .values({ id: deps.newId(), email: email.toLowerCase(), role, administrationId, createdAt: now })
      .onConflictDoUpdate({ target: staffMembers.email, set: { role, administrationId } })
      .returning({ id: staffMembers.id, disabledAt: staffMembers.disabledAt })
    if (member === undefined || member.disabledAt !== null) throw new AppError('forbidden')
    await tx
      .update(staffSessions)
      .set({ revokedAt: now })
      .where(and(eq(staffSessions.staffId, member.id), isNull(staffSessions.revokedAt)))
    await tx.insert(signInLinks).values({
      tokenSha256: sha256(token),
      staffId: member.id,
      createdAt: now,
      expiresAt: after(deps.clock, LINK_LIFE_MS),
    })
    await appendAudit(tx, deps, tenantOf({ administrationId }), {
      actor: 'operator',
      action: 'staff.invite',
      subject: `staff:${member.id}`,
      facts: { role },
    })
  })
  return { token }
}

/** The link as a person opens it. */
export const signInUrl = (publicUrl: string, token: string): string => `${publicUrl}/console/sign-in/${token}`

/** Uses up a link and opens a session under a new token. Undefined when the link is unknown, used, old or its member disabled. */
export const openSession = async (deps: SignInDeps, link: string): Promise<{ token: string } | undefined> => {
  const now = deps.clock.now()
  const token = newToken()
  return deps.db.orm.transaction(async (tx) => {
    const [used] = await tx
      .update(signInLinks)
      .set({ usedAt: now })
      .where(
        and(
          eq(signInLinks.tokenSha256, sha256(link)),
          isNull(signInLinks.usedAt),
          gt(signInLinks.expiresAt, now),
          sql`exists (select from staff_members m where m.id = ${signInLinks.staffId} and m.disabled_at is null)`,
        ),
      )
      .returning({ staffId: signInLinks.staffId })
    if (used === undefined) return undefined
    await tx.insert(staffSessions).values({
      id: deps.newId(),
      tokenSha256: sha256(token),
      staffId: used.staffId,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: after(deps.clock, SESSION_LIFE_MS),
    })
    return { token }
  })
}

export interface StaffSession {
  readonly sessionId: string
  readonly actor: Actor & { readonly role: StaffRole }
  readonly email: string
}

/**
 * The member behind a session cookie. Role and body are read anew each time, so a change or a disabling counts at the next
 * request. Undefined when signed out, idle for 30 minutes or 12 hours old.
 */
export const findSession = async (deps: SignInDeps, token: string): Promise<StaffSession | undefined> => {
  const now = deps.clock.now()
  const [row] = await deps.db.orm
    .select({ session: staffSessions, member: staffMembers })
    .from(staffSessions)
    .innerJoin(staffMembers, eq(staffMembers.id, staffSessions.staffId))
    .where(
      and(
        eq(staffSessions.tokenSha256, sha256(token)),
        isNull(staffSessions.revokedAt),
        isNull(staffMembers.disabledAt),
        gt(staffSessions.expiresAt, now),
        gt(staffSessions.lastSeenAt, new Date(now.getTime() - SESSION_IDLE_MS)),
      ),
    )
  if (row === undefined) return undefined
  if (now.getTime() - row.session.lastSeenAt.getTime() > SIGHTING_MS)
    await deps.db.orm
      .update(staffSessions)
      .set({ lastSeenAt: now })
      .where(eq(staffSessions.id, row.session.id))
  const { id, role, administrationId, email } = row.member
  return { sessionId: row.session.id, actor: { id: `staff:${id}`, role, administrationId }, email }
}

/** Signing out: the session is dead at the next request. */
export const closeSession = async (deps: SignInDeps, sessionId: string): Promise<void> => {
  await deps.db.orm
    .update(staffSessions)
    .set({ revokedAt: deps.clock.now() })
    .where(eq(staffSessions.id, sessionId))
}
