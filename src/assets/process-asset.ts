import { createReadStream } from 'node:fs'
import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryResult, delivered, failed } from '../core/delivery.ts'
import {
  MEDIA_FAILURES,
  type MediaFailure,
  type MediaFindings,
  type MediaOutcome,
  type MediaPipeline,
  type MediaState,
  type ProducedRendition,
  type StepRecord,
} from '../core/media.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { DeliveryContext, Topics } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { mediaAssets, renditions, transcripts } from '../db/schema/index.ts'
import { mediaSettled } from '../referrals/media-settled.ts'

export interface ProcessAssetDeps {
  readonly db: Pick<Database, 'orm'>
  readonly store: ObjectStore
  readonly pipeline: MediaPipeline
  readonly clock: Clock
  readonly newId: NewId
}

type Asset = typeof mediaAssets.$inferSelect

/** A rendition is our own encoding and bounded where it is made; this only keeps a defect from filling the store. */
const RENDITION_LIMIT = 2 * 1024 ** 3

/**
 * Takes the asset into work. Undefined when nothing is to be done: erased, done already, or judged for good. A playable
 * asset whose transcript failed stays `ready` while it is tried again.
 */
const begin = async ({ db, clock }: ProcessAssetDeps, assetId: string): Promise<Asset | undefined> => {
  const [asset] = await db.orm
    .update(mediaAssets)
    .set({
      state: sql`case when ${mediaAssets.state} = 'ready' then 'ready' else 'processing' end`,
      updatedAt: clock.now(),
    })
    .where(
      and(
        eq(mediaAssets.id, assetId),
        or(
          inArray(mediaAssets.state, ['stored', 'processing']),
          and(eq(mediaAssets.state, 'ready'), isNotNull(mediaAssets.failure)),
        ),
      ),
    )
    .returning()
  return asset
}

const madeBefore = async ({ db }: ProcessAssetDeps, assetId: string): Promise<ReadonlySet<string>> => {
  const made = await db.orm
    .select({ name: renditions.name })
    .from(renditions)
    .where(eq(renditions.assetId, assetId))
  const spoken = await db.orm
    .select({ assetId: transcripts.assetId })
    .from(transcripts)
    .where(eq(transcripts.assetId, assetId))
  return new Set([...made.map(({ name }) => name), ...spoken.map(() => 'transcript')])
}

/** The columns of what is known; what a later run did not look at again keeps its value. */
const columnsOf = ({ kind, type, scan, flags, durationMs, width, height, peaks }: MediaFindings) => ({
  ...(kind && { kind }),
  ...(type && { type }),
  ...(scan && { scan }),
  ...(durationMs === undefined ? {} : { durationMs }),
  ...(width === undefined ? {} : { width }),
  ...(height === undefined ? {} : { height }),
  ...(peaks && { peaks: [...peaks] }),
  flags: [...flags],
})

/** Puts a copy into the store under a key of its own; the row that names it comes after. */
const storeRendition = async (
  { store, newId }: ProcessAssetDeps,
  rendition: ProducedRendition,
  signal: AbortSignal,
) => {
  const key = `renditions/${newId()}`
  const put = await store.put(key, createReadStream(rendition.path), { maxBytes: RENDITION_LIMIT, signal })
  if (!put.ok) throw new Error(`rendition ${rendition.name} is ${put.reason}`)
  return { rendition, object: put.object }
}
type StoredRendition = Awaited<ReturnType<typeof storeRendition>>

