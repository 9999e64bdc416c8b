import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AdoptingStore, PutResult } from '../../core/object-store.ts'
import { fileError, isMissing, syncFolder } from './file-system.ts'
import { checkedKey } from './key.ts'

/** Half-written objects; a leading dot can be in no fan-out folder's name. */
const INCOMING = '.incoming'
const READ_AHEAD = 256 * 1024

/** Two levels of 256 folders, by hash: UUIDv7 keys share their first digits and would all fall into one folder. */
const placeOf = (folder: string, key: string): string => {
  const hash = createHash('sha256').update(checkedKey(key)).digest('hex')
  return path.join(folder, hash.slice(0, 2), hash.slice(2, 4), encodeURIComponent(key))
}

/** Makes the folder; a new one is on disk only when its parents are synced too. */
const makeFolder = async (folder: string): Promise<void> => {
  const first = await fs.mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let parent = path.dirname(folder); parent.length >= path.dirname(first).length; ) {
    await syncFolder(parent)
    parent = path.dirname(parent)
  }
}

const moveInto = async (from: string, place: string): Promise<void> => {
  await makeFolder(path.dirname(place))
  await fs.rename(from, place)
  await syncFolder(path.dirname(place))
}

/** Writes the body, hashing while the disk writes. Gives undefined when the body passes `maxBytes`. */
const writeBody = async (
  handle: fs.FileHandle,
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ bytes: number; sha256: string } | undefined> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of body) {
    if (bytes + chunk.length > maxBytes) return undefined
    const written = handle.writeFile(chunk)
    hash.update(chunk)
    await written
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

const put = async (
  folder: string,
  key: string,
  body: Readable,
  options: { maxBytes: number; signal?: AbortSignal },
): Promise<PutResult> => {
  const place = placeOf(folder, key)
  await fs.mkdir(path.join(folder, INCOMING), { recursive: true })
  const temporary = path.join(folder, INCOMING, randomBytes(16).toString('hex'))
  try {
    await using handle = await fs.open(temporary, 'wx', 0o600)
    const written = await pipeline(body, (chunks) => writeBody(handle, chunks, options.maxBytes), {
      ...(options.signal ? { signal: options.signal } : {}),
    })
    if (!written) return { ok: false, reason: 'too_large' }
    await handle.sync()
    await moveInto(temporary, place)
    return { ok: true, object: { key, ...written } }
  } catch (error) {
    throw fileError(error)
  } finally {
    body.destroy()
    await fs.rm(temporary, { force: true })
  }
}

const get = async (
  folder: string,
  key: string,
  range?: { start: number; end: number },
): Promise<Readable | undefined> => {
  const handle = await fs.open(placeOf(folder, key), 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return handle?.createReadStream({ highWaterMark: READ_AHEAD, ...range })
}

const head = async (folder: string, key: string): Promise<{ bytes: number } | undefined> => {
  try {
    return { bytes: (await fs.stat(placeOf(folder, key))).size }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function* entriesOf(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await fs.opendir(folder)) yield entry.name
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

async function* list(folder: string, prefix: string) {
  for await (const first of entriesOf(folder)) {
    if (!/^[0-9a-f]{2}$/.test(first)) continue
    for await (const second of entriesOf(path.join(folder, first)))
      for await (const name of entriesOf(path.join(folder, first, second))) {
        const key = decodeURIComponent(name)
        if (!key.startsWith(prefix)) continue
        const stat = await fs.stat(path.join(folder, first, second, name)).catch(() => undefined)
        if (stat) yield { key, bytes: stat.size, modifiedAt: stat.mtime }
      }
  }
}

/** Another file system cannot be renamed into: the bytes are copied, then the file goes. */
const adoptByCopy = async (folder: string, key: string, from: string): Promise<void> => {
  const source = await fs.open(from, 'r')
  await put(folder, key, source.createReadStream(), { maxBytes: Number.MAX_SAFE_INTEGER })
  await fs.rm(from, { force: true })
}

const adopt = async (folder: string, key: string, from: string): Promise<void> => {
  const place = placeOf(folder, key)
  try {
    const handle = await fs.open(from, 'r')
    await handle.sync().finally(() => handle.close())
    await moveInto(from, place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return adoptByCopy(folder, key, from)
    if (isMissing(error) && (await head(folder, key))) return syncFolder(path.dirname(place))
    throw fileError(error)
  }
}

const discardUnfinished = async (folder: string, before: Date): Promise<number> => {
  let discarded = 0
  for await (const name of entriesOf(path.join(folder, INCOMING))) {
    const file = path.join(folder, INCOMING, name)
    const stat = await fs.stat(file).catch(() => undefined)
    if (!stat || stat.mtime >= before) continue
    await fs.rm(file, { force: true })
    discarded += 1
  }
  return discarded
}

/**
 * An object store in a folder: temporary file, fsync, rename, fsync of the folder. A full disk is
 * AppError('insufficient_storage'); other failures of the disk are thrown as they are.
 */
export const createFileStore = ({ folder }: { readonly folder: string }): AdoptingStore => ({
  put: (key, body, options) => put(folder, key, body, options),
  get: (key, range) => get(folder, key, range),
  head: (key) => head(folder, key),
  delete: (key) => fs.rm(placeOf(folder, key), { force: true }),
  list: (prefix) => list(folder, prefix),
  discardUnfinished: (before) => discardUnfinished(folder, before),
  adopt: (key, from) => adopt(folder, key, from),
  check: async () => {
    await fs.mkdir(path.join(folder, INCOMING), { recursive: true })
    await fs.access(path.join(folder, INCOMING), fs.constants.W_OK)
  },
})
