import type { Readable } from 'node:stream'
import { eq } from 'drizzle-orm'
import { AppError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import type { StoredObject } from '../../core/object-store.ts'
import type { StagedMedia } from '../../core/submission.ts'
import { uploads } from '../../db/schema/index.ts'
import { checkRoom, insertUpload } from './declare-upload.ts'
import type { Upload, UploadDeps } from './staging.ts'

export interface StreamToStage {
  readonly draftId?: string | undefined
  readonly client: string
  readonly name: string
  readonly declaredType: string
  readonly stream: Readable
  /** LIMITS.formFileBytes when absent. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

export type Staged =
  | { readonly ok: true; readonly media: StagedMedia }
  | { readonly ok: false; readonly code: 'file_too_large' | 'file_empty' }

const putUnder = async (deps: UploadDeps, upload: Upload, file: StreamToStage) => {
  const result = await deps.store.put(upload.objectKey, file.stream, {
    maxBytes: file.maxBytes ?? LIMITS.formFileBytes,
    ...(file.signal ? { signal: file.signal } : {}),
  })
  if (!result.ok) return { ok: false, code: 'file_too_large' } as const
  if (result.object.bytes === 0) return { ok: false, code: 'file_empty' } as const
  return { ok: true, object: result.object } as const
}

const finish = (deps: UploadDeps, upload: Upload, object: StoredObject) =>
  deps.db.orm
    .update(uploads)
    .set({
      declaredBytes: object.bytes,
      receivedBytes: object.bytes,
      sha256: object.sha256,
      finishedAt: deps.clock.now(),
    })
    .where(eq(uploads.id, upload.id))

/** Takes back the row and whatever it names. When this fails too, the sweep finds both by the row. */
const undo = async (deps: UploadDeps, upload: Upload): Promise<void> => {
  await deps.store.delete(upload.objectKey)
  await deps.db.orm.delete(uploads).where(eq(uploads.id, upload.id))
}

/**
 * Streams one file of a form straight into the store, as a finished upload of its draft. The stream is read to its end or
 * destroyed. Throws as declareUpload does when there is no room, and what the stream or the store threw.
 */
export const stageStream = async (deps: UploadDeps, file: StreamToStage): Promise<Staged> => {
  let upload: Upload | undefined
  try {
    await checkRoom(deps.staging, 0)
    upload = await insertUpload(deps, { ...file, bytes: 0 })
    const result = await putUnder(deps, upload, file)
    if (!result.ok) {
      await undo(deps, upload)
      return result
    }
    await finish(deps, upload, result.object)
    return { ok: true, media: mediaOf(deps, upload, result.object) }
  } catch (error) {
    file.stream.destroy()
    if (upload) await undo(deps, upload).catch(() => {})
    throw error
  }
}

const mediaOf = (deps: UploadDeps, upload: Upload, object: StoredObject): StagedMedia => ({
  uploadId: upload.id,
  id: deps.newId(),
  name: upload.name,
  declaredType: upload.declaredType,
  bytes: object.bytes,
  sha256: object.sha256,
  objectKey: object.key,
})

/** The same for callers that throw what they cannot go on with. */
export const requireStaged = (staged: Staged): StagedMedia => {
  if (staged.ok) return staged.media
  throw new AppError(staged.code)
}
