import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Clock, NewId } from '../core/clock.ts'
import type { ObjectStore } from '../core/object-store.ts'
import { receiptContent } from '../core/receipt.ts'
import type { Database, Sql } from '../db/client.ts'
import { chanceOf } from './random.ts'

export interface SeedMediaDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly store: ObjectStore
  /** Runs ffmpeg with these arguments in a folder of its own; rejects when it fails. */
  readonly runFfmpeg: (args: readonly string[], signal: AbortSignal) => Promise<void>
  /** The real pipeline over one asset. */
  readonly processAsset: (assetId: string, signal: AbortSignal) => Promise<unknown>
  /** Where the clips are made; left empty. */
  readonly folder: string
}

interface Clip {
  readonly file: string
  readonly type: string
  /** ffmpeg's own sources: nothing of anybody is in the demo. */
  readonly args: readonly string[]
}

const film = (source: string): string[] => [
  ...['-f', 'lavfi', '-i', `${source}=size=480x270:rate=15`],
  ...['-f', 'lavfi', '-i', 'sine=frequency=330:duration=4'],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest'],
]
const sound = (expression: string, ...codec: string[]): string[] => [
  ...['-f', 'lavfi', '-i', `aevalsrc=${expression}:duration=5:sample_rate=16000`],
  ...codec,
]
const picture = (source: string): string[] => ['-f', 'lavfi', '-i', source, '-frames:v', '1']

/** Few clips, shown by many complaints: the objects are shared, the rows are not. */
const CLIPS: readonly Clip[] = [
  {
    file: 'message-vocal.ogg',
    type: 'audio/ogg',
    args: sound("'0.3*sin(2*PI*220*t)*abs(sin(3*t))'", '-c:a', 'libopus'),
  },
  {
    file: 'enregistrement.wav',
    type: 'audio/wav',
    args: sound("'0.2*sin(2*PI*(200+80*sin(2*t))*t)'"),
  },
  { file: 'rue.mp4', type: 'video/mp4', args: film('testsrc2') },
  {
    file: 'chantier.mp4',
    type: 'video/mp4',
    args: film('mandelbrot'),
  },
  { file: 'photo.jpg', type: 'image/jpeg', args: picture('gradients=size=1280x960:seed=7') },
  { file: 'facture.png', type: 'image/png', args: picture('smptebars=size=900x1200') },
]

interface Made extends Clip {
  readonly objectKey: string
  readonly sha256: string
  readonly bytes: number
}

const CLIP_LIMIT = 4 * 1024 * 1024
const CLIP_TIMEOUT_MS = 60_000

const makeClip = async (deps: SeedMediaDeps, clip: Clip, signal: AbortSignal): Promise<Made> => {
  const file = path.join(deps.folder, clip.file)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CLIP_TIMEOUT_MS)])
  await deps.runFfmpeg(['-y', '-nostdin', '-loglevel', 'error', ...clip.args, '-t', '5', file], limit)
  const put = await deps.store.put(`originals/${deps.newId()}`, createReadStream(file), {
    maxBytes: CLIP_LIMIT,
    signal: limit,
  })
  await fs.rm(file)
  if (!put.ok) throw new Error(`clip ${clip.file} is ${put.reason}`)
  const { key: objectKey, sha256, bytes } = put.object
  return { ...clip, objectKey, sha256, bytes }
}

interface Shown {
  readonly id: string
  readonly text: string
  readonly receivedAt: Date
}

const SEED = 1_444
/** One complaint in seven has a file. */
const SHARE = 7

/** The complaints that show a clip; the newest show each clip once, so a first look meets them all. */
const chooseComplaints = (sql: Sql) => sql<Shown[]>`
  select id, text, received_at as "receivedAt" from (
    select id, text, received_at, row_number() over (order by received_at desc, id) as nth
    from complaints where origin = 'seed'
  ) ranked where nth <= ${2 * CLIPS.length} or nth % ${SHARE} = 0 order by nth`

