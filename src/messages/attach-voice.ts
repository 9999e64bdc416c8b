import type { ObjectStore } from '../core/object-store.ts'
import type { Database } from '../db/client.ts'

/** A mail carries this much sound; a longer answer is heard where it is tracked. */
const MOST_BYTES = 5 * 1024 * 1024
/** A recording that is still being made playable is waited for this long; the words do not wait longer for it. */
const PATIENCE_MS = 3 * 60_000

interface VoiceDeps {
  readonly db: Pick<Database, 'sql'>
  readonly store: Pick<ObjectStore, 'get'>
}

export interface SpokenAnswer {
  readonly isAwaited: boolean
  /** Key of the playable copy; null where there is none, or none that a mail may carry. */
  readonly key: string | null
}

/** How the answer of a complaint's round was spoken; undefined: it was not. `now` decides whether it is still waited for. */
export const readSpokenAnswer = async (
  { db }: VoiceDeps,
  asked: { readonly complaintId: string; readonly round: number },
  now: Date,
): Promise<SpokenAnswer | undefined> => {
  const [row] = await db.sql<SpokenAnswer[]>`
    select r.object_key as key, m.state in ('stored', 'processing') and m.failure is null
           and m.created_at > ${new Date(now.getTime() - PATIENCE_MS)} as "isAwaited"
    from given_answers g
    join media_assets m on m.complaint_id = g.from_id and m.round = g.from_round and m.of_answer
    left join renditions r on r.asset_id = m.id and r.name = 'playback' and r.bytes <= ${MOST_BYTES}
      and m.state = 'ready' and m.scan in ('clean', 'off')
    where g.complaint_id = ${asked.complaintId} and g.round = ${asked.round}`
  return row
}

/** The recording as a mail carries it; nothing where the store does not have it now. */
export const attachVoice = async (
  { store }: VoiceDeps,
  key: string | null | undefined,
  reference: string,
) => {
  const content = key == null ? undefined : await store.get(key)
  return content === undefined ? [] : [{ name: `${reference}.m4a`, type: 'audio/mp4', content }]
}
