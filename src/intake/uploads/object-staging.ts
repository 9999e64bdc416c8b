import { Readable } from 'node:stream'
import type { NewId } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import type { ObjectStore } from '../../core/object-store.ts'
import type { Segment, UploadStaging } from './staging.ts'

async function* bytesOf(store: ObjectStore, segments: readonly Segment[]): AsyncGenerator<Buffer> {
  for (const segment of segments) {
    const stream = await store.get(segment.objectKey)
    if (stream === undefined)
      throw new AppError('unavailable', { detail: 'A segment of an upload is missing' })
    yield* stream as AsyncIterable<Buffer>
  }
}

/**
 * Unfinished uploads as a row of objects, one for each stretch of bytes, so that any replica can go on with an upload that
 * another began. At the end they are streamed, in order, into one object, which gives its hash.
 */
export const createObjectStaging = (options: {
  readonly store: ObjectStore
  readonly newId: NewId
}): UploadStaging => {
  const { store, newId } = options
  return {
    held: async (upload) => upload.receivedBytes,
    write: async (upload, _offset, bytes) => {
      const objectKey = `uploads/${upload.id}/${newId()}`
      const result = await store.put(objectKey, Readable.from(bytes, { objectMode: false }), {
        maxBytes: LIMITS.uploadBytes,
      })
      if (!result.ok) throw new AppError('file_too_large')
      return { bytes: result.object.bytes, objectKey }
    },
    drop: async (piece) => {
      if (piece.objectKey !== undefined) await store.delete(piece.objectKey)
    },
    deliver: async (upload, segments) => {
      const body = Readable.from(bytesOf(store, segments), { objectMode: false })
      const result = await store.put(upload.objectKey, body, { maxBytes: upload.declaredBytes })
      if (!result.ok || result.object.bytes !== upload.declaredBytes)
        throw new AppError('internal', { detail: 'The segments of an upload do not add up to its length' })
      return result.object.sha256
    },
    remove: async (_upload, segments) => {
      for (const segment of segments) await store.delete(segment.objectKey)
    },
    // Objects without a row are found by the sweep of the store.
    kept: async function* () {},
    room: async () => undefined,
  }
}
