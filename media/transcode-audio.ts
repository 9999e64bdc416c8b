import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { MediaFailure } from '../src/core/media.ts'
import { ffmpegArguments, type MediaTools, OUTPUT_LIMITS, runFfmpeg } from './ffmpeg.ts'
import { failure, lacks, ORIGINAL, type Step } from './job.ts'
import { RENDITION_SIZES } from './limits.ts'
import { collectPeaks, PEAK_RATE } from './peaks.ts'
import { askProbe, type Probe } from './probe.ts'
import { failureOf, isShortened } from './transcode.ts'

const PLAYBACK = 'playback.m4a'

/**
 * EBU R128: a whisper and a shout come out at the same loudness, unclipped, whatever the length (3 min of voice: 4.1 s,
 * 1.5 s without). A long recording takes the cheap dynaudnorm, which does nothing at all within its first seconds.
 */
export const LEVEL = {
  short: 'loudnorm=I=-16:TP=-1.5:LRA=11',
  long: 'dynaudnorm=f=500:g=15:p=0.7:m=20',
} as const
const LONG_MS = 20 * 60_000
/** A file below this size is taken for short without asking: 20 min of telephone sound, 8 min of a messenger's. */
const SURELY_SHORT_BYTES = 2 * 1024 * 1024
/** Mono stays mono; anything wider is folded to stereo. */
const SHAPE = 'aformat=sample_rates=48000:channel_layouts=mono|stereo'

/** What stands on the output side of every rendition: nothing of the original's description survives (GPS, serials, names). */
export const NO_METADATA = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'] as const

/** Arguments that make the playable copy of a recording and, from the same decoding, the raw sound of its waveform. */
export const audioArguments = (length: keyof typeof LEVEL): string[] =>
  ffmpegArguments({ file: ORIGINAL }, [
    {
      file: PLAYBACK,
      options: [
        ...['-map', '0:a:0', '-vn', ...NO_METADATA, '-af', `${LEVEL[length]},${SHAPE}`],
        ...['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart', ...OUTPUT_LIMITS],
      ],
    },
    {
      file: 'pipe:1',
      options: ['-map', '0:a:0', '-vn', '-ac', '1', '-ar', String(PEAK_RATE), '-f', 's16le'],
    },
  ])

const announcedMs = (asked: Probe | MediaFailure): number | undefined =>
  typeof asked === 'string' ? undefined : asked.durationMs

/** Sound in any format → AAC in m4a, levelled, with the peaks of its waveform, in one pass. */
export const audioStep = (tools: MediaTools): Step => ({
  name: 'audio',
  appliesTo: ({ kind }, job) => kind === 'audio' && lacks(job, 'playback'),
  run: async (job, { probe: known, flags, type }) => {
    const waveform = collectPeaks()
    // For a voice note the announced length is only compared afterwards: ffprobe runs on the other core meanwhile.
    const asking = known ?? askProbe(tools, job)
    const isLong = job.bytes > SURELY_SHORT_BYTES && (announcedMs(await asking) ?? 0) > LONG_MS
    const [asked, result] = await Promise.all([
      asking,
      runFfmpeg(tools, audioArguments(isLong ? 'long' : 'short'), {
        cwd: job.folder,
        signal: job.signal,
        onOutput: waveform.write,
      }),
    ])
    if (!result.ok) return failure(failureOf(result))
    const { peaks, durationMs } = waveform.finish(RENDITION_SIZES.peaks)
    const file = path.join(job.folder, PLAYBACK)
    if (durationMs === 0 || (await stat(file)).size === 0) return failure('unreadable')
    return {
      ok: true,
      found: {
        durationMs,
        peaks,
        flags: isShortened(announcedMs(asked), durationMs, type ?? '') ? [...flags, 'shortened'] : flags,
      },
      renditions: [{ name: 'playback', path: file, type: 'audio/mp4', durationMs }],
    }
  },
})