/** Records one step as one fact: findings, copies and transcript stand together or not at all. Gives the keys not needed. */
const recordStep = (
  { db, clock, newId }: ProcessAssetDeps,
  assetId: string,
  step: StepRecord,
  stored: readonly StoredRendition[],
): Promise<string[]> =>
  db.orm.transaction(async (tx) => {
    const now = clock.now()
    const note = JSON.stringify({ [step.step]: { at: now.toISOString(), tookMs: step.tookMs } })
    await tx
      .update(mediaAssets)
      .set({
        ...columnsOf(step.findings),
        steps: sql`${mediaAssets.steps} || ${note}::jsonb`,
        updatedAt: now,
      })
      .where(eq(mediaAssets.id, assetId))
    if (step.transcript)
      await tx
        .insert(transcripts)
        .values({ assetId, ...step.transcript, source: 'machine', createdAt: now })
        .onConflictDoNothing()
    const superfluous: string[] = []
    for (const { rendition, object } of stored) {
      const { path: _, ...described } = rendition
      const { key: objectKey, bytes, sha256 } = object
      const row = { id: newId(), assetId, ...described, objectKey, bytes, sha256, createdAt: now }
      const inserted = await tx.insert(renditions).values(row).onConflictDoNothing().returning()
      if (inserted.length === 0) superfluous.push(objectKey)
    }
    return superfluous
  })

const keepStep = async (
  deps: ProcessAssetDeps,
  assetId: string,
  step: StepRecord,
  signal: AbortSignal,
): Promise<void> => {
  const stored: StoredRendition[] = []
  for (const rendition of step.renditions) stored.push(await storeRendition(deps, rendition, signal))
  // Another worker was as far with the same asset: its copies stand, ours go.
  for (const key of await recordStep(deps, assetId, step, stored)) await deps.store.delete(key)
}

/** Where an outcome leaves the asset. What may fare better later goes back to `stored`, with its reason shown. */
const stateAfter = ({ failure, playable }: Pick<MediaOutcome, 'failure' | 'playable'>): MediaState => {
  if (playable) return 'ready'
  if (failure === 'infected') return 'blocked'
  return failure !== undefined && MEDIA_FAILURES[failure].retry ? 'stored' : 'failed'
}

/** The end of one run is one fact: how the asset stands, and that the bodies which have the complaint are to hear of it. */
const settle = async (
  { db, clock, newId }: ProcessAssetDeps,
  asset: Asset,
  outcome: Pick<MediaOutcome, 'failure' | 'playable'>,
): Promise<void> => {
  const state = asset.state === 'ready' && outcome.failure === 'interrupted' ? 'ready' : stateAfter(outcome)
  const now = clock.now()
  await db.orm.transaction(async (tx) => {
    await tx
      .update(mediaAssets)
      .set({ state, failure: outcome.failure ?? null, updatedAt: now })
      .where(eq(mediaAssets.id, asset.id))
    await mediaSettled(tx, { now, newId, actor: 'gateway' }, asset.complaintId)
  })
}

const answerOf = (failure: MediaFailure | undefined): DeliveryResult =>
  failure !== undefined && MEDIA_FAILURES[failure].retry
    ? failed({ code: failure, message: MEDIA_FAILURES[failure].says, retryable: true })
    : delivered()

/**
 * Handler of `media.process`: runs the pipeline over one asset, outside any transaction, and keeps what it makes. The
 * original is only read. A file that cannot be played is an answer, noted on the asset, not a failed delivery; a scanner,
 * transcriber or store that is away is a failed delivery, tried again. May run twice over the same asset at once.
 */
export const processAsset = async (
  deps: ProcessAssetDeps,
  { assetId }: Topics['media.process'],
  { signal }: Pick<DeliveryContext, 'signal'>,
): Promise<DeliveryResult> => {
  const asset = await begin(deps, assetId)
  if (asset === undefined) return delivered()
  const { declaredType, sha256, objectKey, ofAnswer: isAnswer } = asset
  const made = await madeBefore(deps, assetId)
  try {
    const outcome = await deps.pipeline.process(
      { assetId, declaredType, sha256, made, isAnswer, open: () => deps.store.get(objectKey) },
      (step) => keepStep(deps, assetId, step, signal),
      signal,
    )
    await settle(deps, asset, outcome)
    return answerOf(outcome.failure)
  } catch (error) {
    await settle(deps, asset, { failure: 'interrupted', playable: false })
    if (signal.aborted) return answerOf('interrupted')
    throw error
  }
}
