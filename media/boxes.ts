import type { FileHandle } from 'node:fs/promises'

/** One box of an ISO base media file (MP4, MOV, HEIF): a length, four letters, content. */
export interface Box {
  readonly type: string
  /** Of the content, from the start of what was read. */
  readonly start: number
  readonly end: number
}

const HEADER = 8
const LONG_HEADER = 16

/** The boxes that follow each other in a buffer. Stops at the first that does not fit: a hostile length ends the walk. */
export function* boxesIn(bytes: Buffer, from = 0, to = bytes.length): Generator<Box> {
  for (let at = from; at + HEADER <= to; ) {
    const short = bytes.readUInt32BE(at)
    const isLong = short === 1 && at + LONG_HEADER <= to
    const length = isLong ? Number(bytes.readBigUInt64BE(at + HEADER)) : short === 0 ? to - at : short
    const header = isLong ? LONG_HEADER : HEADER
    if (length < header || at + length > to) return
    yield { type: bytes.toString('latin1', at + 4, at + 8), start: at + header, end: at + length }
    at += length
  }
}

export const findBox = (bytes: Buffer, type: string, within?: Box): Box | undefined => {
  for (const box of boxesIn(bytes, within?.start, within?.end)) if (box.type === type) return box
  return undefined
}

/** Top-level boxes of a file, without reading their content. At most `limit` of them. */
export const topBoxes = async (file: FileHandle, size: number, limit = 64): Promise<Box[]> => {
  const boxes: Box[] = []
  const head = Buffer.alloc(LONG_HEADER)
  for (let at = 0; at + HEADER <= size && boxes.length < limit; ) {
    await file.read(head, 0, LONG_HEADER, at)
    const short = head.readUInt32BE(0)
    const length = short === 1 ? Number(head.readBigUInt64BE(HEADER)) : short === 0 ? size - at : short
    const header = short === 1 ? LONG_HEADER : HEADER
    if (length < header || at + length > size) break
    boxes.push({ type: head.toString('latin1', 4, 8), start: at + header, end: at + length })
    at += length
  }
  return boxes
}

/** Length of an MP4 in milliseconds by its movie header; undefined when there is none. */
const movieDuration = (moov: Buffer): number | undefined => {
  const header = findBox(moov, 'mvhd')
  if (header === undefined) return undefined
  const isLong = moov.readUInt8(header.start) === 1
  const scale = moov.readUInt32BE(header.start + (isLong ? 20 : 12))
  const length = isLong
    ? Number(moov.readBigUInt64BE(header.start + 24))
    : moov.readUInt32BE(header.start + 16)
  return scale === 0 ? undefined : Math.round((length / scale) * 1000)
}

const MOOV_LIMIT = 64 * 1024 * 1024

/** The duration of an MP4 that we wrote ourselves, from its header: a second probe would cost a process. */
export const mp4DurationMs = async (file: FileHandle): Promise<number | undefined> => {
  const { size } = await file.stat()
  const moov = (await topBoxes(file, size)).find(({ type }) => type === 'moov')
  if (moov === undefined || moov.end - moov.start > MOOV_LIMIT) return undefined
  const bytes = Buffer.alloc(moov.end - moov.start)
  await file.read(bytes, 0, bytes.length, moov.start)
  return movieDuration(bytes)
}
