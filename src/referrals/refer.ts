import { and, eq, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Ground } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { OutboxMessage, ReferralEvent } from '../core/topics.ts'
import type { Tx } from '../db/client.ts'
import { administrations, complaints, connectors, referrals } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { changeComplaint, closeInadmissible, recordEvent } from './change-complaint.ts'
import { type ComplaintRow, lockSequences } from './change-referral.ts'

export type AdministrationRow = typeof administrations.$inferSelect

/** The body a code names, if it takes complaints now. Throws `administration_unknown`. */
export const activeAdministration = async (tx: Tx, code: string): Promise<AdministrationRow> => {
  const [administration] = await tx
    .select()
    .from(administrations)
    .where(and(eq(administrations.code, code), eq(administrations.state, 'active')))
  if (administration === undefined)
    throw new AppError('administration_unknown', {
      fields: [{ field: 'administration', code: 'administration_unknown' }],
    })
  return administration
}

const openConnectors = (tx: Tx, administrationId: string) =>
  tx
    .select({ id: connectors.id })
    .from(connectors)
    .where(and(eq(connectors.administrationId, administrationId), isNull(connectors.disabledAt)))

/**
 * One message for each connector. The connector is the key, so that one that hangs holds up itself alone. `occasion` tells
 * apart the times one event is told of one referral.
 */
const forwardMessages = (
  referral: { id: string; complaintId: string },
  connectorIds: readonly string[],
  event: ReferralEvent,
  occasion: string,
): OutboxMessage[] =>
  connectorIds.map((connectorId) => ({
    topic: 'referral.forward',
    key: connectorId,
    payload: { referralId: referral.id, connectorId, event },
    dedupeKey: `referral.forward:${referral.id}:${connectorId}:${event}:${occasion}`,
    complaintId: referral.complaintId,
  }))

/** Tells a body an event of one referral through all its open connectors; without any, nothing is sent and it waits. */
export const tellBody = async (
  tx: Tx,
  act: Act,
  referral: { id: string; complaintId: string; administrationId: string },
  event: ReferralEvent,
  occasion = '',
): Promise<void> => {
  const [{ origin } = { origin: 'file' }] = await tx
    .select({ origin: complaints.origin })
    .from(complaints)
    .where(eq(complaints.id, referral.complaintId))
  // What is learnt on leaves the house by no connector; the conformance test sends its own.
  if (origin === 'practice') return
  const open = await openConnectors(tx, referral.administrationId)
  const ids = open.map(({ id }) => id)
  await appendMessages(tx, act, forwardMessages(referral, ids, event, occasion))
}

const eventOfRound = (round: number): ReferralEvent =>
  round === 1 ? 'complaint.referred' : 'complaint.resubmitted'

/**
 * Puts a locked complaint before a body. Outside the law (National Defence) it is closed with that ground instead. The
 * status stays until the body provably has the dossier. Gives the referral's id, or undefined when it was closed.
 */
export const refer = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  administration: AdministrationRow,
): Promise<string | undefined> => {
  if (administration.outsideGround !== null) {
    const ground = administration.outsideGround as Ground
    await closeInadmissible(tx, act, complaint, { ground, administration: administration.code })
    return undefined
  }
  await lockSequences(tx, [administration.id])
  const id = act.newId()
  await tx.insert(referrals).values({
    id,
    complaintId: complaint.id,
    round: complaint.round,
    administrationId: administration.id,
    state: 'queued',
    createdAt: act.now,
    updatedAt: act.now,
  })
  await changeComplaint(tx, act, complaint, complaint.status === 'triage' ? 'received' : complaint.status, {
    administrationId: administration.id,
    // Another body, or another round: another person.
    assigneeId: null,
    assignedAt: null,
  })
  await recordEvent(tx, act, complaint, 'referred', { administration: administration.code })
  const referral = { id, complaintId: complaint.id, administrationId: administration.id }
  await tellBody(tx, act, referral, eventOfRound(complaint.round))
  return id
}

const FORWARDED_AT_ONCE = 500

/**
 * Sends what waited for a body through connectors that are new or open again. Called when its connectors are put.
 */
export const forwardWaiting = async (
  tx: Tx,
  act: Act,
  administrationId: string,
  connectorIds: readonly string[],
): Promise<void> => {
  if (connectorIds.length === 0) return
  // A complaint that is being referred right now has seen no connector and is not seen here: one waits for the other.
  await lockSequences(tx, [administrationId])
  const waiting = await tx
    .select({ id: referrals.id, complaintId: referrals.complaintId, round: referrals.round })
    .from(referrals)
    .where(and(eq(referrals.administrationId, administrationId), eq(referrals.state, 'queued')))
    .orderBy(referrals.createdAt)
  const messages = waiting.flatMap((referral) =>
    forwardMessages(referral, connectorIds, eventOfRound(referral.round), act.now.toISOString()),
  )
  for (let start = 0; start < messages.length; start += FORWARDED_AT_ONCE)
    await appendMessages(tx, act, messages.slice(start, start + FORWARDED_AT_ONCE))
}
