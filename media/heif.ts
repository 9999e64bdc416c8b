import type { FileHandle } from 'node:fs/promises'
import { type Box, boxesIn, findBox, topBoxes } from './boxes.ts'

/**
 * Reads where the coded picture of a HEIC file lies (ISO/IEC 23008-12). Phones cut a photo into a grid of HEVC tiles that
 * ffmpeg before 7 does not put together and sharp may not decode, so we find the pieces and ffmpeg decodes them as a film.
 */
export interface HeifPicture {
  readonly columns: number
  readonly rows: number
  /** Of the whole picture; the grid may be larger and is cut. */
  readonly width: number
  readonly height: number
  /** The content of `hvcC`: how to decode, for all tiles. */
  readonly decoder: Buffer
  /** Places in the file, in reading order. */
  readonly tiles: readonly (readonly Extent[])[]
  /** What turns it upright, in order. EXIF orientation does not count in this format. */
  readonly turns: readonly Turn[]
  /** ICC profile, such as Display P3. */
  readonly profile: Buffer | undefined
}
export interface Extent {
  readonly start: number
  readonly length: number
}
/** Quarters anticlockwise, or a mirror. */
export type Turn = 'left' | 'half' | 'right' | 'flip_vertical' | 'flip_horizontal'

/** Reads numbers one after the other; reading past the end throws, which ends the parse. */
const cursor = (bytes: Buffer, from: number) => {
  let at = from
  const uint = (size: number): number => {
    if (size === 0) return 0
    const value = size > 6 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, size)
    at += size
    return value
  }
  const letters = (): string => {
    at += 4
    return bytes.toString('latin1', at - 4, at)
  }
  /** Version and flags of a full box. */
  const version = (): { version: number; flags: number } => ({ version: uint(1), flags: uint(3) })
  return { uint, letters, version, position: () => at }
}

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new RangeError('not a HEIF picture we can read')
  return value
}

const primaryOf = (meta: Buffer, within: Box): number => {
  const read = cursor(meta, must(findBox(meta, 'pitm', within)).start)
  return read.uint(read.version().version === 0 ? 2 : 4)
}

const typesOf = (meta: Buffer, within: Box): Map<number, string> => {
  const list = must(findBox(meta, 'iinf', within))
  const head = cursor(meta, list.start)
  head.uint(head.version().version === 0 ? 2 : 4)
  const types = new Map<number, string>()
  for (const box of boxesIn(meta, head.position(), list.end)) {
    const read = cursor(meta, box.start)
    const { version } = read.version()
    if (box.type !== 'infe' || version < 2) continue
    const id = read.uint(version === 2 ? 2 : 4)
    read.uint(2)
    types.set(id, read.letters())
  }
  return types
}

interface Location {
  /** 0: in the file; 1: in `idat`. */
  readonly method: number
  readonly extents: readonly Extent[]
}

const locationsOf = (meta: Buffer, within: Box): Map<number, Location> => {
  const read = cursor(meta, must(findBox(meta, 'iloc', within)).start)
  const { version } = read.version()
  const sizes = [read.uint(1), read.uint(1)]
  const [offsetSize = 0, lengthSize = 0, baseSize = 0, indexSize = 0] = sizes.flatMap((b) => [b >> 4, b & 15])
  const idSize = version < 2 ? 2 : 4
  const locations = new Map<number, Location>()
  for (let left = read.uint(idSize); left > 0; left -= 1) {
    const id = read.uint(idSize)
    const method = version > 0 ? read.uint(2) & 15 : 0
    read.uint(2)
    const base = read.uint(baseSize)
    const extents: Extent[] = []
    for (let more = read.uint(2); more > 0; more -= 1) {
      if (version > 0) read.uint(indexSize)
      extents.push({ start: base + read.uint(offsetSize), length: read.uint(lengthSize) })
    }
    locations.set(id, { method, extents })
  }
  return locations
}

/** The tiles that a derived picture is made from. */
const partsOf = (meta: Buffer, within: Box, id: number): number[] => {
  const references = must(findBox(meta, 'iref', within))
  const head = cursor(meta, references.start)
  const idSize = head.version().version === 0 ? 2 : 4
  for (const box of boxesIn(meta, head.position(), references.end)) {
    const read = cursor(meta, box.start)
    if (box.type !== 'dimg' || read.uint(idSize) !== id) continue
    return Array.from({ length: read.uint(2) }, () => read.uint(idSize))
  }
  throw new RangeError('a grid without tiles')
}

