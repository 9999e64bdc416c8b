import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { recordEvent } from './change-complaint.ts'
import { liveReferral, lockComplaint } from './change-referral.ts'
import { activeAdministration, refer } from './refer.ts'

/**
 * The complainant says later whose the complaint is. It is referred there unless somebody has decided before, which is for
 * the bodies to change by a transfer. Gives whether it went there. Throws `administration_unknown`.
 */
export const nameAdministration = async (
  tx: Tx,
  act: Act,
  { complaintId, code }: { readonly complaintId: string; readonly code: string },
): Promise<boolean> => {
  const complaint = await lockComplaint(tx, complaintId)
  const administration = await activeAdministration(tx, code)
  const live = await liveReferral(tx, complaint)
  if (live) return live.administrationId === administration.id
  if (complaint.status !== 'received' && complaint.status !== 'triage') return false
  await recordEvent(tx, act, complaint, 'triaged', { administration: code })
  await refer(tx, act, complaint, administration)
  return true
}
