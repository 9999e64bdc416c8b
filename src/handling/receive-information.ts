import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { unansweredRequests } from '../deadlines/information-request.ts'
import { changeComplaint, recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, liveReferral, lockComplaint } from '../referrals/change-referral.ts'
import { tellBody } from '../referrals/refer.ts'
import type { HandlingDeps } from './holding.ts'

/** Puts a file that waited for its complainant back where it was before the question. */
const backToBody = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  event: 'information_received' | 'information_missing',
): Promise<void> => {
  const live = await liveReferral(tx, complaint)
  await changeComplaint(tx, act, complaint, live?.state === 'accepted' ? 'admissible' : 'formal_review')
  await recordEvent(tx, act, complaint, event)
}

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
  if (isAnswer && complaint.status === 'information_requested')
    await backToBody(tx, act, complaint, 'information_received')
  await tellWhoHasIt(tx, act, complaint, occasion)
}

const tellWhoHasIt = async (tx: Tx, act: Act, complaint: ComplaintRow, occasion: string): Promise<void> => {
  const live = await liveReferral(tx, complaint)
  if (live && ['queued', 'delivered', 'accepted'].includes(live.state))
    await tellBody(tx, act, live, 'complaint.updated', occasion)
}

const A_ROUND = 500

const goOn = async (tx: Tx, act: Act, complaintId: string): Promise<boolean> => {
  const complaint = await lockComplaint(tx, complaintId)
  if (complaint.status !== 'information_requested') return false
  await backToBody(tx, act, complaint, 'information_missing')
  await tellWhoHasIt(tx, act, complaint, `missing:${act.now.toISOString()}`)
  return true
}

/**
 * Has bodies go on with what they have where a question was not answered in time; an answer that comes later is added all the
 * same. Gives how many. For the minute's sweep; two at once do each once.
 */
export const goOnWithoutAnswer = async (deps: HandlingDeps): Promise<number> => {
  const now = deps.clock.now()
  let done = 0
  for (const complaintId of await unansweredRequests(deps.db.orm, now, A_ROUND)) {
    const act = { now, newId: deps.newId, actor: 'gateway' }
    if (await deps.db.orm.transaction((tx) => goOn(tx, act, complaintId))) done += 1
  }
  return done
}
