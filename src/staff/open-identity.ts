import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { OpeningReason } from '../core/opening.ts'
import type { Database } from '../db/client.ts'
import { auditEntries, complainants, complaints } from '../db/schema/index.ts'
import { audit, tenantOf } from './audit.ts'
import { findComplaint, type ReadDeps } from './read-complaint.ts'
import { type Action, type Actor, scopeOf } from './rights.ts'

/** Who is behind a complaint, as far as they said. */
export interface Identity {
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly preferred: string | null
}

const NOBODY: Identity = { name: null, email: null, phone: null, preferred: null }

/** One reason opens what belongs to it for this long: an official does not explain each click. */
const OPEN_MS = 30 * 60_000

interface Deps {
  readonly db: Database
  readonly clock: Clock
}

/**
 * A complaint whose person the actor may know of: a body only while it has the complaint. Once it is transferred, the next
 * body needs to answer and this one does not (law 09-08). Throws as `findComplaint`, and `conflict` after a transfer.
 */
export const findHeldComplaint = async (deps: ReadDeps, actor: Actor, reference: string, action: Action) => {
  const complaint = await findComplaint(deps, actor, reference, action)
  const { bodies } = await scopeOf(deps.db.sql, actor)
  if (bodies === 'everything') return complaint
  const [held] = await deps.db.orm
    .select({ by: complaints.administrationId })
    .from(complaints)
    .where(eq(complaints.id, complaint.id))
  if (held?.by == null || !bodies.includes(held.by)) throw new AppError('conflict')
  return complaint
}

const identityOf = async ({ db }: Deps, complaintId: string): Promise<Identity> => {
  const [row] = await db.orm.select().from(complainants).where(eq(complainants.complaintId, complaintId))
  if (row === undefined) return NOBODY
  const { name, email, phone, preferred } = row
  return { name, email, phone, preferred }
}

/** Opens name and contact; in the audit, with the reason, before anything is given. The person reads it on their page. */
export const openIdentity = async (
  deps: ReadDeps,
  actor: Actor,
  { reference, reason }: { readonly reference: string; readonly reason: OpeningReason },
): Promise<Identity> => {
  const complaint = await findHeldComplaint(deps, actor, reference, 'complaint.identity')
  await audit(deps, actor, {
    action: 'complaint.identity',
    subject: complaint.reference,
    facts: { reason },
  })
  return identityOf(deps, complaint.id)
}

/** The reason for which this actor opened the identity of a complaint a while ago; undefined: not, or too long ago. */
export const openedLately = async (
  { db, clock }: Deps,
  actor: Actor,
  reference: string,
): Promise<OpeningReason | undefined> => {
  const [last] = await db.orm
    .select({ reason: sql<OpeningReason>`${auditEntries.facts} ->> 'reason'` })
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.tenant, tenantOf(actor)),
        eq(auditEntries.subject, reference),
        eq(auditEntries.action, 'complaint.identity'),
        eq(auditEntries.actor, actor.id),
        gt(auditEntries.at, new Date(clock.now().getTime() - OPEN_MS)),
      ),
    )
    .orderBy(desc(auditEntries.number))
    .limit(1)
  return last?.reason
}

/** The identity while it is open to this actor, for the page of the complaint. */
export const readOpenIdentity = async (
  deps: ReadDeps,
  actor: Actor,
  complaint: { readonly id: string; readonly reference: string },
): Promise<Identity | undefined> => {
  if ((await openedLately(deps, actor, complaint.reference)) === undefined) return undefined
  const held = await findHeldComplaint(deps, actor, complaint.reference, 'complaint.identity').catch(
    () => undefined,
  )
  return held && identityOf(deps, held.id)
}
