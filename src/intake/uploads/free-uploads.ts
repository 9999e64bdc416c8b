import { inArray } from 'drizzle-orm'
import { uploads } from '../../db/schema/index.ts'
import type { Upload, UploadDeps } from './staging.ts'

/**
 * Uploads that no draft holds, finished or not, in the order named: those that nobody has claimed, and those that this very
 * filing claimed when it came before. Others are as good as not there.
 */
export const freeUploads = async (
  deps: UploadDeps,
  ids: readonly string[],
  filing: { readonly channel: string; readonly externalId: string },
): Promise<readonly Upload[]> => {
  const named = [...new Set(ids)]
  if (named.length === 0) return []
  const rows = await deps.db.orm.select().from(uploads).where(inArray(uploads.id, named))
  const [before] = await deps.db.sql<{ complaint_id: string }[]>`
    select complaint_id from submissions where channel = ${filing.channel} and external_id = ${filing.externalId}`
  const own = rows.filter(
    ({ draftId, claimedBy }) =>
      draftId === null && (claimedBy === null || claimedBy === before?.complaint_id),
  )
  return named.flatMap((id) => own.filter((row) => row.id === id))
}
