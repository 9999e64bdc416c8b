import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { changeComplaint, recordEvent } from '../referrals/change-complaint.ts'
import { liveReferral, lockComplaint } from '../referrals/change-referral.ts'
import { tellBody } from '../referrals/refer.ts'

/**
 * Something was added to a complaint: the body that has it is told, once for each occasion. An answer to what the body asked
 * also puts the file back where it was before the question.
 */
export const receiveInformation = async (
  tx: Tx,
  act: Act,
  {
    complaintId,
    occasion,
    isAnswer,
  }: { readonly complaintId: string; readonly occasion: string; readonly isAnswer: boolean },
): Promise<void> => {
  const complaint = await lockComplaint(tx, complaintId)
  const live = await liveReferral(tx, complaint)
  if (isAnswer && complaint.status === 'information_requested') {
    await changeComplaint(tx, act, complaint, live?.state === 'accepted' ? 'admissible' : 'formal_review')
    await recordEvent(tx, act, complaint, 'information_received')
  }
  if (live && ['queued', 'delivered', 'accepted'].includes(live.state))
    await tellBody(tx, act, live, 'complaint.updated', occasion)
}
