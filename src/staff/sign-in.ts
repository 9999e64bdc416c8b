import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Tx } from '../db/client.ts'
import { recoveryCodes, signInLinks, staffMembers, staffSessions } from '../db/schema/index.ts'
import { returnHit, takeHit } from '../intake/take-hit.ts'
import { appendAudit, tenantOf } from './audit.ts'
import {
  hashPassword,
  isGoodPassword,
  isPassword,
  newRecoveryCodes,
  newTotpSecret,
  recoveryMac,
  totpStep,
} from './credentials.ts'
import { insertSession, revokeSessions, type SessionDeps, type StaffSession, sha256 } from './sessions.ts'

export interface SignInDeps extends SessionDeps {
  readonly secrets: Secrets
}

type Member = typeof staffMembers.$inferSelect

const noteSignIn = (tx: Tx, deps: SignInDeps, member: Pick<Member, 'id' | 'administrationId'>, by: string) =>
  appendAudit(tx, deps, tenantOf(member), {
    actor: `staff:${member.id}`,
    action: 'staff.sign_in',
    subject: `staff:${member.id}`,
    facts: { by },
  })

export interface Opened {
  readonly token: string
  readonly stage: StaffSession['stage']
}

/** Uses up a link. Undefined when it is unknown, used, old or its member disabled. */
export const openByLink = (
  deps: SignInDeps,
  { link, agent }: { readonly link: string; readonly agent: string },
): Promise<Opened | undefined> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const [used] = await tx
      .update(signInLinks)
      .set({ usedAt: now })
      .where(
        and(
          eq(signInLinks.tokenSha256, sha256(link)),
          isNull(signInLinks.usedAt),
          gt(signInLinks.expiresAt, now),
        ),
      )
      .returning({ staffId: signInLinks.staffId, purpose: signInLinks.purpose })
    if (used === undefined) return undefined
    const [member] = await tx
      .select()
      .from(staffMembers)
      .where(and(eq(staffMembers.id, used.staffId), isNull(staffMembers.disabledAt)))
    if (member === undefined) return undefined
    await noteSignIn(tx, deps, member, `link:${used.purpose}`)
    if (used.purpose === 'session')
      return {
        ...(await insertSession(tx, deps, { staffId: member.id, stage: 'full', agent })),
        stage: 'full',
      }
    const totpSealed = deps.secrets.seal(newTotpSecret())
    return {
      ...(await insertSession(tx, deps, { staffId: member.id, stage: 'enrolment', agent, totpSealed })),
      stage: 'enrolment',
    }
  })

const secretOf = async (
  deps: SignInDeps,
  { sessionId }: Pick<StaffSession, 'sessionId'>,
): Promise<string> => {
  const [session] = await deps.db.orm
    .select({ totpSealed: staffSessions.totpSealed })
    .from(staffSessions)
    .where(eq(staffSessions.id, sessionId))
  if (session?.totpSealed == null) throw new AppError('conflict')
  return deps.secrets.unseal(session.totpSealed)
}

/** The new authenticator's secret, for the page of whoever is enrolling. */
export const enrolmentSecret = secretOf

const keepRecoveryCodes = async (
  tx: Tx,
  { secrets }: SignInDeps,
  staffId: string,
): Promise<readonly string[]> => {
  const codes = newRecoveryCodes()
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.staffId, staffId))
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ staffId, codeMac: recoveryMac(secrets, staffId, code) })))
  return codes
}

const refuse = (field: 'password' | 'code', code: string): never => {
  throw new AppError('validation', { fields: [{ field, code }] })
}

/**
 * Ends the enrolment: the password is kept, the second factor proved, everything that was open before closed, and a session
 * opened under a new token. Gives the recovery codes, which are shown once. Throws `validation` naming `password` or `code`.
 */
export const enrol = async (
  deps: SignInDeps,
  session: StaffSession,
  { password, code, agent }: { readonly password: string; readonly code: string; readonly agent: string },
): Promise<{ token: string; recoveryCodes: readonly string[] }> => {
  const { staffId, email } = session
  if (!isGoodPassword(password, email)) refuse('password', 'weak')
  const now = deps.clock.now()
  const secret = await secretOf(deps, session)
  const step = totpStep(secret, code.replace(/\s/g, ''), now)
  if (step === undefined) return refuse('code', 'wrong')
  const changes = {
    passwordHash: await hashPassword(password),
    totpSealed: deps.secrets.seal(secret),
    totpStep: step,
    enrolledAt: now,
  }
  return deps.db.orm.transaction(async (tx) => {
    const [member] = await tx
      .update(staffMembers)
      .set(changes)
      .where(eq(staffMembers.id, staffId))
      .returning({ id: staffMembers.id, administrationId: staffMembers.administrationId })
    if (member === undefined) throw new AppError('not_found')
    await revokeSessions(tx, now, staffId)
    await noteSignIn(tx, deps, member, 'enrolment')
    return {
      ...(await insertSession(tx, deps, { staffId, stage: 'full', agent })),
      recoveryCodes: await keepRecoveryCodes(tx, deps, staffId),
    }
  })
}

