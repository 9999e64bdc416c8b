import type { Act } from '../core/act.ts'
import type { Classification } from '../core/cause.ts'
import { STATUSES, type Status } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { ReviewRecord } from '../core/review.ts'
import type { Tx } from '../db/client.ts'
import { complaintMerges, rounds } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { changeComplaint, meetDeadlines, presentRound, recordEvent } from '../referrals/change-complaint.ts'
import {
  type ComplaintRow,
  type HeldReferral,
  liveReferral,
  lockComplaint,
} from '../referrals/change-referral.ts'
import { classifyComplaint } from '../referrals/classify.ts'
import { mergedInto, mergeOf, separate } from '../referrals/merged-complaints.ts'
import { tellBody } from '../referrals/refer.ts'
import { actWithin, type Handled, type HandlingDeps } from './holding.ts'

const isOpen = ({ status }: ComplaintRow): boolean => STATUSES[status as Status].awaits !== 'none'

/** What others wait for with it has an answer, or will have one. */
const mayAnswer = (original: ComplaintRow): boolean =>
  isOpen(original) ||
  original.status === 'answered' ||
  ['satisfied', 'silent'].includes(original.closedReason ?? '')

const requireMergeable = async (tx: Tx, { complaint, original }: Pair): Promise<void> => {
  const isOne = complaint.id === original.id || complaint.origin !== original.origin
  const others = await mergedInto(tx, complaint.id)
  if (isOne || !isOpen(complaint) || !mayAnswer(original) || others.length > 0)
    throw new AppError('not_mergeable')
}

/** What the formal review says beside: its five answers, and why it is the same. */
export interface FoundRepeated extends Classification {
  readonly review: ReviewRecord
  /** Read by the citizen. */
  readonly reason: string
}

const keepFinding = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  { review, reason: _, ...about }: FoundRepeated,
): Promise<void> => {
  await tx
    .update(rounds)
    .set({ review, reviewedAt: act.now, reviewedBy: act.actor })
    .where(presentRound(complaint))
  await classifyComplaint(tx, act, complaint, about)
}

const close = async (
  tx: Tx,
  act: Act,
  { complaint, original }: Pair,
  found?: FoundRepeated,
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
  if (found) await keepFinding(tx, act, closed, found)
  await recordEvent(tx, act, closed, 'merged', found?.reason ? { reason: found.reason } : {})
  await recordEvent(tx, act, original, 'merged_here', {}, 'staff')
  await appendNotice(tx, act, closed, 'merged')
  // What the other was answered already is theirs to read at once.
  if (!isOpen(original)) await appendNotice(tx, act, closed, 'answered')
}

interface Pair {
  readonly complaint: ComplaintRow
  readonly original: ComplaintRow
}

interface Merging {
  readonly complaintId: string
  readonly intoId: string
}

/** Locks both and runs the act upon them. Throws `not_mergeable`. */
const mergeLocked = (
  { db }: Pick<HandlingDeps, 'db'>,
  { complaintId, intoId }: Merging,
  run: (tx: Tx, pair: Pair) => Promise<void>,
): Promise<void> =>
  db.orm.transaction(async (tx) => {
    // Two people who merge two complaints into each other wait in one order.
    for (const id of [complaintId, intoId].toSorted()) await lockComplaint(tx, id)
    const pair = {
      complaint: await lockComplaint(tx, complaintId),
      original: await lockComplaint(tx, intoId),
    }
    await requireMergeable(tx, pair)
    await run(tx, pair)
  })

/**
 * Closes a complaint as saying what another of the same body says, by itself or as the outcome of the formal review. Its
 * complainant is told, reads the other's answer, and may send it again. Throws `not_mergeable`, and `conflict` once the referral is over.
 */
export const mergeComplaint = (
  deps: HandlingDeps,
  handled: Handled & Merging,
  found?: FoundRepeated,
): Promise<void> =>
  mergeLocked(deps, handled, (tx, { original }) =>
    actWithin(tx, deps, handled, async (act, { complaint, referral }: HeldReferral) => {
      await close(tx, act, { complaint, original }, found)
      await tellBody(tx, act, referral, 'complaint.withdrawn', act.now.toISOString())
    }),
  )

/** The same for one that waits in triage and that no body has. Throws `conflict` for any other. */
export const mergeUnreferred = (
  deps: HandlingDeps,
  { actor, ...merging }: Merging & { readonly actor: string },
): Promise<void> =>
  mergeLocked(deps, merging, async (tx, pair) => {
    const { complaint } = pair
    if (complaint.status !== 'triage' || (await liveReferral(tx, complaint))) throw new AppError('conflict')
    await close(tx, { now: deps.clock.now(), newId: deps.newId, actor }, pair)
  })

interface Separating {
  readonly complaintId: string
  readonly actor: string
  /** Where it has to have stood when it was merged; absent: anywhere. */
  readonly from?: Status
}

/** Takes a merged complaint apart again, with the clocks and the history it had. Throws `conflict` when it is not merged. */
export const separateComplaint = (
  deps: HandlingDeps,
  { complaintId, actor, from }: Separating,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const known = await mergeOf(tx, complaintId)
    if (known === undefined) throw new AppError('conflict')
    await lockComplaint(tx, known.intoId)
    await lockComplaint(tx, complaintId)
    const merge = await mergeOf(tx, complaintId)
    if (merge === undefined || (from ?? merge.statusBefore) !== merge.statusBefore)
      throw new AppError('conflict')
    await separate(tx, { now: deps.clock.now(), newId: deps.newId, actor }, merge)
  })
