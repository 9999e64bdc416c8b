import { stat } from 'node:fs/promises'
import path from 'node:path'
import { ffmpegArguments, type MediaTools, runFfmpeg } from './ffmpeg.ts'
import { failure, lacks, ORIGINAL, type Step } from './job.ts'
import { failureOf } from './transcode.ts'
import { LEVEL, NO_METADATA } from './transcode-audio.ts'

const NOTE = 'note.ogg'

/** WhatsApp shows the play icon up to this size; above it, a file to be downloaded (ux G28). */
const MOST_BYTES = 512 * 1024
/** Bits per second, from clear to barely: speech stays speech in Opus down to the last. */
const RATES = [32_000, 24_000, 16_000, 12_000, 8_000, 6_000]
/** From here on the cheap levelling does as well. */
const LONG_MS = 2 * 60_000
/** Ogg pages and Opus headers beside the sound itself. */
const OVERHEAD = 1.12

/** The best rate at which so long a recording stays small enough; undefined: it does not. */
export const rateFor = (durationMs: number): number | undefined =>
  RATES.find((rate) => (rate / 8) * (durationMs / 1000) * OVERHEAD <= MOST_BYTES)

/** A body's spoken answer as messengers play it: Opus in Ogg, small. One that is too long has none, and is heard where it is tracked. */
export const voiceNoteStep = (tools: MediaTools): Step => ({
  name: 'voice_note',
  optional: true,
  appliesTo: ({ kind }, job) => job.isAnswer && kind === 'audio' && lacks(job, 'voice_note'),
  run: async (job, { durationMs = 0 }) => {
    const rate = rateFor(durationMs)
    if (rate === undefined || durationMs === 0) return { ok: true }
    const sound = [
      ...['-map', '0:a:0', '-vn', ...NO_METADATA],
      ...['-af', LEVEL[durationMs > LONG_MS ? 'long' : 'short'], '-ac', '1', '-ar', '48000'],
    ]
    const options = [...sound, ...['-c:a', 'libopus', '-application', 'voip', '-b:a', String(rate)]]
    const result = await runFfmpeg(tools, ffmpegArguments({ file: ORIGINAL }, [{ file: NOTE, options }]), {
      cwd: job.folder,
      signal: job.signal,
    })
    if (!result.ok) return failure(failureOf(result))
    const file = path.join(job.folder, NOTE)
    const { size } = await stat(file)
    const note = { name: 'voice_note' as const, path: file, type: 'audio/ogg', durationMs }
    return { ok: true, renditions: size > 0 && size <= MOST_BYTES ? [note] : [] }
  },
})
