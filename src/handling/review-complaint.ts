import { and, eq, lt, or } from 'drizzle-orm'
import type { Classification } from '../core/cause.ts'
import type { Ground } from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import { type ReviewAnswers, verdictOf } from '../core/review.ts'
import type { Database } from '../db/client.ts'
import { complaintEvents, rounds } from '../db/schema/index.ts'
import { acceptReferral, type BodyDeps, refuseReferral } from '../referrals/record-answer.ts'
import type { Handled } from './holding.ts'
import { mergeComplaint } from './merge-complaint.ts'

export interface Review extends Classification {
  readonly checks: ReviewAnswers
  readonly ground?: Ground
  /** What the citizen reads beside the ground. */
  readonly reason?: string
  /** Who is competent instead, by name; read by the citizen after the reason. */
  readonly direction?: string
  /** Reference of the complaint that this one repeats, and its id. */
  readonly duplicateOf?: string
  readonly intoId?: string
}

interface Reviewed {
  readonly complaintId: string
  readonly round: number
}

/** Throws `other_reviewer` when this person judged or answered an earlier round: a re-submission is looked at afresh. */
export const requireFreshEyes = async (
  { orm }: Pick<Database, 'orm'>,
  { complaintId, round }: Reviewed,
  actor: string,
): Promise<void> => {
  if (round === 1) return
  const earlier = await orm
    .select({ number: rounds.number })
    .from(rounds)
    .where(
      and(
        eq(rounds.complaintId, complaintId),
        lt(rounds.number, round),
        or(eq(rounds.reviewedBy, actor), eq(rounds.writtenBy, actor), eq(rounds.approvedBy, actor)),
      ),
    )
  if (earlier.length > 0) throw new AppError('other_reviewer')
}

const wasAsked = async (
  { orm }: Pick<Database, 'orm'>,
  { complaintId, round }: Reviewed,
): Promise<boolean> => {
  const asked = await orm
    .select({ id: complaintEvents.id })
    .from(complaintEvents)
    .where(
      and(
        eq(complaintEvents.complaintId, complaintId),
        eq(complaintEvents.round, round),
        eq(complaintEvents.event, 'information_requested'),
      ),
    )
    .limit(1)
  return asked.length > 0
}

const missing = (field: string, code = 'required') =>
  new AppError('validation', { fields: [{ field, code }] })

/**
 * The formal review of one referral by five questions. All yes: admissible, the answer is due. A no with its ground and a
 * reason: inadmissible, which is told to the citizen with the direction and the ways to contest; a repeated one is merged into the
 * first. Throws `transfer_required`, `ground_required`, `ask_first`, `other_reviewer`, `not_mergeable` and `validation`.
 */
export const reviewComplaint = async (
  deps: BodyDeps,
  handled: Handled & Reviewed,
  { checks, ground, reason = '', direction, duplicateOf, intoId, ...about }: Review,
): Promise<void> => {
  const verdict = verdictOf(checks, ground)
  if (verdict.is === 'transfer') throw new AppError('transfer_required')
  if (verdict.is === 'ground_required')
    throw new AppError('ground_required', {
      fields: [{ field: 'ground', code: 'ground_required', detail: verdict.grounds.join(', ') }],
    })
  await requireFreshEyes(deps.db, handled, handled.body.actor)
  const { body, referralId } = handled
  const review = { checks, ...(duplicateOf === undefined ? {} : { duplicateOf }) }
  if (verdict.is === 'admissible') return acceptReferral(deps, body, referralId, { review, ...about })
  if (verdict.ground === 'duplicate') {
    if (intoId === undefined) throw missing('duplicateOf')
    return mergeComplaint(deps, { ...handled, intoId }, { ...about, review, reason })
  }
  if (reason.trim() === '') throw missing('reason')
  if (verdict.ground === 'unintelligible' && !(await wasAsked(deps.db, handled)))
    throw new AppError('ask_first')
  return refuseReferral(deps, body, referralId, {
    ...about,
    ground: verdict.ground,
    reason,
    direction,
    review,
  })
}
