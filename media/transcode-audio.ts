import { stat } from 'node:fs/promises'
import path from 'node:path'
import { ffmpegArguments, type Input, type MediaTools, OUTPUT_LIMITS, runFfmpeg } from './ffmpeg.ts'
import { failure, lacks, ORIGINAL, type Step } from './job.ts'
import { RENDITION_SIZES } from './limits.ts'
import { collectPeaks, PEAK_RATE } from './peaks.ts'
import { failureOf, isShortened } from './transcode.ts'

const PLAYBACK = 'playback.m4a'

/**
 * Loudness is levelled by dynaudnorm: a whisper becomes audible and a shout does not clip, at a tenth of the cost of
 * loudnorm (3 min of voice: 0.1 s more against 2.6 s), which resamples everything to 192 kHz.
 */
const LEVEL = 'dynaudnorm=f=500:g=15:p=0.7:m=20'
/** Keeps mono mono and telephone sound narrow; folds anything wider to stereo at 48 kHz. */
const SHAPE = 'aformat=sample_rates=16000|24000|32000|44100|48000:channel_layouts=mono|stereo'

/** What stands on the output side of every rendition: nothing of the original's description survives (GPS, serials, names). */
export const NO_METADATA = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'] as const

/** Arguments that make the playable copy of a recording and, from the same decoding, the raw sound of its waveform. */
export const audioArguments = (input: Input = { file: ORIGINAL }): string[] =>
  ffmpegArguments(input, [
    {
      file: PLAYBACK,
      options: [
        ...['-map', '0:a:0', '-vn', ...NO_METADATA, '-af', `${LEVEL},${SHAPE}`],
        ...['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart', ...OUTPUT_LIMITS],
      ],
    },
    {
      file: 'pipe:1',
      options: ['-map', '0:a:0', '-vn', '-ac', '1', '-ar', String(PEAK_RATE), '-f', 's16le'],
    },
  ])

/** Sound in any format → AAC in m4a, levelled, with the peaks of its waveform, in one pass. */
export const audioStep = (tools: MediaTools): Step => ({
  name: 'audio',
  appliesTo: ({ kind }, job) => kind === 'audio' && lacks(job, 'playback'),
  run: async (job, { probe, flags, type }) => {
    if (probe?.audio?.codec === 'unknown') return failure('unsupported_codec')
    const waveform = collectPeaks()
    const result = await runFfmpeg(tools, audioArguments(), {
      cwd: job.folder,
      signal: job.signal,
      onOutput: waveform.write,
    })
    if (!result.ok) return failure(failureOf(result))
    const { peaks, durationMs } = waveform.finish(RENDITION_SIZES.peaks)
    const file = path.join(job.folder, PLAYBACK)
    if (durationMs === 0 || (await stat(file)).size === 0) return failure('unreadable')
    return {
      ok: true,
      found: {
        durationMs,
        peaks,
        flags: isShortened(probe?.durationMs, durationMs, type ?? '') ? [...flags, 'shortened'] : flags,
      },
      renditions: [{ name: 'playback', path: file, type: 'audio/mp4', durationMs }],
    }
  },
})
