import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { receiptContent } from '../../core/receipt.ts'
import type { Tx } from '../../db/client.ts'
import { mediaAssets, receipts } from '../../db/schema/index.ts'
import { VOICE } from './call-deps.ts'

/**
 * What a receipt by telephone vouches for is what was said: its digest follows the recordings as each comes home. To be run
 * in the transaction that adds one.
 */
export const coverRecordings = async (
  tx: Tx,
  { complaintId, round, channel }: { complaintId: string; round: number; channel: string },
): Promise<void> => {
  if (channel !== VOICE) return
  const isOfRound = and(eq(receipts.complaintId, complaintId), eq(receipts.round, round))
  // Held before the files are read, so that two that come home at once each see the other.
  const [receipt] = await tx
    .select({ id: receipts.id })
    .from(receipts)
    .where(and(isOfRound, eq(receipts.channel, VOICE)))
    .for('update')
  if (receipt === undefined) return
  const files = await tx
    .select({ name: mediaAssets.name, bytes: mediaAssets.bytes, sha256: mediaAssets.sha256 })
    .from(mediaAssets)
    .where(
      and(
        eq(mediaAssets.complaintId, complaintId),
        eq(mediaAssets.round, round),
        eq(mediaAssets.ofAnswer, false),
      ),
    )
    .orderBy(mediaAssets.position)
  const digest = createHash('sha256')
    .update(receiptContent({ text: '', media: files }))
    .digest('hex')
  await tx.update(receipts).set({ contentSha256: digest }).where(eq(receipts.id, receipt.id))
}
