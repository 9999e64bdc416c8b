import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import type { MediaFlag, ProducedRendition } from '../src/core/media.ts'
import { mp4DurationMs } from './boxes.ts'
import { ffmpegArguments, type MediaTools, OUTPUT_LIMITS, type Output, runFfmpeg } from './ffmpeg.ts'
import { failure, lacks, type MediaJob, ORIGINAL, type Step, type StepResult } from './job.ts'
import { RENDITION_SIZES } from './limits.ts'
import type { Probe, VideoStream } from './probe.ts'
import type { ToolResult } from './sandbox.ts'
import { failureOf, isShortened } from './transcode.ts'
import { NO_METADATA } from './transcode-audio.ts'

const PLAYBACK = 'playback.mp4'
const POSTER = 'poster.jpg'

export interface Size {
  readonly width: number
  readonly height: number
}

/** How a film becomes playable everywhere. */
export interface VideoPlan {
  /** `copy`: the coded pictures are taken over as they are; only the container is written anew. */
  readonly way: 'copy' | 'veryfast' | 'ultrafast'
  readonly size: Size
  readonly sound: 'copy' | 'encode' | 'none'
  readonly framesPerSecond: number | undefined
}

/** The film as a person sees it. */
export const uprightSize = ({ width, height, rotation }: VideoStream): Size =>
  rotation % 180 === 0 ? { width, height } : { width: height, height: width }

const even = (pixels: number): number => Math.max(2, Math.round(pixels / 2) * 2)

const fitted = ({ width, height }: Size, short: number, long: number): Size => {
  const scale = Math.min(1, short / Math.min(width, height), long / Math.max(width, height))
  return { width: even(width * scale), height: even(height * scale) }
}

const PLAIN_PROFILES = ['Constrained Baseline', 'Baseline', 'Main', 'High']

/** H.264 that every browser and phone of the last decade decodes. */
const isPlain = (video: VideoStream): boolean =>
  video.codec === 'h264' &&
  PLAIN_PROFILES.includes(video.profile) &&
  ['yuv420p', 'yuvj420p'].includes(video.pixelFormat) &&
  video.rotation === 0 &&
  video.squarePixels

const fits = ({ width, height }: Size): boolean =>
  Math.min(width, height) <= RENDITION_SIZES.videoShortSide &&
  Math.max(width, height) <= RENDITION_SIZES.videoLongSide

/** Source pixels a second on two cores, from 1080p to 720p, halved for a busy machine. */
const PACE = { veryfast: 150e6, ultrafast: 210e6 } as const
/** Of the job's 120 s; the rest is for reading, probing, storing. */
const ENCODING_SECONDS = 90
const FRAMES_PER_SECOND = 30

const soundOf = (probe: Probe): VideoPlan['sound'] => {
  if (probe.audio === undefined || probe.audio.codec === 'unknown') return 'none'
  return probe.audio.codec === 'aac' && ['LC', ''].includes(probe.audio.profile) ? 'copy' : 'encode'
}

/**
 * Decides how to make a film playable within the job's time: a stream copy when it already is, else the preset that
 * gives small files (ultrafast is a quarter faster and six times as large), the fast one for long films, and for very
 * long ones a copy of plain H.264 at its own size, or a small picture.
 */
export const planVideo = (probe: Probe, video: VideoStream): VideoPlan => {
  const upright = uprightSize(video)
  const sound = soundOf(probe)
  if (isPlain(video) && fits(upright))
    return { way: 'copy', size: upright, sound, framesPerSecond: undefined }
  const rate = video.framesPerSecond > 0 && video.framesPerSecond < 1000 ? video.framesPerSecond : 30
  const work = upright.width * upright.height * rate * ((probe.durationMs ?? 0) / 1000)
  const size = fitted(upright, RENDITION_SIZES.videoShortSide, RENDITION_SIZES.videoLongSide)
  const framesPerSecond = rate > FRAMES_PER_SECOND + 1 ? FRAMES_PER_SECOND : undefined
  if (work <= PACE.veryfast * ENCODING_SECONDS) return { way: 'veryfast', size, sound, framesPerSecond }
  if (work <= PACE.ultrafast * ENCODING_SECONDS) return { way: 'ultrafast', size, sound, framesPerSecond }
  if (isPlain(video)) return { way: 'copy', size: upright, sound, framesPerSecond: undefined }
  return { way: 'ultrafast', size: fitted(upright, 360, 640), sound, framesPerSecond: 15 }
}

const pictureOptions = (plan: VideoPlan): string[] => {
  // SEI units may hold what a camera wrote about place and owner: they go, as the container's tags do.
  if (plan.way === 'copy') return ['-c:v', 'copy', '-bsf:v', 'filter_units=remove_types=6']
  const rate = plan.framesPerSecond === undefined ? [] : [`fps=${plan.framesPerSecond}`]
  const filters = [...rate, `scale=${plan.size.width}:${plan.size.height}`, 'setsar=1'].join(',')
  return [
    ...[
      '-vf',
      filters,
      '-c:v',
      'libx264',
      '-preset',
      plan.way,
      '-crf',
      plan.way === 'veryfast' ? '25' : '28',
    ],
    ...['-pix_fmt', 'yuv420p', '-profile:v', 'high', '-threads', '2'],
  ]
}

