import { and, eq, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { type Ground, mayBecome, type Status } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { Tx } from '../db/client.ts'
import { complaintEvents, complaints, deadlines, rounds } from '../db/schema/index.ts'
import { endRequest } from '../deadlines/information-request.ts'
import { appendNotice } from '../messages/append-notice.ts'
import type { ComplaintRow } from './change-referral.ts'

type ComplaintFacts = Partial<
  Pick<ComplaintRow, 'administrationId' | 'assigneeId' | 'assignedAt' | 'closedReason' | 'ground'>
>

/**
 * Moves a locked complaint as core/complaint.ts allows; one that leaves off waiting for the complainant has its clocks go on.
 * Throws `conflict`. Gives the complaint as it is then.
 */
export const changeComplaint = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  to: Status,
  facts: ComplaintFacts = {},
): Promise<ComplaintRow> => {
  if (complaint.status !== to && !mayBecome(complaint.status, to)) throw new AppError('conflict')
  const changed = { ...facts, status: to, updatedAt: act.now }
  await tx.update(complaints).set(changed).where(eq(complaints.id, complaint.id))
  if (complaint.status === 'information_requested' && to !== complaint.status)
    await endRequest(tx, act, complaint)
  return { ...complaint, ...changed }
}

/** Adds to the history. `facts` hold codes, never a person. */
export const recordEvent = (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  event: string,
  facts: Record<string, unknown> = {},
  audience: 'citizen' | 'staff' = 'citizen',
): Promise<unknown> =>
  tx.insert(complaintEvents).values({
    id: act.newId(),
    complaintId: complaint.id,
    round: complaint.round,
    at: act.now,
    event,
    audience,
    actor: act.actor,
    facts,
  })

/** The row of the round that runs. */
export const presentRound = (complaint: ComplaintRow) =>
  and(eq(rounds.complaintId, complaint.id), eq(rounds.number, complaint.round))

/** Meets the running legal dates of the present round: the review's alone, or both. */
export const meetDeadlines = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  kind?: 'review',
): Promise<void> => {
  await tx
    .update(deadlines)
    .set({ metAt: act.now })
    .where(
      and(
        eq(deadlines.complaintId, complaint.id),
        eq(deadlines.round, complaint.round),
        isNull(deadlines.metAt),
        ...(kind ? [eq(deadlines.kind, kind)] : []),
      ),
    )
}

/** The formal review found the complaint admissible. A review that was made stays as it was. */
export const findAdmissible = async (tx: Tx, act: Act, complaint: ComplaintRow): Promise<void> => {
  await tx
    .update(rounds)
    .set({ reviewedAt: act.now, reviewedBy: act.actor, outcome: 'admissible' })
    .where(and(presentRound(complaint), isNull(rounds.reviewedAt)))
  await meetDeadlines(tx, act, complaint, 'review')
}

/**
 * Closes a complaint as inadmissible. The refusal is itself the answer, so no legal date runs on; the citizen reads the
 * ground with the direction that belongs to it.
 */
export const closeInadmissible = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  refusal: {
    ground: Ground
    reason?: string
    direction?: string
    administration?: string
    duplicateOf?: string
  },
): Promise<ComplaintRow> => {
  const closed = await changeComplaint(tx, act, complaint, 'closed', {
    closedReason: 'inadmissible',
    ground: refusal.ground,
  })
  await tx
    .update(rounds)
    .set({ reviewedAt: act.now, reviewedBy: act.actor, outcome: 'inadmissible', closedAt: act.now })
    .where(presentRound(complaint))
  await meetDeadlines(tx, act, complaint)
  const event = refusal.ground === 'national_defence' ? 'outside_scope' : 'inadmissible'
  await recordEvent(tx, act, complaint, event, { ...refusal })
  await appendNotice(tx, act, complaint, 'refused')
  return closed
}

/** Stores the answer of the present round and meets its dates. */
export const storeAnswer = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  answer: Pick<typeof rounds.$inferSelect, 'answer' | 'answeredBy' | 'answerOutcome'> &
    Partial<Pick<typeof rounds.$inferSelect, 'writtenBy' | 'approvedBy'>>,
): Promise<void> => {
  await tx
    .update(rounds)
    .set({ writtenBy: act.actor, ...answer, answeredAt: act.now })
    .where(presentRound(complaint))
  await meetDeadlines(tx, act, complaint)
}
