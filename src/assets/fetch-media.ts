import { and, eq, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import { cleanFileName } from '../core/file-name.ts'
import type { ObjectStore, StoredObject } from '../core/object-store.ts'
import type { OutboxMessage, TopicHandler, Topics } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import {
  complaintEvents,
  complaints,
  ledgerEntries,
  mediaAssets,
  outboxMessages,
  remoteMedia,
  submissions,
} from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

export interface FetchMediaDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
  readonly store: Pick<ObjectStore, 'delete'>
  /** Runs in the transaction in which a file becomes part of the record. */
  readonly onJoined?: (tx: Tx, joined: Owner & { readonly channel: string }) => Promise<void>
  /** Streams the file into the store (media/fetch-remote.ts). */
  readonly fetch: (
    url: string,
    signal: AbortSignal,
    channel: string,
  ) => Promise<
    | { readonly ok: true; readonly object: StoredObject; readonly declaredType: string }
    | { readonly ok: false; readonly error: DeliveryError }
  >
}

type Remote = typeof remoteMedia.$inferSelect

export interface Owner {
  readonly complaintId: string
  readonly round: number
}

const NOT_JUDGED: DeliveryError = {
  code: 'event_open',
  message: 'The message that brought the file is still being judged.',
  retryable: true,
}

const readRemote = async ({ db }: FetchMediaDeps, id: string): Promise<Remote | undefined> => {
  const [row] = await db.orm.select().from(remoteMedia).where(eq(remoteMedia.id, id))
  return row
}

/** The complaint that the file's event became part of; 'open' while that is not known, 'none' when it became part of none. */
const ownerOf = async (
  { db }: FetchMediaDeps,
  { channel, externalId }: Remote,
): Promise<Owner | 'open' | 'none'> => {
  const [entry] = await db.orm
    .select({
      outcome: ledgerEntries.outcome,
      complaintId: ledgerEntries.complaintId,
      // What came in an earlier round stays with it, however late its file is.
      round: sql<number | null>`coalesce(${submissions.round}, ${complaints.round})`,
    })
    .from(ledgerEntries)
    .leftJoin(complaints, eq(complaints.id, ledgerEntries.complaintId))
    .leftJoin(
      submissions,
      and(
        eq(submissions.channel, ledgerEntries.channel),
        eq(submissions.externalId, ledgerEntries.externalId),
      ),
    )
    .where(and(eq(ledgerEntries.channel, channel), eq(ledgerEntries.externalId, externalId)))
  if (entry === undefined) return 'none'
  if (entry.outcome === null || entry.outcome === 'failed') return 'open'
  return entry.complaintId === null || entry.round === null
    ? 'none'
    : { complaintId: entry.complaintId, round: entry.round }
}

const settle = (tx: Tx | Database['orm'], id: string, change: Partial<Remote>) =>
  tx.update(remoteMedia).set(change).where(eq(remoteMedia.id, id))

const nextPosition = (complaintId: string) =>
  sql<number>`(select coalesce(max(position), 0) + 1 from media_assets where complaint_id = ${complaintId})`

const eraseMessage = (fetchId: string): OutboxMessage => ({
  topic: 'media.erase',
  key: 'media.erase',
  payload: { fetchId },
  dedupeKey: `erase:${fetchId}`,
})

const afterJoining = (
  { id: fetchId, erase }: Remote,
  assetId: string,
  complaintId: string,
): OutboxMessage[] => {
  const process: OutboxMessage = {
    topic: 'media.process',
    key: 'media',
    payload: { assetId },
    dedupeKey: `media:${assetId}`,
    complaintId,
  }
  return erase ? [process, { ...eraseMessage(fetchId), complaintId }] : [process]
}