const insertAssets = async (
  { db }: SeedMediaDeps,
  shown: readonly Shown[],
  made: readonly Made[],
): Promise<void> => {
  const chance = chanceOf(SEED)
  const rows = shown.map(({ id, text, receivedAt }, nth) => {
    const clip = made[nth % made.length] as Made
    const media = [{ name: clip.file, bytes: clip.bytes, sha256: clip.sha256 }]
    return {
      id: chance.uuid(receivedAt),
      complaint_id: id,
      name: clip.file,
      declared_type: clip.type,
      bytes: clip.bytes,
      sha256: clip.sha256,
      object_key: clip.objectKey,
      created_at: receivedAt,
      content_sha256: createHash('sha256').update(receiptContent({ text, media })).digest('hex'),
    }
  })
  await db.sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (id uuid, complaint_id uuid, name text,
        declared_type text, bytes bigint, sha256 text, object_key text, created_at timestamptz, content_sha256 text)
    ), vouched as (
      update receipts set content_sha256 = given.content_sha256 from given
      where receipts.complaint_id = given.complaint_id and receipts.round = 1
    )
    insert into media_assets (id, complaint_id, position, name, declared_type, bytes, sha256, object_key, created_at, updated_at)
    select id, complaint_id, 1, name, declared_type, bytes, sha256, object_key, created_at, created_at from given`
}

/** What the pipeline found of one asset is true of every asset of the same bytes. */
const spreadFindings = async ({ db: { sql } }: SeedMediaDeps, samples: readonly string[]): Promise<void> => {
  await sql`
    update media_assets m set kind = s.kind, type = s.type, state = s.state, scan = s.scan, flags = s.flags, steps = s.steps,
      duration_ms = s.duration_ms, width = s.width, height = s.height, peaks = s.peaks, failure = s.failure
    from media_assets s where s.id = any(${samples as string[]}::uuid[]) and m.object_key = s.object_key and m.id <> s.id`
  await sql`
    insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, width, height, duration_ms, created_at)
    select gen_random_uuid(), m.id, r.name, r.type, r.bytes, r.sha256, r.object_key, r.width, r.height, r.duration_ms, m.created_at
    from renditions r join media_assets s on s.id = r.asset_id
    join media_assets m on m.object_key = s.object_key and m.id <> s.id
    where s.id = any(${samples as string[]}::uuid[])
    on conflict (asset_id, name) do nothing`
}

/** Makes the clips and shows them, unless an earlier run has. Gives how many complaints have one now. */
const showClips = async (deps: SeedMediaDeps, signal: AbortSignal): Promise<number> => {
  const { sql } = deps.db
  const [known] = await sql`
    select 1 from media_assets m join complaints c on c.id = m.complaint_id where c.origin = 'seed' limit 1`
  const shown = known === undefined ? await chooseComplaints(sql) : []
  if (shown.length === 0) return 0
  await fs.mkdir(deps.folder, { recursive: true })
  const made: Made[] = []
  for (const clip of CLIPS) made.push(await makeClip(deps, clip, signal))
  await insertAssets(deps, shown, made)
  return shown.length
}

/** One asset of each clip that is not through the pipeline yet. */
const waitingSamples = (sql: Sql) => sql<{ id: string }[]>`
  select distinct on (m.object_key) m.id from media_assets m join complaints c on c.id = m.complaint_id
  where c.origin = 'seed' and m.state in ('stored', 'processing') order by m.object_key, m.id`

/**
 * Gives some seeded complaints a recording, a film or a picture, made by ffmpeg and put through the real pipeline once a clip.
 * It takes some seconds and belongs after the start. A second run goes on where a killed one stopped, else changes nothing.
 */
export const seedMedia = async (deps: SeedMediaDeps, signal: AbortSignal): Promise<{ created: number }> => {
  const created = await showClips(deps, signal)
  const samples = (await waitingSamples(deps.db.sql)).map(({ id }) => id)
  for (const assetId of samples) await deps.processAsset(assetId, signal)
  if (samples.length > 0) await spreadFindings(deps, samples)
  return { created }
}
