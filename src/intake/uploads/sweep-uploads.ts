import { LIMITS } from '../../core/limits.ts'
import { joinArrived } from '../arriving-media.ts'
import { clearStaging, completeUpload } from './complete-upload.ts'
import type { UploadDeps } from './staging.ts'
import { readUpload, segmentsOf } from './upload-queries.ts'

export interface UploadSweep {
  /** Full uploads whose completion had been cut short. */
  readonly completed: number
  /** Abandoned or discarded uploads that are gone with their bytes. */
  readonly removed: number
  /** Leftovers of the staging: files without a row, objects of uploads that are finished. */
  readonly cleared: number
  /** What did not go this time, most often because the store is away; the next sweep meets it again. */
  readonly failed: number
}

const BATCH = 200
/** After its last moment nobody can name an upload any more; this long a filing that named it before may still need. */
const GRACE_SECONDS = 3600

const before = (deps: UploadDeps, seconds: number) => new Date(deps.clock.now().getTime() - seconds * 1000)

interface Tally {
  done: number
  failed: number
}

/** Works through ids a batch at a time until none is left; one that fails stops nobody else and is not met twice. */
const eachOf = async (
  next: (after: string) => Promise<{ id: string }[]>,
  work: (id: string) => Promise<boolean>,
): Promise<Tally> => {
  const tally = { done: 0, failed: 0 }
  let after = ''
  for (let batch = await next(after); batch.length > 0; batch = await next(after))
    for (const { id } of batch) {
      after = id
      try {
        if (await work(id)) tally.done += 1
      } catch {
        tally.failed += 1
      }
    }
  return tally
}

const completeStuck = (deps: UploadDeps, quietSince: Date): Promise<Tally> =>
  eachOf(
    (after) => deps.db.sql<{ id: string }[]>`
      select id from uploads
      where finished_at is null and not deferred and received_bytes = declared_bytes and declared_bytes > 0
        and expires_at < ${new Date(quietSince.getTime() + LIMITS.uploadAbandonedAfter * 1000)}
        and expires_at > ${deps.clock.now()} and id > ${after}
      order by id limit ${BATCH}`,
    async (id) => {
      const upload = await readUpload(deps, id)
      return upload !== undefined && completeUpload(deps, upload)
    },
  )

/** Uploads that became whole for a filing that waits for them; a kill fell before they joined it. */
const joinStuck = (deps: UploadDeps): Promise<Tally> =>
  eachOf(
    (after) => deps.db.sql<{ id: string }[]>`
      select u.id from uploads u join arriving_media a on a.upload_id = u.id
      where a.arrived_at is null and u.finished_at is not null and u.claimed_by is null and u.id > ${after}
      order by u.id limit ${BATCH}`,
    async (id) => {
      await joinArrived(deps, id)
      return true
    },
  )

/** The bytes first, then the row: what a kill leaves between the two is found again by the row. */
const removeUpload = async (deps: UploadDeps, id: string): Promise<boolean> => {
  const upload = await readUpload(deps, id)
  if (upload === undefined || upload.claimedBy !== null) return false
  await deps.store.delete(upload.objectKey)
  await clearStaging(deps, upload, await segmentsOf(deps, id))
  await deps.db.sql`delete from uploads where id = ${id} and claimed_by is null`
  return true
}

const removeAbandoned = (deps: UploadDeps): Promise<Tally> =>
  eachOf(
    (after) => deps.db.sql<{ id: string }[]>`
      select u.id from uploads u left join drafts d on d.id = u.draft_id and u.finished_at is not null
      where u.claimed_by is null and greatest(u.expires_at, d.expires_at) < ${before(deps, GRACE_SECONDS)}
        and u.id > ${after}
      order by u.id limit ${BATCH}`,
    (id) => removeUpload(deps, id),
  )

/** A filing's uploads are known for as long as a client may repeat it; then the media asset alone speaks for the object. */
const forgetClaimed = (deps: UploadDeps) => deps.db.sql`
  delete from uploads where claimed_by is not null and expires_at < ${before(deps, LIMITS.draftLife)}`

const clearFinished = (deps: UploadDeps): Promise<Tally> =>
  eachOf(
    (after) => deps.db.sql<{ id: string }[]>`
      select distinct u.id from uploads u join upload_segments s on s.upload_id = u.id
      where u.finished_at is not null and u.id > ${after} order by u.id limit ${BATCH}`,
    async (id) => {
      await clearStaging(deps, { id }, await segmentsOf(deps, id))
      return true
    },
  )

const clearStrays = async (deps: UploadDeps): Promise<Tally> => {
  const tally = { done: 0, failed: 0 }
  for await (const id of deps.staging.kept()) {
    const upload = await readUpload(deps, id)
    if (upload !== undefined && upload.finishedAt === null) continue
    await deps.staging.remove({ id }, [])
    tally.done += 1
  }
  return tally
}

/**
 * Ends what uploads left undone: completes full ones (after a quiet minute), removes abandoned ones an hour after their
 * time, forgets claimed ones, clears leftovers. May run anywhere, as often as wished, on several machines at once.
 */
export const sweepUploads = async (deps: UploadDeps): Promise<UploadSweep> => {
  const stuck = await completeStuck(deps, before(deps, 60))
  const late = await joinStuck(deps)
  const abandoned = await removeAbandoned(deps)
  await forgetClaimed(deps)
  const finished = await clearFinished(deps)
  const strays = await clearStrays(deps)
  return {
    completed: stuck.done,
    removed: abandoned.done,
    cleared: finished.done + strays.done,
    failed: stuck.failed + late.failed + abandoned.failed + finished.failed + strays.failed,
  }
}
