import { and, count, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database, Tx } from '../db/client.ts'
import { referrals } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { changeComplaint, recordEvent } from './change-complaint.ts'
import {
  type ComplaintRow,
  changeReferral,
  type HeldReferral,
  holdReferral,
  liveReferral,
  lockComplaint,
  lockSequences,
} from './change-referral.ts'
import { dropForeignService } from './classify.ts'
import { dropUnsent } from './drop-unsent.ts'
import { separateAll } from './merged-complaints.ts'
import { activeAdministration, refer, tellBody } from './refer.ts'

interface TransferDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

export interface Transfer {
  /** Code of the body it goes to. */
  readonly administration: string
  readonly reason: string
  readonly actor: string
  /** The ministry places a complaint as often as it must. */
  readonly byMinistry?: boolean
}

/** The file is with nobody who may review it until the next body has it. */
const backToReview = async (tx: Tx, act: Act, complaint: ComplaintRow): Promise<ComplaintRow> =>
  complaint.status === 'received' || complaint.status === 'triage'
    ? complaint
    : changeComplaint(tx, act, complaint, 'formal_review')

/** A complaint that bodies have handed on this often is for the ministry to place. */
const TRANSFERS_BY_BODIES = 3

const countTransfers = async (tx: Tx, complaint: ComplaintRow): Promise<number> => {
  const [row] = await tx
    .select({ n: count() })
    .from(referrals)
    .where(
      and(
        eq(referrals.complaintId, complaint.id),
        eq(referrals.round, complaint.round),
        eq(referrals.state, 'transferred'),
      ),
    )
  return row?.n ?? 0
}

/** Nobody's for now: the ministry's triage decides, and sees where the last body wanted it. */
const bringToTriage = async (tx: Tx, act: Act, complaint: ComplaintRow, proposed: string): Promise<void> => {
  const reviewed = await backToReview(tx, act, complaint)
  const nobody = { administrationId: null, assigneeId: null, assignedAt: null }
  const waiting = await changeComplaint(tx, act, reviewed, 'triage', nobody)
  await recordEvent(tx, act, waiting, 'triage', { reason: 'transfers', administration: proposed }, 'staff')
}

/**
 * Moves a held referral to another body; the third time that bodies do so in a round it goes to the ministry's triage. "Not our competence" is no ground of refusal: the file goes on with its number,
 * history and dates; both bodies and the citizen see it. Throws `administration_unknown` and `conflict`.
 */
export const transferHeld = async (
  tx: Tx,
  act: Act,
  { referral, complaint, administrationCode }: HeldReferral,
  { administration, reason, byMinistry = false }: Transfer,
): Promise<void> => {
  const target = await activeAdministration(tx, administration)
  if (target.id === referral.administrationId)
    throw new AppError('validation', { fields: [{ field: 'administration', code: 'same' }] })
  await dropUnsent(tx, complaint)
  await lockSequences(tx, [referral.administrationId, target.id])
  await changeReferral(tx, act, referral, 'transferred', { reason, settledAt: act.now })
  await recordEvent(tx, act, complaint, 'transferred', {
    from: administrationCode,
    to: target.code,
    reason,
  })
  if (!byMinistry && (await countTransfers(tx, complaint)) >= TRANSFERS_BY_BODIES)
    return bringToTriage(tx, act, complaint, target.code)
  if (await refer(tx, act, await backToReview(tx, act, complaint), target))
    await appendNotice(tx, act, complaint, 'routed')
  else await separateAll(tx, act, complaint)
  await dropForeignService(tx, complaint.id)
}

/** The ministry or triage moves a complaint from the body that has it. The same transfer again changes nothing. */
export const transferComplaint = (
  deps: TransferDeps,
  wish: Transfer & { readonly complaintId: string },
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const complaint = await lockComplaint(tx, wish.complaintId)
    const live = await liveReferral(tx, complaint)
    if (live === undefined) throw new AppError('conflict')
    const target = await activeAdministration(tx, wish.administration)
    if (live.administrationId === target.id) return
    const act = { now: deps.clock.now(), newId: deps.newId, actor: wish.actor }
    await transferHeld(tx, act, await holdReferral(tx, live.id), { ...wish, byMinistry: true })
    // A body that transfers by itself knows; one from which the file is taken is told, if it ever had it.
    if (live.state !== 'queued') await tellBody(tx, act, live, 'complaint.withdrawn')
  })
