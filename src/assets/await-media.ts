import { and, eq, inArray } from 'drizzle-orm'
import type { NewId } from '../core/clock.ts'
import type { Tx } from '../db/client.ts'
import { remoteMedia } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** A file that lies with a provider. */
export interface RemoteFile {
  readonly url: string
  /** As it will be shown. */
  readonly name: string
  /** As the provider declared it; what comes with the file itself counts more. */
  readonly declaredType: string
  /** Its place among the files of the round, where their order means something. */
  readonly position?: number
  /** True: the provider's copy is deleted once ours is safe. */
  readonly erase: boolean
}

/** The event that a file came with; its end in the ledger tells the complaint. */
interface Origin {
  readonly channel: string
  readonly externalId: string
}

/**
 * Writes down files to be fetched. To be called before the event that brought them meets its end: the fetch waits until the
 * ledger knows the complaint, so nothing is lost to a crash between the two. The same file of an event is noted once.
 */
export const awaitMedia = async (
  tx: Tx,
  deps: { readonly now: Date; readonly newId: NewId },
  { channel, externalId }: Origin,
  files: readonly RemoteFile[],
): Promise<void> => {
  if (files.length === 0) return
  const row = { channel, externalId, state: 'waiting' as const, createdAt: deps.now, updatedAt: deps.now }
  await tx
    .insert(remoteMedia)
    .values(files.map((file) => ({ ...row, ...file, id: deps.newId() })))
    .onConflictDoNothing()
  const noted = await tx
    .select({ id: remoteMedia.id })
    .from(remoteMedia)
    .where(
      and(
        eq(remoteMedia.channel, channel),
        eq(remoteMedia.externalId, externalId),
        inArray(
          remoteMedia.url,
          files.map(({ url }) => url),
        ),
      ),
    )
  await appendMessages(
    tx,
    deps,
    noted.map(({ id: fetchId }) => ({
      topic: 'media.fetch',
      key: 'media.fetch',
      payload: { fetchId },
      dedupeKey: `fetch:${fetchId}`,
    })),
  )
}
