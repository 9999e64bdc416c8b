import { Readable } from 'node:stream'
import { and, eq, max } from 'drizzle-orm'
import type { Clock, NewId } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { TextLocale } from '../../core/locale.ts'
import type { ObjectStore } from '../../core/object-store.ts'
import type { Database } from '../../db/client.ts'
import { voiceClips } from '../../db/schema/index.ts'

export interface ClipDeps {
  readonly db: Pick<Database, 'orm'>
  readonly store: ObjectStore
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewClip {
  readonly language: TextLocale
  readonly key: string
  /** What was read aloud: the words of today's script. */
  readonly text: string
  readonly type: 'audio/mpeg' | 'audio/wav'
  readonly durationMs: number | null
  readonly source: 'human' | 'synthetic'
  readonly bytes: Uint8Array
}

/** The longest prompt is the 40 s on data protection; this is minutes of sound. */
const CLIP_BYTES = 5 * 1024 * 1024

const nextVersion = async ({ db }: ClipDeps, { language, key }: NewClip): Promise<number> => {
  const [last] = await db.orm
    .select({ version: max(voiceClips.version) })
    .from(voiceClips)
    .where(and(eq(voiceClips.language, language), eq(voiceClips.key, key)))
  // The clips that come with the house have low versions; what an operator puts stands above them.
  return Math.max(last?.version ?? 0, 1_000) + 1
}

/** An operator puts a recording in place of synthesis, or of an older recording, which is kept. Throws `file_too_large`. */
export const putClip = async (deps: ClipDeps, clip: NewClip): Promise<{ readonly version: number }> => {
  const { bytes, ...facts } = clip
  const put = await deps.store.put(`originals/${deps.newId()}`, Readable.from([Buffer.from(bytes)]), {
    maxBytes: CLIP_BYTES,
  })
  if (!put.ok) throw new AppError('file_too_large')
  const version = await nextVersion(deps, clip)
  const { key: objectKey, sha256, bytes: size } = put.object
  await deps.db.orm
    .insert(voiceClips)
    .values({ ...facts, version, bytes: size, sha256, objectKey, putAt: deps.clock.now() })
  return { version }
}

/** The clips that operators have put, all versions. */
export const readClips = ({ db }: Pick<ClipDeps, 'db'>) => db.orm.select().from(voiceClips)
