import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { completeUpload } from './complete-upload.ts'
import { cutIntoStretches } from './cut-into-stretches.ts'
import { abandonedAt, checkRoom } from './declare-upload.ts'
import type { Piece, Upload, UploadDeps } from './staging.ts'
import { lowerCount, readUpload } from './upload-queries.ts'

/** A kill of the process loses at most this much of what a client sent. */
const STRETCH = { bytes: 8 * 1024 * 1024, milliseconds: 5_000 }
const WHOLE = { bytes: Number.POSITIVE_INFINITY, milliseconds: Number.POSITIVE_INFINITY }

export const CHECKSUM_ALGORITHMS = ['sha1', 'sha256', 'md5'] as const

/** What the client says of the bytes of one request. */
export interface Checksum {
  readonly algorithm: (typeof CHECKSUM_ALGORITHMS)[number]
  readonly digest: Buffer
}

/** Bytes on the way that do not have the digest the client gave; none of them was kept. */
export class ChecksumMismatch extends Error {
  override readonly name = 'ChecksumMismatch'
}

/**
 * Counts a piece, and the segment it may be, in one statement. False: another request has moved the offset meanwhile.
 */
const count = async (deps: UploadDeps, upload: Upload, offset: number, piece: Piece): Promise<boolean> => {
  const expiresAt = abandonedAt(deps.clock.now())
  const [counted] = await deps.db.sql<{ id: string }[]>`
    with moved as (
      update uploads set received_bytes = ${offset + piece.bytes}, expires_at = greatest(expires_at, ${expiresAt})
      where id = ${upload.id} and received_bytes = ${offset} and finished_at is null
      returning id
    ), segment as (
      insert into upload_segments (upload_id, start, bytes, object_key)
      select id, ${offset}, ${piece.bytes}, ${piece.objectKey ?? null} from moved
      where ${piece.objectKey ?? null}::text is not null
    )
    select id from moved`
  return counted !== undefined
}

async function* digesting(bytes: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
}

const writeChecked = async (
  deps: UploadDeps,
  upload: Upload,
  offset: number,
  bytes: AsyncIterable<Buffer>,
  checksum: Checksum | undefined,
): Promise<Piece> => {
  if (checksum === undefined) return deps.staging.write(upload, offset, bytes)
  const hash = createHash(checksum.algorithm)
  const piece = await deps.staging.write(upload, offset, digesting(bytes, hash))
  const digest = hash.digest()
  if (digest.length === checksum.digest.length && timingSafeEqual(digest, checksum.digest)) return piece
  await deps.staging.drop(piece)
  throw new ChecksumMismatch('The bytes do not have the checksum that came with them')
}

/**
 * Adds bytes at the offset and completes the upload when they are all there. Gives the new offset. Bytes count stretch by
 * stretch as they are safe, also when the source breaks; with a checksum they count all or not at all. Throws `conflict`
 * when the offset is not where the upload stands, `insufficient_storage` when the disk is nearly full, ChecksumMismatch.
 */
export const receiveBytes = async (
  deps: UploadDeps,
  id: string,
  offset: number,
  source: AsyncIterable<Buffer>,
  checksum?: Checksum,
): Promise<number> => {
  const upload = await standOf(deps, id)
  if (upload.receivedBytes !== offset) throw new AppError('conflict')
  let at = offset
  for await (const stretch of cutIntoStretches(source, checksum ? WHOLE : STRETCH)) {
    await checkRoom(deps.staging, 0)
    const piece = await writeChecked(deps, upload, at, stretch, checksum)
    const isBeyond = at + piece.bytes > upload.declaredBytes
    if (isBeyond || !(await count(deps, upload, at, piece))) {
      await deps.staging.drop(piece)
      throw new AppError(isBeyond ? 'file_too_large' : 'conflict')
    }
    at += piece.bytes
  }
  if (at === upload.declaredBytes && !upload.deferred)
    await completeUpload(deps, { ...upload, receivedBytes: at })
  return at
}

/**
 * Where an upload stands now, mended if need be: a full one whose completion was cut short is completed, and a count that
 * is ahead of the bytes (a power cut) is taken back. Throws `not_found`.
 */
export const standOf = async (deps: UploadDeps, id: string): Promise<Upload> => {
  const upload = await readUpload(deps, id)
  if (upload === undefined) throw new AppError('not_found')
  if (upload.finishedAt !== null) return upload
  const isFull = upload.receivedBytes === upload.declaredBytes && !upload.deferred
  if (isFull && (await completeUpload(deps, upload))) return (await readUpload(deps, id)) ?? upload
  const held = await deps.staging.held(upload)
  if (held < upload.receivedBytes) await lowerCount(deps, upload, held)
  return { ...upload, receivedBytes: held }
}
