import { and, eq, isNull } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import { uploads } from '../../db/schema/index.ts'
import { clearStaging } from './complete-upload.ts'
import type { UploadDeps } from './staging.ts'
import { openUpload, segmentsOf } from './upload-queries.ts'

/**
 * Gives an upload up at its owner's wish. An unfinished one is gone at once. A finished one leaves its draft and is
 * removed by the sweep: a filing may be about to name its object at this very moment. Throws `not_found`,
 * `upload_expired`, or `conflict` when a filing holds it.
 */
export const discardUpload = async (
  deps: UploadDeps,
  id: string,
  draftId: string | undefined,
): Promise<void> => {
  const upload = await openUpload(deps, id, draftId)
  if (upload.claimedBy !== null) throw new AppError('conflict')
  const unclaimed = and(eq(uploads.id, id), isNull(uploads.claimedBy))
  if (upload.finishedAt !== null) {
    await deps.db.orm.update(uploads).set({ expiresAt: deps.clock.now(), draftId: null }).where(unclaimed)
    return
  }
  await clearStaging(deps, upload, await segmentsOf(deps, id))
  await deps.db.orm.delete(uploads).where(and(unclaimed, isNull(uploads.finishedAt)))
}
