import { and, eq } from 'drizzle-orm'
import type { Tx } from '../db/client.ts'
import { answerDrafts, mediaAssets } from '../db/schema/index.ts'
import type { ComplaintRow } from './change-referral.ts'

type Answered = Pick<ComplaintRow, 'id' | 'round'>

/** Takes the recording of the present round's answer away; the sweep of orphans takes its bytes. */
export const dropRecording = (tx: Tx, { id, round }: Answered): Promise<unknown> =>
  tx
    .delete(mediaAssets)
    .where(and(eq(mediaAssets.complaintId, id), eq(mediaAssets.round, round), eq(mediaAssets.ofAnswer, true)))

/** What a body was about to answer is its own: whoever takes the complaint over neither reads nor sends it. */
export const dropUnsent = async (tx: Tx, complaint: Answered): Promise<void> => {
  await tx.delete(answerDrafts).where(eq(answerDrafts.complaintId, complaint.id))
  await dropRecording(tx, complaint)
}
