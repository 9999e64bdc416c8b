import { createHash } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database, Tx } from '../db/client.ts'
import { arrivingMedia, complaints, ledgerEntries, uploads } from '../db/schema/index.ts'
import { appendEvent } from './settle-event.ts'
import { LINK_LIFE_MS, linkRow, restToken } from './upload-links.ts'

/**
 * "File now, media arriving" (ux.md, G18). A filing does not wait for a slow line: what its draft is still uploading is noted with
 * the complaint, goes on by the upload's own unguessable id, and joins when it is whole. For what never comes that way a link
 * to add it lives as long.
 */
export interface ArrivalDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Pick<Secrets, 'mac'>
}

const FIRST_ROUND = 1

type UploadRow = typeof uploads.$inferSelect

const note = async (tx: Tx, deps: ArrivalDeps, complaintId: string, rest: readonly UploadRow[]) => {
  const now = deps.clock.now()
  const until = new Date(now.getTime() + LINK_LIFE_MS)
  await tx
    .insert(arrivingMedia)
    .values(
      rest.map(({ id, name, deferred, declaredBytes }) => ({
        uploadId: id,
        complaintId,
        round: FIRST_ROUND,
        name,
        bytes: deferred ? null : declaredBytes,
        notedAt: now,
        until,
      })),
    )
    .onConflictDoNothing()
  await tx
    .update(uploads)
    .set({ draftId: null, expiresAt: until })
    .where(
      inArray(
        uploads.id,
        rest.map(({ id }) => id),
      ),
    )
  await linkRow(tx, deps, complaintId, restToken(deps.secrets, complaintId))
}

/**
 * Notes with a complaint what was named with its filing and is not yet whole, or became whole while it was being sent. Gives the
 * noted ids. May be repeated.
 */
export const noteArriving = async (
  deps: ArrivalDeps,
  complaintId: string,
  named: { readonly draftId: string } | { readonly uploadIds: readonly string[] },
): Promise<void> => {
  const whose =
    'draftId' in named
      ? eq(uploads.draftId, named.draftId)
      : and(inArray(uploads.id, [...named.uploadIds]), isNull(uploads.draftId))
  const noted = await deps.db.orm.transaction(async (tx) => {
    const rest = await tx
      .select()
      .from(uploads)
      .where(and(whose, isNull(uploads.claimedBy)))
      .for('update')
    if (rest.length > 0) await note(tx, deps, complaintId, rest)
    return rest
  })
  for (const { id, finishedAt } of noted) if (finishedAt !== null) await joinArrived(deps, id)
}

const eventOf = (uploadId: string, now: Date, file: { name: string; sha256: string; bytes: number }) => {
  const rawBody = Buffer.from(JSON.stringify({ upload: uploadId, files: [file] }))
  return {
    channel: 'web',
    externalId: `arrival:${uploadId}`,
    receivedAt: now,
    sender: '',
    rawType: 'application/json',
    rawSha256: createHash('sha256').update(rawBody).digest('hex'),
    rawBytes: rawBody.length,
    rawBody,
    rawObject: null,
  }
}

/** The finished upload and the complaint that waits for it, both held; undefined when nothing is to be done (any more). */
const findArrived = async (tx: Tx, uploadId: string) => {
  const [found] = await tx
    .select({ upload: uploads, arriving: arrivingMedia, language: complaints.language })
    .from(arrivingMedia)
    .innerJoin(uploads, eq(uploads.id, arrivingMedia.uploadId))
    .innerJoin(complaints, eq(complaints.id, arrivingMedia.complaintId))
    .where(and(eq(arrivingMedia.uploadId, uploadId), isNull(arrivingMedia.arrivedAt)))
    .for('update', { of: [uploads, arrivingMedia] })
  const isWhole = found?.upload.finishedAt !== null && found?.upload.claimedBy === null
  return isWhole ? found : undefined
}

/**
 * Joins an upload that became whole to the complaint that waits for it, as one fact: claim, media, history, ledger, and the
 * message that has it looked at. Nothing happens when no complaint waits. May be repeated.
 */
export const joinArrived = async (deps: Omit<ArrivalDeps, 'secrets'>, uploadId: string): Promise<void> => {
  const { newId } = deps
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const found = await findArrived(tx, uploadId)
    if (found?.upload.sha256 == null) return
    const { complaintId, round } = found.arriving
    const { name, declaredType, declaredBytes: bytes, sha256, objectKey } = found.upload
    const event = { ...eventOf(uploadId, now, { name, sha256, bytes }), id: newId() }
    const { channel, externalId } = event
    await tx.update(arrivingMedia).set({ arrivedAt: now, bytes }).where(eq(arrivingMedia.uploadId, uploadId))
    await tx.update(uploads).set({ claimedBy: complaintId }).where(eq(uploads.id, uploadId))
    await tx.insert(ledgerEntries).values({ id: newId(), channel, externalId, receivedAt: now })
    await appendEvent(tx, { now, newId }, event, {
      complaintId,
      round,
      text: '',
      language: found.language,
      media: [{ id: newId(), name, declaredType, bytes, sha256, objectKey }],
    })
  })
}
