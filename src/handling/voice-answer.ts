import type { Readable } from 'node:stream'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import type { ObjectStore } from '../core/object-store.ts'
import { mediaAssets } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { dropRecording } from '../referrals/drop-unsent.ts'
import { actUpon, type Handled, type HandlingDeps } from './holding.ts'

/** An answer as an official speaks it. */
export interface Spoken {
  readonly body: Readable
  /** As its sender declares it: a claim, looked at by the pipeline. */
  readonly type: string
}

/** It stands behind whatever the citizen sent in the round. */
const POSITION = 1_000

/**
 * Keeps a spoken answer beside the one that is being written; nobody hears it before the answer is given. A new one takes the
 * place of the one before, whose bytes the sweep of orphans takes away. Throws `file_empty`, `file_too_large` and `conflict`.
 */
export const recordVoiceAnswer = async (
  deps: HandlingDeps & { readonly store: Pick<ObjectStore, 'put' | 'delete'> },
  handled: Handled,
  { body, type }: Spoken,
): Promise<void> => {
  const key = `originals/${deps.newId()}`
  const put = await deps.store.put(key, body, { maxBytes: LIMITS.answerVoiceBytes })
  if (!put.ok) throw new AppError('file_too_large')
  const { bytes, sha256 } = put.object
  const keep = actUpon(deps, handled, async (tx, act, { complaint }) => {
    if (bytes === 0) throw new AppError('file_empty')
    await dropRecording(tx, complaint)
    const assetId = act.newId()
    await tx.insert(mediaAssets).values({
      id: assetId,
      complaintId: complaint.id,
      round: complaint.round,
      position: POSITION,
      name: `answer-${complaint.round}`,
      declaredType: type,
      bytes,
      sha256,
      objectKey: key,
      state: 'stored',
      scan: 'pending',
      flags: [],
      steps: {},
      ofAnswer: true,
      createdAt: act.now,
      updatedAt: act.now,
    })
    await appendMessages(tx, act, [
      {
        topic: 'media.process',
        key: 'media',
        payload: { assetId },
        dedupeKey: `media:${assetId}`,
        complaintId: complaint.id,
      },
    ])
  })
  await keep.catch(async (error: unknown) => {
    await deps.store.delete(key)
    throw error
  })
}

/** The answer goes out without the recording. */
export const dropVoiceAnswer = (deps: HandlingDeps, handled: Handled): Promise<void> =>
  actUpon(deps, handled, async (tx, _act, { complaint }) => {
    await dropRecording(tx, complaint)
  })
