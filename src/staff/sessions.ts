import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, gt, isNull, ne } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { StaffRole } from '../core/staff-role.ts'
import type { Database, Tx } from '../db/client.ts'
import { staffMembers, staffSessions } from '../db/schema/index.ts'
import type { Actor } from './rights.ts'

export interface SessionDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

/** 256 bits: nothing to guess. Only the hash is kept, so a copy of the database opens no session. */
export const newToken = (): string => randomBytes(32).toString('base64url')
export const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex')

export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_LIFE_MS = 12 * 3600_000
/** Long enough to find one's telephone and choose a password. */
const ENROLMENT_LIFE_MS = 30 * 60_000
/** A page loads many things at once: the last sighting is written once a minute. */
const SIGHTING_MS = 60_000
const AGENT_LENGTH = 200

export const after = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms)

type SessionRow = typeof staffSessions.$inferSelect

/** Opens a session under a new token, which is given and not kept. */
export const insertSession = async (
  tx: Tx,
  deps: Pick<SessionDeps, 'clock' | 'newId'>,
  session: Pick<SessionRow, 'staffId' | 'stage' | 'agent'> & { readonly totpSealed?: string },
): Promise<{ token: string }> => {
  const token = newToken()
  const now = deps.clock.now()
  await tx.insert(staffSessions).values({
    ...session,
    agent: session.agent.slice(0, AGENT_LENGTH),
    id: deps.newId(),
    tokenSha256: sha256(token),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: after(deps.clock, session.stage === 'full' ? SESSION_LIFE_MS : ENROLMENT_LIFE_MS),
  })
  return { token }
}

/** Ends all sessions of a member but one, in the transaction that gives the reason. */
export const revokeSessions = async (tx: Tx, now: Date, staffId: string, but?: string): Promise<void> => {
  await tx
    .update(staffSessions)
    .set({ revokedAt: now })
    .where(
      and(
        eq(staffSessions.staffId, staffId),
        isNull(staffSessions.revokedAt),
        ...(but === undefined ? [] : [ne(staffSessions.id, but)]),
      ),
    )
}

export interface StaffSession {
  readonly sessionId: string
  /** `enrolment`: came by an invitation and may do nothing but choose password and second factor. */
  readonly stage: 'enrolment' | 'full'
  readonly lastSeenAt: Date
  readonly staffId: string
  readonly actor: Actor & { readonly role: StaffRole }
  readonly email: string
  /** Whether single keys act on the pages. */
  readonly shortcuts: boolean
}

const isLive = (now: Date) =>
  and(
    isNull(staffSessions.revokedAt),
    gt(staffSessions.expiresAt, now),
    gt(staffSessions.lastSeenAt, new Date(now.getTime() - SESSION_IDLE_MS)),
  )

/**
 * The member behind a session cookie. Role and body are read anew each time, so a change or a disabling counts at the next
 * request. Undefined when signed out, idle for 30 minutes or 12 hours old.
 */
export const findSession = async (deps: SessionDeps, token: string): Promise<StaffSession | undefined> => {
  const now = deps.clock.now()
  const [row] = await deps.db.orm
    .select({ session: staffSessions, member: staffMembers })
    .from(staffSessions)
    .innerJoin(staffMembers, eq(staffMembers.id, staffSessions.staffId))
    .where(and(eq(staffSessions.tokenSha256, sha256(token)), isNull(staffMembers.disabledAt), isLive(now)))
  if (row === undefined) return undefined
  const { id, role, administrationId, email, shortcuts } = row.member
  const { id: sessionId, stage, lastSeenAt } = row.session
  return {
    sessionId,
    stage,
    lastSeenAt,
    staffId: id,
    actor: { id: `staff:${id}`, role, administrationId },
    email,
    shortcuts,
  }
}

/** Notes that the person behind a session is there, so that it does not end as idle. */
export const noteSighting = async (
  { db, clock }: SessionDeps,
  { sessionId, lastSeenAt }: StaffSession,
): Promise<void> => {
  const now = clock.now()
  if (now.getTime() - lastSeenAt.getTime() <= SIGHTING_MS) return
  await db.orm.update(staffSessions).set({ lastSeenAt: now }).where(eq(staffSessions.id, sessionId))
}

/** Ends one session of a member: it is dead at the next request. One of somebody else stays. */
export const closeSession = async (
  deps: SessionDeps,
  { staffId, sessionId }: Pick<StaffSession, 'staffId' | 'sessionId'>,
): Promise<void> => {
  await deps.db.orm
    .update(staffSessions)
    .set({ revokedAt: deps.clock.now() })
    .where(and(eq(staffSessions.id, sessionId), eq(staffSessions.staffId, staffId)))
}

/** The sessions of a member that are alive, the one used last first. */
export const listSessions = (deps: SessionDeps, staffId: string) =>
  deps.db.orm
    .select({
      id: staffSessions.id,
      agent: staffSessions.agent,
      createdAt: staffSessions.createdAt,
      lastSeenAt: staffSessions.lastSeenAt,
    })
    .from(staffSessions)
    .where(and(eq(staffSessions.staffId, staffId), isLive(deps.clock.now())))
    .orderBy(desc(staffSessions.lastSeenAt))

/** Switches the single keys of a member's pages on or off (WCAG 2.1.4). */
export const setShortcuts = async (
  { db }: SessionDeps,
  staffId: string,
  shortcuts: boolean,
): Promise<void> => {
  await db.orm.update(staffMembers).set({ shortcuts }).where(eq(staffMembers.id, staffId))
}
