import { AppError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import type { UploadDeps } from './staging.ts'

/**
 * Says how long an upload will be that began without a length, once. Throws `file_too_large`, `file_empty`, and `conflict` when
 * the length was said before or less than what has come.
 */
export const declareLength = async (deps: UploadDeps, id: string, bytes: number): Promise<void> => {
  if (bytes > LIMITS.recordingBytes) throw new AppError('file_too_large')
  if (bytes === 0) throw new AppError('file_empty')
  const [said] = await deps.db.sql<{ id: string }[]>`
    update uploads set declared_bytes = ${bytes}, deferred = false
    where id = ${id} and deferred and received_bytes <= ${bytes} and finished_at is null
    returning id`
  if (said === undefined) throw new AppError('conflict')
}
