import { and, eq, isNull } from 'drizzle-orm'
import { uploadSegments, uploads } from '../../db/schema/index.ts'
import { joinArrived } from '../arriving-media.ts'
import type { Segment, Upload, UploadDeps } from './staging.ts'
import { segmentsOf } from './upload-queries.ts'

/** Removes what an upload leaves in the staging: the bytes first, then the rows that name them. */
export const clearStaging = async (
  deps: UploadDeps,
  upload: Pick<Upload, 'id'>,
  segments: readonly Segment[],
): Promise<void> => {
  await deps.staging.remove(upload, segments)
  if (segments.length > 0)
    await deps.db.orm.delete(uploadSegments).where(eq(uploadSegments.uploadId, upload.id))
}

/**
 * Moves a full upload into the store under the key its row was given at declaration, then writes its hash. Every step may
 * be repeated, so whoever finds a full upload unfinished after a kill (the client's next request, the sweep) calls this
 * again. False: the bytes are gone (a power cut), and the upload begins anew.
 */
export const completeUpload = async (deps: UploadDeps, upload: Upload): Promise<boolean> => {
  if (upload.finishedAt !== null) return true
  const segments = await segmentsOf(deps, upload.id)
  const sha256 = await deps.staging.deliver(upload, segments)
  if (sha256 === undefined) return false
  await deps.db.orm
    .update(uploads)
    .set({ sha256, finishedAt: deps.clock.now() })
    .where(and(eq(uploads.id, upload.id), isNull(uploads.finishedAt)))
  await clearStaging(deps, upload, segments)
  await joinArrived(deps, upload.id)
  return true
}
