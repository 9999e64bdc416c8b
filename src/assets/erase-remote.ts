import { eq } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered } from '../core/delivery.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { complaintEvents, mediaAssets, remoteMedia } from '../db/schema/index.ts'

export interface EraseRemoteDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
  readonly store: Pick<ObjectStore, 'head'>
  /** Has the provider delete what lies at this address. */
  readonly erase: (url: string, signal: AbortSignal) => Promise<DeliveryResult>
}

const NOT_SAFE: DeliveryResult = {
  ok: false,
  error: { code: 'copy_not_safe', message: 'Our copy is not in the store whole.', retryable: true },
}

/**
 * Topic `media.erase`: once our copy is verified, or where none is wanted, the provider's goes (law 09-08: it lies abroad). The record keeps the
 * proof: what was deleted where, when, and the SHA-256 of what we hold.
 */
export const createEraseRemote =
  (deps: EraseRemoteDeps): TopicHandler<'media.erase'> =>
  async ({ fetchId }, { signal }) => {
    const [found] = await deps.db.orm
      .select({ remote: remoteMedia, asset: mediaAssets })
      .from(remoteMedia)
      .leftJoin(mediaAssets, eq(mediaAssets.id, remoteMedia.assetId))
      .where(eq(remoteMedia.id, fetchId))
    if (found === undefined || found.remote.erasedAt !== null) return delivered()
    const { remote, asset } = found
    if (asset === null && remote.state !== 'unwanted') return delivered()
    if (asset !== null && (await deps.store.head(asset.objectKey))?.bytes !== asset.bytes) return NOT_SAFE
    const result = await deps.erase(remote.url, signal)
    if (!result.ok) return result
    const now = deps.clock.now()
    await deps.db.orm.transaction(async (tx) => {
      await tx.update(remoteMedia).set({ erasedAt: now, updatedAt: now }).where(eq(remoteMedia.id, fetchId))
      if (asset === null) return
      await tx.insert(complaintEvents).values({
        id: deps.newId(),
        complaintId: asset.complaintId,
        round: asset.round,
        at: now,
        event: 'media_erased_at_provider',
        audience: 'staff',
        facts: { url: remote.url, sha256: asset.sha256, bytes: asset.bytes },
      })
    })
    return result
  }
