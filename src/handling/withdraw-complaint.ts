import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { rounds } from '../db/schema/index.ts'
import { changeComplaint, meetDeadlines, presentRound, recordEvent } from '../referrals/change-complaint.ts'
import { liveReferral, lockComplaint } from '../referrals/change-referral.ts'
import { separateAll } from '../referrals/merged-complaints.ts'
import { tellBody } from '../referrals/refer.ts'

const AT_THE_BODY: readonly string[] = ['queued', 'delivered', 'accepted']

/** The complainant takes the complaint back: its clocks stop and the body that has it is told. A closed one stays as it is. */
export const withdrawComplaint = async (tx: Tx, act: Act, complaintId: string): Promise<void> => {
  const complaint = await lockComplaint(tx, complaintId)
  if (complaint.status === 'closed') return
  const live = await liveReferral(tx, complaint)
  await tx.update(rounds).set({ closedAt: act.now }).where(presentRound(complaint))
  await meetDeadlines(tx, act, complaint)
  await changeComplaint(tx, act, complaint, 'closed', { closedReason: 'withdrawn' })
  await recordEvent(tx, act, complaint, 'withdrawn')
  await separateAll(tx, act, complaint)
  if (live && AT_THE_BODY.includes(live.state)) await tellBody(tx, act, live, 'complaint.withdrawn')
}
