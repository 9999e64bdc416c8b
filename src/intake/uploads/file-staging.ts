import { createHash, type Hash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { AdoptingStore } from '../../core/object-store.ts'
import { hashStream } from './hash-stream.ts'
import type { Piece, Upload, UploadStaging } from './staging.ts'

const READ_AHEAD = 256 * 1024
/** Running hashes kept at once; an upload whose hash was let go is read back at its end. */
const HASHES = 500

interface RunningHash {
  readonly hash: Hash
  upTo: number
}

/** Hashes that grow with the uploads of this process. One is right only while its bytes came through here in order. */
const createRunningHashes = () => {
  const running = new Map<string, RunningHash>()
  return {
    /** The hash of the bytes before the offset, if this process has seen them all. */
    at: (id: string, offset: number): RunningHash | undefined => {
      const known = running.get(id)
      running.delete(id)
      const hash = offset === 0 ? { hash: createHash('sha256'), upTo: 0 } : known
      if (hash === undefined || hash.upTo !== offset) return undefined
      running.set(id, hash)
      const [oldest] = running.keys()
      if (running.size > HASHES && oldest !== undefined) running.delete(oldest)
      return hash
    },
    forget: (id: string): void => {
      running.delete(id)
    },
  }
}

type RunningHashes = ReturnType<typeof createRunningHashes>

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await fs.stat(file)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Writes with the hash running beside the disk. Bytes beyond the offset were never counted: they go first. */
const writeAt = async (
  file: string,
  offset: number,
  bytes: AsyncIterable<Buffer>,
  running: RunningHash | undefined,
): Promise<Piece> => {
  await using handle = await fs.open(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
  if ((await handle.stat()).size > offset) await handle.truncate(offset)
  let at = offset
  try {
    for await (const chunk of bytes) {
      const writing = writeAll(handle, chunk, at)
      running?.hash.update(chunk)
      if (running) running.upTo += chunk.length
      await writing
      at += chunk.length
    }
  } catch (error) {
    if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT')
      throw new AppError('insufficient_storage', { cause: error })
    throw error
  }
  return { bytes: at - offset }
}

const writeAll = async (handle: fs.FileHandle, chunk: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < chunk.length; )
    done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten
}

const hashFile = async (file: string): Promise<string> => {
  const handle = await fs.open(file, 'r')
  return hashStream(handle.createReadStream({ highWaterMark: READ_AHEAD }))
}

/** The file is moved already when a kill fell between the move and the note of it. */
const hashMoved = async (store: AdoptingStore, upload: Upload): Promise<string | undefined> => {
  const object = await store.head(upload.objectKey)
  if (object?.bytes !== upload.declaredBytes) return undefined
  const stream = await store.get(upload.objectKey)
  return stream && hashStream(stream as AsyncIterable<Buffer>)
}

const deliver = async (store: AdoptingStore, file: string, upload: Upload, hashes: RunningHashes) => {
  if ((await sizeOf(file)) < upload.declaredBytes) return hashMoved(store, upload)
  const running = hashes.at(upload.id, upload.declaredBytes)
  hashes.forget(upload.id)
  const sha256 = running?.hash.digest('hex') ?? (await hashFile(file))
  await store.adopt(upload.objectKey, file)
  return sha256
}

/**
 * Unfinished uploads as files that grow in a folder, moved into the store by a rename. For one serving process: the
 * folder is its own.
 */
export const createFileStaging = (options: {
  readonly folder: string
  readonly store: AdoptingStore
}): UploadStaging => {
  const hashes = createRunningHashes()
  const fileOf = (id: string) => path.join(options.folder, path.basename(id))
  return {
    held: async (upload) => Math.min(upload.receivedBytes, await sizeOf(fileOf(upload.id))),
    write: async (upload, offset, bytes) => {
      await fs.mkdir(options.folder, { recursive: true })
      return writeAt(fileOf(upload.id), offset, bytes, hashes.at(upload.id, offset))
    },
    // What lies beyond the counted bytes is cut off by the next write.
    drop: async () => {},
    deliver: (upload) => deliver(options.store, fileOf(upload.id), upload, hashes),
    remove: async (upload) => {
      hashes.forget(upload.id)
      await fs.rm(fileOf(upload.id), { force: true })
    },
    kept: async function* () {
      await fs.mkdir(options.folder, { recursive: true })
      for await (const entry of await fs.opendir(options.folder)) yield entry.name
    },
    room: async () => {
      await fs.mkdir(options.folder, { recursive: true })
      const disk = await fs.statfs(options.folder)
      return disk.bavail * disk.bsize
    },
  }
}
