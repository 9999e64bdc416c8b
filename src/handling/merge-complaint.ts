import type { Act } from '../core/act.ts'
import { STATUSES, type Status } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { Tx } from '../db/client.ts'
import { complaintMerges, rounds } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { changeComplaint, meetDeadlines, presentRound, recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, type HeldReferral, lockComplaint } from '../referrals/change-referral.ts'
import { mergedInto, mergeOf, separate } from '../referrals/merged-complaints.ts'
import { tellBody } from '../referrals/refer.ts'
import { actWithin, type Handled, type HandlingDeps } from './holding.ts'

const isOpen = ({ status }: ComplaintRow): boolean => STATUSES[status as Status].awaits !== 'none'

/** What others wait for with it has an answer, or will have one. */
const mayAnswer = (original: ComplaintRow): boolean =>
  isOpen(original) ||
  original.status === 'answered' ||
  ['satisfied', 'silent'].includes(original.closedReason ?? '')

const requireMergeable = async (tx: Tx, complaint: ComplaintRow, original: ComplaintRow): Promise<void> => {
  const isOne = complaint.id === original.id || complaint.origin !== original.origin
  const others = await mergedInto(tx, complaint.id)
  if (isOne || !isOpen(complaint) || !mayAnswer(original) || others.length > 0)
    throw new AppError('not_mergeable')
}

const close = async (
  tx: Tx,
  act: Act,
  { complaint, referral }: HeldReferral,
  original: ComplaintRow,
): Promise<void> => {
  await tx.insert(complaintMerges).values({
    id: act.newId(),
    complaintId: complaint.id,
    round: complaint.round,
    intoId: original.id,
    intoRound: original.round,
    mergedAt: act.now,
    mergedBy: act.actor,
    statusBefore: complaint.status,
  })
  await tx.update(rounds).set({ closedAt: act.now }).where(presentRound(complaint))
  await meetDeadlines(tx, act, complaint)
  const closed = await changeComplaint(tx, act, complaint, 'closed', { closedReason: 'merged' })
  await recordEvent(tx, act, closed, 'merged')
  await recordEvent(tx, act, original, 'merged_here', {}, 'staff')
  await tellBody(tx, act, referral, 'complaint.withdrawn', act.now.toISOString())
  await appendNotice(tx, act, closed, 'merged')
  // What the other was answered already is theirs to read at once.
  if (!isOpen(original)) await appendNotice(tx, act, closed, 'answered')
}

/**
 * Closes a complaint as saying what another of the same body says. Its complainant is told, reads the other's answer, and may send
 * it again. Throws `not_mergeable`, and `conflict` once the referral is over.
 */
export const mergeComplaint = (deps: HandlingDeps, handled: Handled & Merging): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const { complaintId, intoId } = handled
    // Two people who merge two complaints into each other wait in one order.
    for (const id of [complaintId, intoId].toSorted()) await lockComplaint(tx, id)
    await requireMergeable(tx, await lockComplaint(tx, complaintId), await lockComplaint(tx, intoId))
    await actWithin(tx, deps, handled, async (act, held) =>
      close(tx, act, held, await lockComplaint(tx, intoId)),
    )
  })

interface Merging {
  readonly complaintId: string
  readonly intoId: string
}

/** Takes a merged complaint apart again, with the clocks and the history it had. Throws `conflict` when it is not merged. */
export const separateComplaint = (
  deps: HandlingDeps,
  { complaintId, body }: Pick<Handled, 'body'> & { readonly complaintId: string },
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const known = await mergeOf(tx, complaintId)
    if (known === undefined) throw new AppError('conflict')
    await lockComplaint(tx, known.intoId)
    await lockComplaint(tx, complaintId)
    const merge = await mergeOf(tx, complaintId)
    if (merge === undefined) throw new AppError('conflict')
    await separate(tx, { now: deps.clock.now(), newId: deps.newId, actor: body.actor }, merge)
  })