/** The properties of one item, in the order they apply. */
const propertiesOf = (meta: Buffer, within: Box, id: number): Box[] => {
  const properties = must(findBox(meta, 'iprp', within))
  const all = [...boxesIn(meta, must(findBox(meta, 'ipco', properties)).start, properties.end)]
  const read = cursor(meta, must(findBox(meta, 'ipma', properties)).start)
  const { version, flags } = read.version()
  const wide = (flags & 1) === 1
  for (let left = read.uint(4); left > 0; left -= 1) {
    const item = read.uint(version < 1 ? 2 : 4)
    const indexes = Array.from({ length: read.uint(1) }, () =>
      wide ? read.uint(2) & 0x7fff : read.uint(1) & 0x7f,
    )
    if (item === id) return indexes.filter((index) => index > 0).map((index) => must(all[index - 1]))
  }
  return []
}

const ROTATIONS = [undefined, 'left', 'half', 'right'] as const

const turnsOf = (meta: Buffer, properties: readonly Box[]): Turn[] =>
  properties.flatMap(({ type, start }): Turn[] => {
    if (type === 'imir') return [(meta.readUInt8(start) & 1) === 0 ? 'flip_vertical' : 'flip_horizontal']
    const rotation = type === 'irot' ? ROTATIONS[meta.readUInt8(start) & 3] : undefined
    return rotation === undefined ? [] : [rotation]
  })

const profileOf = (meta: Buffer, properties: readonly Box[]): Buffer | undefined => {
  const box = properties.find(
    ({ type, start }) => type === 'colr' && meta.toString('latin1', start, start + 4) === 'prof',
  )
  return box && meta.subarray(box.start + 4, box.end)
}

interface Grid {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
}

const readGrid = (bytes: Buffer): Grid => {
  const read = cursor(bytes, 1)
  const size = (read.uint(1) & 1) === 1 ? 4 : 2
  return {
    rows: read.uint(1) + 1,
    columns: read.uint(1) + 1,
    width: read.uint(size),
    height: read.uint(size),
  }
}

const sizeOf = (meta: Buffer, properties: readonly Box[]): Grid => {
  const read = cursor(meta, must(properties.find(({ type }) => type === 'ispe')).start)
  read.version()
  return { columns: 1, rows: 1, width: read.uint(4), height: read.uint(4) }
}

const META_LIMIT = 8 * 1024 * 1024

const readBox = async (file: FileHandle, { start, end }: Box): Promise<Buffer> => {
  if (end - start > META_LIMIT) throw new RangeError('an index beyond belief')
  const bytes = Buffer.alloc(end - start)
  await file.read(bytes, 0, bytes.length, start)
  return bytes
}

/** The descriptor of a grid lies in the index (`idat`) or, with some writers, among the pictures. */
const gridOf = async (file: FileHandle, meta: Buffer, within: Box, at: Location): Promise<Grid> => {
  const [extent] = at.extents
  const { start, length } = must(extent)
  if (at.method === 1) {
    const inside = must(findBox(meta, 'idat', within))
    return readGrid(meta.subarray(inside.start + start, inside.start + start + length))
  }
  return readGrid(await readBox(file, { type: 'grid', start, end: start + length }))
}

/** Gives the primary picture; undefined when the file holds none that is HEVC. Throws RangeError when it is damaged. */
export const readHeif = async (file: FileHandle): Promise<HeifPicture | undefined> => {
  const { size } = await file.stat()
  const place = (await topBoxes(file, size)).find(({ type }) => type === 'meta')
  const meta = await readBox(file, must(place))
  const within: Box = { type: 'meta', start: 4, end: meta.length }
  const id = primaryOf(meta, within)
  const types = typesOf(meta, within)
  const locations = locationsOf(meta, within)
  const isGrid = types.get(id) === 'grid'
  const tiles = isGrid ? partsOf(meta, within, id) : [id]
  if (tiles.length === 0 || tiles.some((tile) => types.get(tile) !== 'hvc1')) return undefined
  const own = propertiesOf(meta, within, id)
  const ofTile = propertiesOf(meta, within, must(tiles[0]))
  const decoder = must(ofTile.find(({ type }) => type === 'hvcC'))
  return {
    ...(isGrid ? await gridOf(file, meta, within, must(locations.get(id))) : sizeOf(meta, own)),
    decoder: meta.subarray(decoder.start, decoder.end),
    tiles: tiles.map((tile) => must(locations.get(tile)).extents),
    turns: turnsOf(meta, own),
    profile: profileOf(meta, own) ?? profileOf(meta, ofTile),
  }
}
