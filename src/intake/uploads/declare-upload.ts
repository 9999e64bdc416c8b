import { randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import { cleanFileName, cleanMediaType } from '../../core/file-name.ts'
import { LIMITS } from '../../core/limits.ts'
import type { Tx } from '../../db/client.ts'
import { uploads } from '../../db/schema/index.ts'
import type { Upload, UploadDeps, UploadStaging } from './staging.ts'

export interface DeclaredUpload {
  /** The draft whose session alone may go on with it; absent: the id is the right. */
  readonly draftId?: string | undefined
  /** Who pays for the space, an opaque text (never an address as such). */
  readonly client: string
  readonly name: string
  readonly declaredType: string
  /** Its length; while `deferred`, the most it may become. */
  readonly bytes: number
  /** The length is said later: a recording that is still being made. */
  readonly deferred?: boolean
}

/** 192 random bits: to know the id is to have the right to an upload that no draft holds. */
const newUploadId = () => randomBytes(24).toString('base64url')

/** When an upload that gets no more bytes is given up. */
export const abandonedAt = (now: Date): Date => new Date(now.getTime() + LIMITS.uploadAbandonedAfter * 1000)

/** Throws `insufficient_storage` when the disk would be left with too little after so many more bytes. */
export const checkRoom = async (staging: UploadStaging, bytes: number): Promise<void> => {
  const room = await staging.room()
  if (room !== undefined && room - bytes < LIMITS.freeDiskBytes)
    throw new AppError('insufficient_storage', { retryAfter: 600 })
}

/** What the client holds until a filing claims it, counted one client at a time so that a burst cannot slip past. */
const checkQuota = async (tx: Tx, client: string, bytes: number): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`uploads:${client}`}, 0))`)
  const [held] = await tx
    .select({
      bytes: sql<string>`coalesce(sum(${uploads.declaredBytes}), 0)`,
      unfinished: sql<string>`count(*) filter (where ${uploads.finishedAt} is null)`,
    })
    .from(uploads)
    .where(and(eq(uploads.client, client), isNull(uploads.claimedBy)))
  if (Number(held?.unfinished) >= LIMITS.pendingUploadsPerClient)
    throw new AppError('too_many_requests', { retryAfter: 600 })
  if (Number(held?.bytes) + bytes > LIMITS.pendingBytesPerClient)
    throw new AppError('insufficient_storage', { retryAfter: 3600 })
}

/** Writes the row of an upload that is about to begin, its object's key in it. */
export const insertUpload = async (deps: UploadDeps, declared: DeclaredUpload): Promise<Upload> => {
  const now = deps.clock.now()
  const row = {
    id: newUploadId(),
    draftId: declared.draftId ?? null,
    client: declared.client,
    name: cleanFileName(declared.name),
    declaredType: cleanMediaType(declared.declaredType),
    declaredBytes: declared.bytes,
    deferred: declared.deferred ?? false,
    receivedBytes: 0,
    sha256: null,
    objectKey: `originals/${deps.newId()}`,
    createdAt: now,
    expiresAt: abandonedAt(now),
    finishedAt: null,
    claimedBy: null,
  }
  await deps.db.orm.transaction(async (tx) => {
    await checkQuota(tx, declared.client, declared.bytes)
    await tx.insert(uploads).values(row)
  })
  return row
}

/**
 * Opens an upload of a said length. Throws `file_too_large` or `file_empty` by the length alone, `too_many_requests` or
 * `insufficient_storage` when the client or the disk has no room.
 */
export const declareUpload = async (deps: UploadDeps, declared: DeclaredUpload): Promise<Upload> => {
  if (declared.bytes > LIMITS.uploadBytes) throw new AppError('file_too_large')
  if (declared.bytes === 0) throw new AppError('file_empty')
  await checkRoom(deps.staging, declared.bytes)
  return insertUpload(deps, declared)
}
