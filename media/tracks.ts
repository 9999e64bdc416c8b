import type { FileHandle } from 'node:fs/promises'
import { type Box, boxesIn, findBox, topBoxes } from './boxes.ts'

const MOOV_LIMIT = 16 * 1024 * 1024

/** `hdlr` of each track: its kind stands after version, flags and a reserved word. */
const handlersIn = (moov: Buffer): string[] =>
  [...boxesIn(moov)]
    .filter(({ type }) => type === 'trak')
    .flatMap((trak): string[] => {
      const mdia = findBox(moov, 'mdia', trak)
      const handler: Box | undefined = mdia && findBox(moov, 'hdlr', mdia)
      return handler === undefined ? [] : [moov.toString('latin1', handler.start + 8, handler.start + 12)]
    })

const mp4HasPictures = async (file: FileHandle): Promise<boolean | undefined> => {
  const { size } = await file.stat()
  const place = (await topBoxes(file, size)).find(({ type }) => type === 'moov')
  if (place === undefined || place.end - place.start > MOOV_LIMIT) return undefined
  const moov = Buffer.alloc(place.end - place.start)
  await file.read(moov, 0, moov.length, place.start)
  const handlers = handlersIn(moov)
  return handlers.length === 0 ? undefined : handlers.includes('vide')
}

/** Element CodecID (0x86) with a one-byte length: `V_VP8`, `A_OPUS`. It stands in the head, before the first cluster. */
const CODEC_ID = /\x86[\x81-\x9f]([VA])_/g

const webmHasPictures = (head: Buffer): boolean | undefined => {
  const kinds = [...head.toString('latin1').matchAll(CODEC_ID)].map(([, kind]) => kind)
  return kinds.length === 0 ? undefined : kinds.includes('V')
}

/**
 * Whether a container that is used for film and sound alike holds pictures. A look at its tracks spares a voice note the
 * wait for ffprobe, a tenth of a second. Undefined when it does not show: then ffprobe is asked.
 */
export const hasPictures = async (
  type: string,
  head: Buffer,
  file: FileHandle,
): Promise<boolean | undefined> => {
  if (/^video\/(webm|matroska)$/.test(type)) return webmHasPictures(head)
  return /^(audio\/mp4|video\/(mp4|quicktime|3gpp2?))$/.test(type) ? mp4HasPictures(file) : undefined
}