const SOUND_OPTIONS = {
  none: ['-an'],
  copy: ['-map', '0:a:0', '-c:a', 'copy'],
  encode: ['-map', '0:a:0', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
} as const

const playbackOutput = (plan: VideoPlan): Output => ({
  file: PLAYBACK,
  options: [
    ...['-map', '0:v:0', ...pictureOptions(plan), ...SOUND_OPTIONS[plan.sound], ...NO_METADATA],
    ...['-max_muxing_queue_size', '1024', '-movflags', '+faststart', ...OUTPUT_LIMITS],
  ],
})

/** Past a black first frame, where the film is long enough. */
const posterAt = (probe: Probe): string =>
  probe.durationMs === undefined ? '0' : Math.min(1, probe.durationMs / 2000).toFixed(2)

/**
 * One picture. `from` drops the pictures before that second ahead of scaling; an output option `-ss` would scale every
 * picture of the film a second time, a fifth more work.
 */
const posterOptions = (size: Size, from = '0'): string[] => {
  const { width, height } = fitted(size, RENDITION_SIZES.poster, RENDITION_SIZES.poster)
  const filters = `select='isnan(prev_selected_t)*gte(t,${from})',scale=${width}:${height},setsar=1`
  return [
    ...['-map', '0:v:0', '-an', ...NO_METADATA, '-frames:v', '1', '-vf', filters],
    ...['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '4', '-f', 'image2'],
  ]
}

/** Arguments of the run that makes the playable copy; when pictures are decoded anyway, the poster comes with it. */
export const videoArguments = (plan: VideoPlan, probe: Probe): string[] =>
  ffmpegArguments({ file: ORIGINAL }, [
    playbackOutput(plan),
    ...(plan.way === 'copy' ? [] : [{ file: POSTER, options: posterOptions(plan.size, posterAt(probe)) }]),
  ])

/** Arguments that take one picture without reading the film up to it. */
export const posterArguments = (plan: VideoPlan, probe: Probe): string[] =>
  ffmpegArguments({ file: ORIGINAL, options: ['-ss', posterAt(probe)] }, [
    { file: POSTER, options: posterOptions(plan.size) },
  ])

const renditionsOf = async (
  job: MediaJob,
  plan: VideoPlan,
  durationMs: number,
): Promise<ProducedRendition[]> => {
  const playback: ProducedRendition = {
    name: 'playback',
    path: path.join(job.folder, PLAYBACK),
    type: 'video/mp4',
    durationMs,
    ...plan.size,
  }
  const poster = path.join(job.folder, POSTER)
  const hasPoster = await stat(poster).then(
    ({ size }) => size > 0,
    () => false,
  )
  const posterSize = fitted(plan.size, RENDITION_SIZES.poster, RENDITION_SIZES.poster)
  return hasPoster
    ? [playback, { name: 'poster', path: poster, type: 'image/jpeg', ...posterSize }]
    : [playback]
}

const durationOf = async (file: string): Promise<number> => {
  try {
    await using handle = await open(file)
    return (await mp4DurationMs(handle)) ?? 0
  } catch {
    return 0
  }
}

const flagsOf = (probe: Probe, plan: VideoPlan, durationMs: number): MediaFlag[] => [
  ...(isShortened(probe.durationMs, durationMs) ? (['shortened'] as const) : []),
  ...(plan.sound === 'none' && probe.audio !== undefined ? (['no_sound'] as const) : []),
]

/**
 * Makes the playable copy by the plan. A stream that cannot be taken over after all (odd timestamps, a container that
 * lies about its coding) is encoded.
 */
const makePlayback = async (
  tools: MediaTools,
  job: MediaJob,
  probe: Probe,
  plan: VideoPlan,
): Promise<{ plan: VideoPlan; result: ToolResult }> => {
  const run = { cwd: job.folder, signal: job.signal }
  const result = await runFfmpeg(tools, videoArguments(plan, probe), run)
  if (result.ok || plan.way !== 'copy' || result.reason !== 'failed') return { plan, result }
  const encoding: VideoPlan = {
    ...plan,
    way: 'veryfast',
    sound: plan.sound === 'copy' ? 'encode' : plan.sound,
  }
  return { plan: encoding, result: await runFfmpeg(tools, videoArguments(encoding, probe), run) }
}

/** A film in any format → H.264/AAC MP4, upright, at most 720p, ready to stream, with a poster. */
export const videoStep = (tools: MediaTools): Step => ({
  name: 'video',
  appliesTo: ({ kind }, job) => kind === 'video' && lacks(job, 'playback'),
  run: async (job, { probe, flags }): Promise<StepResult> => {
    if (probe?.video === undefined) return failure('unreadable')
    if (probe.video.codec === 'unknown' || probe.video.width === 0) return failure('unsupported_codec')
    const wanted = planVideo(probe, probe.video)
    const { plan, result } = await makePlayback(tools, job, probe, wanted)
    if (!result.ok) return failure(failureOf(result))
    const durationMs = await durationOf(path.join(job.folder, PLAYBACK))
    if (durationMs === 0) return failure('unreadable')
    if (plan.way === 'copy')
      await runFfmpeg(tools, posterArguments(plan, probe), { cwd: job.folder, signal: job.signal })
    return {
      ok: true,
      found: {
        durationMs,
        ...uprightSize(probe.video),
        flags: [...flags, ...flagsOf(probe, plan, durationMs)],
      },
      renditions: await renditionsOf(job, plan, durationMs),
    }
  },
})
