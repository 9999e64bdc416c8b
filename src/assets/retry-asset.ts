import { and, eq, lt, ne, or, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { mediaAssets } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

export interface RetryAssetDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

/** After this long nobody is at work any more: a job ends within two minutes. */
const STUCK_MS = 10 * 60_000

/**
 * Puts one asset before the pipeline again, whatever became of it: failed, blocked, waiting, or ready without its
 * transcript. Copies that exist are kept, and what can be played stays so. Throws `conflict` while it is being worked on, `not_found` when there is none.
 */
export const retryAsset = async ({ db, clock, newId }: RetryAssetDeps, assetId: string): Promise<void> => {
  const now = clock.now()
  await db.orm.transaction(async (tx) => {
    const [asset] = await tx
      .update(mediaAssets)
      .set({
        state: sql`case when ${mediaAssets.state} = 'ready' then 'ready' else 'stored' end`,
        failure: sql`case when ${mediaAssets.state} = 'ready' then ${mediaAssets.failure} end`,
        updatedAt: now,
      })
      .where(
        and(
          eq(mediaAssets.id, assetId),
          or(
            ne(mediaAssets.state, 'processing'),
            lt(mediaAssets.updatedAt, new Date(now.getTime() - STUCK_MS)),
          ),
        ),
      )
      .returning({ complaintId: mediaAssets.complaintId })
    if (asset === undefined) {
      const exists = await tx.$count(mediaAssets, eq(mediaAssets.id, assetId))
      throw new AppError(exists > 0 ? 'conflict' : 'not_found')
    }
    await appendMessages(tx, { newId, now }, [
      {
        topic: 'media.process',
        key: 'media',
        payload: { assetId },
        dedupeKey: `media.process:${assetId}:${newId()}`,
        complaintId: asset.complaintId,
      },
    ])
  })
}