/** Spends the digits or the recovery code: each opens one session, of many tries at once one. */
const spendFactor = async (
  tx: Tx,
  deps: SignInDeps,
  member: Member,
  typed: string,
): Promise<string | undefined> => {
  const now = deps.clock.now()
  const digits = typed.replace(/\s/g, '')
  if (/^\d{6}$/.test(digits)) {
    const secret = member.totpSealed === null ? undefined : deps.secrets.unseal(member.totpSealed)
    const step = secret === undefined ? undefined : totpStep(secret, digits, now)
    if (step === undefined) return undefined
    const spent = await tx
      .update(staffMembers)
      .set({ totpStep: step })
      .where(
        and(
          eq(staffMembers.id, member.id),
          or(isNull(staffMembers.totpStep), lt(staffMembers.totpStep, step)),
        ),
      )
      .returning({ id: staffMembers.id })
    return spent.length > 0 ? 'totp' : undefined
  }
  const spent = await tx
    .update(recoveryCodes)
    .set({ usedAt: now })
    .where(
      and(
        eq(recoveryCodes.staffId, member.id),
        eq(recoveryCodes.codeMac, recoveryMac(deps.secrets, member.id, digits)),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ id: recoveryCodes.staffId })
  return spent.length > 0 ? 'recovery' : undefined
}

/** Wrong tries for one address, and from one client, in a quarter of an hour. */
const TRIES = { seconds: 900, perAddress: 10, perClient: 40 } as const

const limitTries = async (deps: SignInDeps, email: string, client: string) => {
  const hits = { sql: deps.db.sql, clock: deps.clock }
  const buckets = [
    { bucket: `staff-sign-in:${deps.secrets.mac('staff-sign-in', email)}`, limit: TRIES.perAddress },
    { bucket: `staff-sign-in-from:${client}`, limit: TRIES.perClient },
  ]
  for (const { bucket, limit } of buckets) {
    const { count, secondsLeft } = await takeHit(hits, bucket, TRIES.seconds)
    if (count > limit) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
  }
  // Right ones are given back: an office behind one address signs in every morning.
  return async () => {
    for (const { bucket } of buckets) await returnHit(hits, bucket, TRIES.seconds)
  }
}

export interface Credentials {
  readonly email: string
  readonly password: string
  /** Six digits of the authenticator, or a recovery code. */
  readonly code: string
  readonly agent: string
  /** Who asks, for the count of wrong tries; holds no address. */
  readonly client: string
}

/**
 * Signs in by password and second factor. Undefined for whatever is wrong: address, password, code, a disabled member and one
 * who never enrolled are told alike and take as long. Throws `too_many_requests`.
 */
export const signIn = async (
  deps: SignInDeps,
  typed: Credentials,
): Promise<{ token: string } | undefined> => {
  const email = typed.email.trim().toLowerCase()
  const giveBack = await limitTries(deps, email, typed.client)
  const [member] = await deps.db.orm
    .select()
    .from(staffMembers)
    .where(and(sql`${staffMembers.email} = ${email}`, isNull(staffMembers.disabledAt)))
  const isRight = await isPassword(typed.password, member?.passwordHash)
  if (!isRight || member === undefined) return undefined
  const opened = await deps.db.orm.transaction(async (tx) => {
    const by = await spendFactor(tx, deps, member, typed.code)
    if (by === undefined) return undefined
    await noteSignIn(tx, deps, member, by)
    return insertSession(tx, deps, { staffId: member.id, stage: 'full', agent: typed.agent })
  })
  if (opened) await giveBack()
  return opened
}

/** New recovery codes for a signed-in member who proves the password; the old ones are worth nothing from then on. */
export const renewRecoveryCodes = async (
  deps: SignInDeps,
  { staffId }: Pick<StaffSession, 'staffId'>,
  password: string,
): Promise<readonly string[]> => {
  const [member] = await deps.db.orm.select().from(staffMembers).where(eq(staffMembers.id, staffId))
  if (!(await isPassword(password, member?.passwordHash))) return refuse('password', 'wrong')
  return deps.db.orm.transaction((tx) => keepRecoveryCodes(tx, deps, staffId))
}

/** Another password for a signed-in member who proves the present one; every other session ends. */
export const changePassword = async (
  deps: SignInDeps,
  { staffId, sessionId, email }: StaffSession,
  { present, wanted }: { readonly present: string; readonly wanted: string },
): Promise<void> => {
  const [member] = await deps.db.orm.select().from(staffMembers).where(eq(staffMembers.id, staffId))
  if (!(await isPassword(present, member?.passwordHash))) refuse('password', 'wrong')
  if (!isGoodPassword(wanted, email)) refuse('password', 'weak')
  const passwordHash = await hashPassword(wanted)
  await deps.db.orm.transaction(async (tx) => {
    await tx.update(staffMembers).set({ passwordHash }).where(eq(staffMembers.id, staffId))
    await revokeSessions(tx, deps.clock.now(), staffId, sessionId)
  })
}
