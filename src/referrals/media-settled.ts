import { createHash } from 'node:crypto'
import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { mediaAssets, referrals } from '../db/schema/index.ts'
import { lockComplaint, lockSequences, nextSequence } from './change-referral.ts'
import { tellBody } from './refer.ts'

/**
 * To be called in the transaction that settles an asset: once none of a complaint's media is on its way any more, the
 * bodies that have the complaint are told `complaint.updated`, once for each outcome.
 */
export const mediaSettled = async (tx: Tx, act: Act, complaintId: string): Promise<void> => {
  // Two assets that settle at once must not each take the other for still on its way.
  await lockComplaint(tx, complaintId)
  const assets = await tx
    .select({ id: mediaAssets.id, state: mediaAssets.state, failure: mediaAssets.failure })
    .from(mediaAssets)
    .where(and(eq(mediaAssets.complaintId, complaintId), eq(mediaAssets.ofAnswer, false)))
    .orderBy(asc(mediaAssets.id))
  if (assets.some(({ state }) => state === 'stored' || state === 'processing')) return
  const live = await tx
    .select()
    .from(referrals)
    .where(
      and(
        eq(referrals.complaintId, complaintId),
        inArray(referrals.state, ['queued', 'delivered', 'accepted']),
      ),
    )
  const outcome = createHash('sha256').update(JSON.stringify(assets)).digest('hex').slice(0, 16)
  for (const referral of live) {
    await lockSequences(tx, [referral.administrationId])
    await tx
      .update(referrals)
      .set({ sequence: nextSequence as unknown as number, updatedAt: act.now })
      .where(eq(referrals.id, referral.id))
    await tellBody(tx, act, referral, 'complaint.updated', outcome)
  }
}
