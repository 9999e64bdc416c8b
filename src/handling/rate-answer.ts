import type { Act } from '../core/act.ts'
import { AppError } from '../core/errors.ts'
import type { Tx } from '../db/client.ts'
import { rounds } from '../db/schema/index.ts'
import { changeComplaint, presentRound, recordEvent } from '../referrals/change-complaint.ts'
import { lockComplaint } from '../referrals/change-referral.ts'

/**
 * The complainant is satisfied with the answer of the present round: it is closed. One that is closed already (a refusal
 * that was explained) keeps its reason. Throws `conflict` while there is nothing to be satisfied with.
 */
export const closeSatisfied = async (tx: Tx, act: Act, complaintId: string): Promise<void> => {
  const complaint = await lockComplaint(tx, complaintId)
  if (complaint.status !== 'answered' && complaint.status !== 'closed') throw new AppError('conflict')
  await tx.update(rounds).set({ satisfied: true }).where(presentRound(complaint))
  if (complaint.status === 'closed') return
  await tx.update(rounds).set({ closedAt: act.now }).where(presentRound(complaint))
  await changeComplaint(tx, act, complaint, 'closed', { closedReason: 'satisfied' })
  await recordEvent(tx, act, complaint, 'closed', { reason: 'satisfied' })
}