/** The file becomes an asset like those that came with a form, in one fact with the messages that go on from there. */
const join = async (
  deps: FetchMediaDeps,
  remote: Remote,
  { complaintId, round }: Owner,
  { object, declaredType }: { object: StoredObject; declaredType: string },
): Promise<boolean> => {
  const now = deps.clock.now()
  const assetId = deps.newId()
  return deps.db.orm.transaction(async (tx) => {
    const [held] = await tx
      .select({ state: remoteMedia.state })
      .from(remoteMedia)
      .where(eq(remoteMedia.id, remote.id))
      .for('update')
    if (held === undefined || held.state === 'fetched') return false
    await tx.insert(mediaAssets).values({
      id: assetId,
      complaintId,
      round,
      position: remote.position ?? (nextPosition(complaintId) as unknown as number),
      name: cleanFileName(remote.name),
      declaredType: declaredType || remote.declaredType,
      bytes: object.bytes,
      sha256: object.sha256,
      objectKey: object.key,
      state: 'stored',
      scan: 'pending',
      flags: [],
      steps: {},
      createdAt: now,
      updatedAt: now,
    })
    await settle(tx, remote.id, { state: 'fetched', failure: null, complaintId, assetId, updatedAt: now })
    await tx.insert(complaintEvents).values({
      id: deps.newId(),
      complaintId,
      round,
      at: now,
      event: 'media_arrived',
      audience: 'staff',
      facts: { channel: remote.channel, assetId, sha256: object.sha256 },
    })
    await deps.onJoined?.(tx, { complaintId, round, channel: remote.channel })
    await appendMessages(tx, { newId: deps.newId, now }, afterJoining(remote, assetId, complaintId))
    return true
  })
}

/** Nobody's file stays where it is, unless the provider's copy was to go in any case. */
const leaveUnfetched = (deps: FetchMediaDeps, { id: fetchId, erase }: Remote): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    await settle(tx, fetchId, { state: 'unwanted', updatedAt: now })
    if (erase) await appendMessages(tx, { newId: deps.newId, now }, [eraseMessage(fetchId)])
  })

/** From now on the console shows which complaint waits for the file, and the desk finds the message with its complaint. */
const nameOwner = async (
  { db }: FetchMediaDeps,
  { id }: Remote,
  complaintId: string,
  messageId: string,
): Promise<void> => {
  await settle(db.orm, id, { complaintId })
  await db.orm.update(outboxMessages).set({ complaintId }).where(eq(outboxMessages.id, messageId))
}

/**
 * Topic `media.fetch`: brings a provider's file into the record of the complaint it belongs to. A file given up on may be
 * fetched again when a person sends the message once more.
 */
export const createFetchMedia =
  (deps: FetchMediaDeps): TopicHandler<'media.fetch'> =>
  async ({ fetchId }, { messageId, signal }): Promise<DeliveryResult> => {
    const remote = await readRemote(deps, fetchId)
    if (remote === undefined || remote.state === 'fetched' || remote.state === 'unwanted') return delivered()
    const owner = await ownerOf(deps, remote)
    if (owner === 'open') return failed(NOT_JUDGED)
    if (owner === 'none') {
      await leaveUnfetched(deps, remote)
      return delivered()
    }
    if (remote.complaintId === null) await nameOwner(deps, remote, owner.complaintId, messageId)
    const fetched = await deps.fetch(remote.url, signal, remote.channel)
    if (!fetched.ok) {
      await settle(deps.db.orm, fetchId, { failure: fetched.error.code, updatedAt: deps.clock.now() })
      return failed(fetched.error)
    }
    // Two workers may have fetched at once after a lost lease: the loser's bytes go.
    if (!(await join(deps, remote, owner, fetched))) await deps.store.delete(fetched.object.key)
    return delivered(fetched.object.sha256)
  }

/** The file was given up: the record says so; sending the dead message again tries anew. */
export const fetchFailed = async (
  deps: Pick<FetchMediaDeps, 'db' | 'clock' | 'newId'>,
  { fetchId }: Topics['media.fetch'],
  error: DeliveryError,
): Promise<void> => {
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const [gone] = await tx
      .update(remoteMedia)
      .set({ state: 'gone', failure: error.code, updatedAt: now })
      .where(and(eq(remoteMedia.id, fetchId), eq(remoteMedia.state, 'waiting')))
      .returning()
    if (gone?.complaintId === null || gone === undefined) return
    await tx.insert(complaintEvents).values({
      id: deps.newId(),
      complaintId: gone.complaintId,
      round: sql<number>`(select round from complaints where id = ${gone.complaintId})` as unknown as number,
      at: now,
      event: 'media_missing',
      audience: 'staff',
      facts: { channel: gone.channel, reason: error.code },
    })
  })
}
