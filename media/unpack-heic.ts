import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { MediaFailure } from '../src/core/media.ts'
import { ffmpegArguments, type MediaTools, runFfmpeg } from './ffmpeg.ts'
import { type Extent, type HeifPicture, readHeif, type Turn } from './heif.ts'
import { type MediaJob, ORIGINAL } from './job.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { failureOf } from './transcode.ts'

const TILES = 'tiles.hevc'
const UNPACKED = 'unpacked.jpg'
const START_CODE = Buffer.from([0, 0, 0, 1])
const TILE_BYTES = 64 * 1024 * 1024

/** The parameter sets that stand before the pictures in a bare HEVC stream. */
const parameterSets = (decoder: Buffer): Buffer[] => {
  const units: Buffer[] = []
  let at = 23
  for (let arrays = decoder.readUInt8(22); arrays > 0; arrays -= 1) {
    let count = decoder.readUInt16BE(at + 1)
    at += 3
    for (; count > 0; count -= 1) {
      const length = decoder.readUInt16BE(at)
      units.push(START_CODE, decoder.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  return units
}

/** Units with their length before them → units with a start code before them. */
const startCoded = (sample: Buffer, lengthSize: number): Buffer[] => {
  const units: Buffer[] = []
  for (let at = 0; at + lengthSize <= sample.length; ) {
    const length = sample.readUIntBE(at, lengthSize)
    units.push(START_CODE, sample.subarray(at + lengthSize, at + lengthSize + length))
    at += lengthSize + length
  }
  return units
}

const readExtents = async (file: FileHandle, extents: readonly Extent[]): Promise<Buffer> => {
  const total = extents.reduce((sum, { length }) => sum + length, 0)
  if (total > TILE_BYTES) throw new RangeError('a tile beyond belief')
  const parts = await Promise.all(
    extents.map(async ({ start, length }) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start)
      return buffer.subarray(0, bytesRead)
    }),
  )
  return Buffer.concat(parts)
}

/** Writes the tiles one after the other as a bare HEVC stream: to a decoder, a film of as many pictures. */
const writeTiles = async (file: FileHandle, picture: HeifPicture, folder: string): Promise<void> => {
  await using out = await open(path.join(folder, TILES), 'wx', 0o600)
  await out.writev(parameterSets(picture.decoder))
  const lengthSize = (picture.decoder.readUInt8(21) & 3) + 1
  for (const extents of picture.tiles)
    await out.writev(startCoded(await readExtents(file, extents), lengthSize))
}

const FILTERS: Readonly<Record<Turn, string>> = {
  left: 'transpose=cclock',
  half: 'hflip,vflip',
  right: 'transpose=clock',
  flip_vertical: 'vflip',
  flip_horizontal: 'hflip',
}

const unpackArguments = ({ columns, rows, width, height, turns }: HeifPicture): string[] =>
  ffmpegArguments({ file: TILES, options: ['-f', 'hevc'], formats: 'hevc' }, [
    {
      file: UNPACKED,
      options: [
        ...['-frames:v', '1', '-map_metadata', '-1', '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj444p'],
        '-vf',
        [
          ...(columns * rows > 1 ? [`tile=${columns}x${rows}`] : []),
          `crop=${width}:${height}:0:0`,
          ...turns.map((turn) => FILTERS[turn]),
        ].join(','),
      ],
    },
  ])

/** An ICC profile fits into one segment of a JPEG below this length. */
const SEGMENT_LIMIT = 65_519

/** Puts the colour profile into the JPEG, so that the wide colours of a phone are converted and not misread. */
const addProfile = async (file: string, profile: Buffer): Promise<void> => {
  const handle = await open(file, 'r+')
  try {
    const jpeg = await handle.readFile()
    const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1')
    head.writeUInt16BE(head.length - 2 + profile.length, 2)
    await handle.write(Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)]), 0, null, 0)
  } finally {
    await handle.close()
  }
}

/** A transfer that broke off lacks the last tiles; the others are shown all the same. */
const isWhole = ({ tiles }: HeifPicture, size: number): boolean =>
  tiles.flat().every(({ start, length }) => start + length <= size)

const extract = async (job: MediaJob): Promise<HeifPicture | MediaFailure> => {
  try {
    await using file = await open(path.join(job.folder, ORIGINAL))
    const picture = await readHeif(file)
    if (picture === undefined) return 'unsupported_codec'
    if (picture.width * picture.height > MEDIA_LIMITS.imagePixels) return 'too_many_pixels'
    if (picture.tiles.length !== picture.columns * picture.rows) return 'unreadable'
    await writeTiles(file, picture, job.folder)
    return picture
  } catch (error) {
    if (error instanceof RangeError) return 'unreadable'
    throw error
  }
}

/** A HEIC photo → an upright JPEG in the job folder, full size. Gives its name, or why there is none. */
export const unpackHeic = async (
  tools: MediaTools,
  job: MediaJob,
): Promise<{ file: string; isWhole: boolean } | { failure: MediaFailure }> => {
  const picture = await extract(job)
  if (typeof picture === 'string') return { failure: picture }
  const result = await runFfmpeg(tools, unpackArguments(picture), { cwd: job.folder, signal: job.signal })
  if (!result.ok) return { failure: failureOf(result) }
  if (picture.profile !== undefined && picture.profile.length < SEGMENT_LIMIT)
    await addProfile(path.join(job.folder, UNPACKED), picture.profile)
  return { file: UNPACKED, isWhole: isWhole(picture, job.bytes) }
}
