import { and, eq, isNull } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import { uploadSegments, uploads } from '../../db/schema/index.ts'
import type { Segment, Upload, UploadDeps } from './staging.ts'

/** The row, whoever it belongs to. */
export const readUpload = async (deps: UploadDeps, id: string): Promise<Upload | undefined> => {
  const [row] = await deps.db.orm.select().from(uploads).where(eq(uploads.id, id))
  return row
}

/**
 * The row, for its owner: an upload of a draft is not there for anybody else. Throws `not_found`, or `upload_expired` when
 * it was given up.
 */
export const openUpload = async (
  deps: UploadDeps,
  id: string,
  draftId: string | undefined,
): Promise<Upload> => {
  const upload = await readUpload(deps, id)
  if (upload === undefined || (upload.draftId !== null && upload.draftId !== draftId))
    throw new AppError('not_found')
  if (upload.finishedAt === null && upload.expiresAt <= deps.clock.now()) throw new AppError('upload_expired')
  return upload
}

/** The counted pieces of an upload that are objects, in order. */
export const segmentsOf = (deps: UploadDeps, id: string): Promise<Segment[]> =>
  deps.db.orm
    .select({
      start: uploadSegments.start,
      bytes: uploadSegments.bytes,
      objectKey: uploadSegments.objectKey,
    })
    .from(uploadSegments)
    .where(eq(uploadSegments.uploadId, id))
    .orderBy(uploadSegments.start)

/** Takes the count back to what is really there, unless another request has moved it meanwhile. */
export const lowerCount = async (deps: UploadDeps, upload: Upload, held: number): Promise<void> => {
  await deps.db.orm
    .update(uploads)
    .set({ receivedBytes: held })
    .where(
      and(
        eq(uploads.id, upload.id),
        eq(uploads.receivedBytes, upload.receivedBytes),
        isNull(uploads.finishedAt),
      ),
    )
}
