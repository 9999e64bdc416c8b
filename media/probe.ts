import type { MediaFailure } from '../src/core/media.ts'
import { inputGuards, type MediaTools } from './ffmpeg.ts'
import { failure, type MediaJob, ORIGINAL, type Step } from './job.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { runTool } from './sandbox.ts'

export interface VideoStream {
  readonly codec: string
  readonly profile: string
  readonly pixelFormat: string
  /** As stored; `rotation` turns them upright. */
  readonly width: number
  readonly height: number
  /** Degrees, counted clockwise, one of 0, 90, 180, 270. */
  readonly rotation: number
  readonly squarePixels: boolean
  readonly framesPerSecond: number
}
export interface AudioStream {
  /** `unknown` when this build cannot read it. */
  readonly codec: string
  readonly profile: string
}
export interface Probe {
  /** As the container announces it; absent in a live webm. */
  readonly durationMs: number | undefined
  readonly video: VideoStream | undefined
  readonly audio: AudioStream | undefined
}

interface RawStream {
  codec_type?: string
  codec_name?: string
  profile?: string
  pix_fmt?: string
  width?: number
  height?: number
  sample_aspect_ratio?: string
  avg_frame_rate?: string
  disposition?: { attached_pic?: number }
  tags?: { rotate?: string }
  side_data_list?: { rotation?: number }[]
}
interface RawProbe {
  streams?: RawStream[]
  format?: { duration?: string }
}

const ratio = (text: string | undefined): number => {
  const [over = 0, under = 1] = (text ?? '').split(/[:/]/).map(Number)
  return under === 0 ? 0 : over / under
}

/** Newer builds tell the display matrix, counted anticlockwise; the build of 2018 a `rotate` tag, clockwise. */
const rotationOf = (stream: RawStream): number => {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation
  const clockwise = matrix === undefined ? Number(stream.tags?.rotate ?? 0) : -matrix
  return (((Math.round(clockwise / 90) * 90) % 360) + 360) % 360
}

const isSquare = (sampleAspect: string | undefined): boolean =>
  sampleAspect === undefined || ['1:1', '0:1', 'N/A'].includes(sampleAspect)

const videoOf = (streams: readonly RawStream[]): VideoStream | undefined => {
  // The cover picture of a song is a "video" of one frame.
  const stream = streams.find((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1)
  return (
    stream && {
      codec: stream.codec_name ?? 'unknown',
      profile: stream.profile ?? '',
      pixelFormat: stream.pix_fmt ?? '',
      width: stream.width ?? 0,
      height: stream.height ?? 0,
      rotation: rotationOf(stream),
      squarePixels: isSquare(stream.sample_aspect_ratio),
      framesPerSecond: ratio(stream.avg_frame_rate),
    }
  )
}

const audioOf = (streams: readonly RawStream[]): AudioStream | undefined => {
  const stream = streams.find((s) => s.codec_type === 'audio')
  return stream && { codec: stream.codec_name ?? 'unknown', profile: stream.profile ?? '' }
}

/** Reads ffprobe's JSON. Undefined when it is none, or cut off at the limit. */
export const readProbe = (json: string): Probe | undefined => {
  try {
    const { streams = [], format } = JSON.parse(json) as RawProbe
    const seconds = Number(format?.duration)
    return {
      durationMs: seconds > 0 ? Math.round(seconds * 1000) : undefined,
      video: videoOf(streams),
      audio: audioOf(streams),
    }
  } catch {
    return undefined
  }
}

const ENTRIES = [
  'format=duration',
  'stream=codec_type,codec_name,profile,pix_fmt,width,height,sample_aspect_ratio,avg_frame_rate',
  'stream_disposition=attached_pic',
  'stream_tags=rotate',
  'stream_side_data=rotation',
].join(':')

const probeArguments = [
  '-v',
  'error',
  ...inputGuards(),
  '-max_pixels',
  String(MEDIA_LIMITS.framePixels),
  '-of',
  'json',
  '-show_entries',
  ENTRIES,
  '-i',
  `file:${ORIGINAL}`,
]

/** What both builds say when a frame is beyond `-max_pixels`. */
const TOO_LARGE = /exceeds specified max pixel count/

/** Asks ffprobe what a recording holds, or gives why it cannot be told. */
export const askProbe = async (
  tools: MediaTools,
  job: Pick<MediaJob, 'folder' | 'signal'>,
): Promise<Probe | MediaFailure> => {
  const result = await runTool(tools.sandbox, {
    program: tools.ffprobe,
    args: probeArguments,
    cwd: job.folder,
    signal: job.signal,
  })
  if (!result.ok && result.reason !== 'failed')
    return result.reason === 'aborted' ? 'timed_out' : 'too_costly'
  if (TOO_LARGE.test(result.stderr)) return 'too_many_pixels'
  const probe = result.ok ? readProbe(result.stdout.toString('utf8')) : undefined
  return probe === undefined || (probe.video === undefined && probe.audio === undefined)
    ? 'unreadable'
    : probe
}

/** Settles whether a film is one, or sound alone, and how it is coded. */
export const probeStep = (tools: MediaTools): Step => ({
  name: 'probe',
  appliesTo: ({ kind }) => kind === 'video',
  run: async (job, { type }) => {
    const probe = await askProbe(tools, job)
    if (typeof probe === 'string') return failure(probe)
    if (probe.video !== undefined) return { ok: true, found: { probe } }
    const audioType = type?.replace(/^video\//, 'audio/')
    return {
      ok: true,
      found: { probe, kind: 'audio', ...(audioType === undefined ? {} : { type: audioType }) },
    }
  },
})
