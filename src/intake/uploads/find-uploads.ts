import { AppError } from '../../core/errors.ts'
import type { StagedMedia } from '../../core/submission.ts'
import type { UploadDeps } from './staging.ts'

export type FoundUploads =
  | { readonly ok: true; readonly media: readonly StagedMedia[] }
  | { readonly ok: false; readonly code: 'upload_unknown' | 'upload_expired'; readonly id: string }

interface Row {
  readonly id: string
  readonly name: string
  readonly declared_type: string
  readonly bytes: string
  readonly sha256: string | null
  readonly object_key: string
  readonly finished: boolean
  readonly expired: boolean
}

/** Who asks: the draft of the session, and the identity of the filing, so that its repeat finds what it had claimed. */
export interface UploadOwner {
  readonly draftId?: string | undefined
  readonly filing?: { readonly channel: string; readonly externalId: string } | undefined
}

/** A finished upload lives as long as the draft it belongs to; one that a filing holds is there for its repeat only. */
const readRows = (deps: UploadDeps, ids: readonly string[], owner: UploadOwner): Promise<Row[]> =>
  deps.db.sql<Row[]>`
    select u.id, u.name, u.declared_type, u.declared_bytes as bytes, u.sha256, u.object_key,
           u.finished_at is not null as finished,
           u.claimed_by is null and greatest(u.expires_at, d.expires_at) <= ${deps.clock.now()} as expired
    from uploads u
    left join drafts d on d.id = u.draft_id and u.finished_at is not null
    where u.id = any (${[...ids]})
      and (u.draft_id is null or u.draft_id = ${owner.draftId ?? null})
      and (u.claimed_by is null or exists (
        select from submissions s where s.complaint_id = u.claimed_by
          and s.channel = ${owner.filing?.channel ?? null} and s.external_id = ${owner.filing?.externalId ?? null}))`

/**
 * The finished uploads of a filing, in the order named, once each. The first that is missing, unfinished, claimed by
 * another filing or of another session is told as `upload_unknown`; one that was given up as `upload_expired`.
 */
export const findUploads = async (
  deps: UploadDeps,
  ids: readonly string[],
  owner: UploadOwner,
): Promise<FoundUploads> => {
  const named = [...new Set(ids)]
  if (named.length === 0) return { ok: true, media: [] }
  const rows = new Map((await readRows(deps, named, owner)).map((row) => [row.id, row]))
  const media: StagedMedia[] = []
  for (const id of named) {
    const row = rows.get(id)
    if (row?.expired) return { ok: false, code: 'upload_expired', id }
    if (row === undefined || !row.finished || row.sha256 === null)
      return { ok: false, code: 'upload_unknown', id }
    media.push({
      uploadId: id,
      id: deps.newId(),
      name: row.name,
      declaredType: row.declared_type,
      bytes: Number(row.bytes),
      sha256: row.sha256,
      objectKey: row.object_key,
    })
  }
  return { ok: true, media }
}

/** The same for callers that throw what they cannot go on with. */
export const requireUploads = async (
  deps: UploadDeps,
  ids: readonly string[],
  owner: UploadOwner,
): Promise<readonly StagedMedia[]> => {
  const found = await findUploads(deps, ids, owner)
  if (found.ok) return found.media
  throw new AppError(found.code, { fields: [{ field: 'uploads', code: found.code, detail: found.id }] })
}
