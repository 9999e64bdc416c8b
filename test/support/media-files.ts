import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { ffmpeg } from './media.ts'

/** A tone that swells and fades, so that the waveform has a shape. */
const VOICE = 'sine=440:d=3,volume=0.5'
const FILM = 'testsrc2=s=640x360:r=25:d=3'

/** AMR narrow-band by hand, because Debian's ffmpeg only reads it: a header, then 20 ms frames of 12.2 kbit/s. */
export const amr = (frames = 100): Buffer => {
  const frame = (n: number) => {
    const body = Buffer.alloc(32)
    body[0] = 0x3c
    for (let at = 1; at < 32; at += 1) body[at] = (n * 31 + at * 57) & 0xff
    return body
  }
  return Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: frames }, (_, n) => frame(n))])
}

/** What phones and browsers send, made by ffmpeg in a folder. */
const make =
  (name: string, ...args: string[]) =>
  (folder: string): Buffer => {
    const file = path.join(folder, name)
    ffmpeg(...args, file)
    return fs.readFileSync(file)
  }
const sound = (name: string, ...args: string[]) => make(name, '-f', 'lavfi', '-i', VOICE, ...args)
const film = (name: string, ...args: string[]) =>
  make(name, '-f', 'lavfi', '-i', FILM, '-f', 'lavfi', '-i', VOICE, ...args)

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'] as const

/** A film as if recorded while it was sent: no duration and no index. */
const liveWebm = film('live.webm', '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', '-live', '1')

/** A phone held upright: stored lying, with a matrix that turns it. Debian's ffmpeg writes it from this tag. */
const rotated = (folder: string): Buffer => {
  const lying = path.join(folder, 'lying.mov')
  fs.writeFileSync(lying, film('lying0.mov', ...H264)(folder))
  return make('rotated.mov', '-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=90')(folder)
}

export interface MediaCase {
  readonly label: string
  readonly declared: string
  readonly bytes: (folder: string) => Buffer
}

export const SOUNDS: readonly MediaCase[] = [
  { label: 'AMR of a phone', declared: 'audio/amr', bytes: () => amr() },
  {
    label: 'Ogg/Opus of a messenger',
    declared: 'audio/ogg; codecs=opus',
    bytes: sound('v.ogg', '-c:a', 'libopus'),
  },
  {
    label: 'WebM/Opus of a browser',
    declared: 'audio/webm;codecs=opus',
    bytes: sound('v.webm', '-c:a', 'libopus', '-live', '1'),
  },
  { label: 'CAF of an iPhone', declared: 'audio/x-caf', bytes: sound('v.caf', '-c:a', 'pcm_s16be') },
  {
    label: 'mu-law WAV of a recording provider',
    declared: 'audio/wav',
    bytes: sound('v.wav', '-c:a', 'pcm_mulaw', '-ar', '8000'),
  },
  { label: 'MP3', declared: 'audio/mpeg', bytes: sound('v.mp3') },
  { label: 'm4a of Safari', declared: 'audio/mp4', bytes: sound('v.m4a', '-c:a', 'aac') },
  {
    label: 'fragmented m4a',
    declared: 'audio/mp4',
    bytes: sound('f.mp4', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'),
  },
  { label: 'FLAC in stereo', declared: 'audio/flac', bytes: sound('v.flac', '-ac', '2') },
]

export interface FilmCase extends MediaCase {
  readonly size: { readonly width: number; readonly height: number }
  /** The coded pictures are taken over. */
  readonly copied?: true
}

const WIDE = { width: 640, height: 360 }
export const FILMS: readonly FilmCase[] = [
  {
    label: 'MP4 that plays everywhere',
    declared: 'video/mp4',
    bytes: film('a.mp4', ...H264),
    size: WIDE,
    copied: true,
  },
  {
    label: 'fragmented MP4',
    declared: 'video/mp4',
    bytes: film('f.mp4', ...H264, '-movflags', 'frag_keyframe+empty_moov+default_base_moof'),
    size: WIDE,
    copied: true,
  },
  { label: 'live WebM', declared: 'video/webm', bytes: liveWebm, size: WIDE },
  {
    label: '3GP of an old phone',
    declared: 'video/3gpp',
    bytes: film('a.3gp', '-c:v', 'mpeg4', '-s', '176x144', '-c:a', 'aac', '-ar', '16000'),
    size: { width: 176, height: 144 },
  },
  {
    label: 'HEVC MOV of an iPhone, 10 bit',
    declared: 'video/quicktime',
    bytes: film(
      'h.mov',
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p10le',
      '-tag:v',
      'hvc1',
      '-x265-params',
      'log-level=error',
      '-c:a',
      'aac',
    ),
    size: WIDE,
  },
  { label: 'rotated MOV', declared: 'video/quicktime', bytes: rotated, size: { width: 360, height: 640 } },
  {
    label: 'film without sound',
    declared: 'video/mp4',
    bytes: make('s.mp4', '-f', 'lavfi', '-i', FILM, '-c:v', 'libx264', '-pix_fmt', 'yuv420p'),
    size: WIDE,
    copied: true,
  },
  {
    label: '1080p at 60 pictures a second',
    declared: 'video/mp4',
    bytes: make('big.mp4', '-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=60:d=1', ...H264),
    size: { width: 1280, height: 720 },
  },
  {
    label: 'MJPEG AVI of a camera',
    declared: 'video/avi',
    bytes: film('a.avi', '-c:v', 'mjpeg', '-c:a', 'pcm_s16le'),
    size: WIDE,
  },
]

const crc = (bytes: Buffer): Buffer => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(zlib.crc32(bytes))
  return sum
}
const chunk = (type: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  return Buffer.concat([length, body, crc(body)])
}

/** A picture of a few kilobytes that unpacks to gigabytes. */
export const pngBomb = (side = 50_000): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.writeUInt8(8, 8)
  header.writeUInt8(2, 9)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(Buffer.alloc(8 * 1024 * 1024), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** 2 MB. */
export const longWav = make('long.wav', '-f', 'lavfi', '-i', 'sine=440:d=20:r=48000')

/** A WAV of one second whose header announces 13 hours. */
export const boastfulWav = (folder: string): Buffer => {
  const bytes = sound('boast.wav', '-t', '1', '-c:a', 'pcm_s16le', '-ar', '44100')(folder)
  const at = bytes.indexOf('data')
  bytes.writeUInt32LE(0xffff_fff0, at + 4)
  bytes.writeUInt32LE(0xffff_fff8, 4)
  return bytes
}

/** A transfer that broke off: the index stood at the end, so nothing can be read. */
export const truncatedMp4 = (folder: string): Buffer => {
  const bytes = film('whole.mp4', ...H264)(folder)
  return bytes.subarray(0, Math.floor(bytes.length * 0.6))
}

export const truncatedFastStart = (folder: string): Buffer => {
  const bytes = film('fast.mp4', ...H264, '-movflags', '+faststart')(folder)
  return bytes.subarray(0, Math.floor(bytes.length * 0.5))
}

/** A film that says where and with what it was taken, as phones do. */
export const geotaggedFilm = (folder: string): Buffer =>
  film(
    'gps.mov',
    ...H264,
    '-movflags',
    'use_metadata_tags',
    '-metadata',
    'com.apple.quicktime.location.ISO6709=+33.9716-006.8498+075/',
    '-metadata',
    'location=+33.9716-006.8498/',
    '-metadata',
    'com.apple.quicktime.make=SERIAL-4711',
    '-metadata:s:v',
    'handler_name=SERIAL-4711',
  )(folder)
