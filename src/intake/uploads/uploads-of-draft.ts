import { and, eq, isNull } from 'drizzle-orm'
import { uploads } from '../../db/schema/index.ts'
import type { Upload, UploadDeps } from './staging.ts'

/** What a draft holds so far, finished or not, oldest first; what a filing has claimed is no longer among it. */
export const uploadsOfDraft = (deps: UploadDeps, draftId: string): Promise<Upload[]> =>
  deps.db.orm
    .select()
    .from(uploads)
    .where(and(eq(uploads.draftId, draftId), isNull(uploads.claimedBy)))
    .orderBy(uploads.createdAt, uploads.id)
