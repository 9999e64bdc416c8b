import { AsyncLocalStorage } from 'node:async_hooks'
import type { Readable } from 'node:stream'
import { DataStore, Upload as TusUpload } from '@tus/server'
import { AppError } from '../../core/errors.ts'
import { declareLength } from '../../intake/uploads/declare-length.ts'
import { type Checksum, receiveBytes, standOf } from '../../intake/uploads/receive-bytes.ts'
import type { UploadDeps } from '../../intake/uploads/staging.ts'

/** What the library does not carry from a request to its store, and what it turns into a text on the way back. */
export interface TusRequest {
  readonly id: string
  readonly checksum: Checksum | undefined
  failure: unknown
}

export const tusRequest = new AsyncLocalStorage<TusRequest>()

/** Remembers the real error: the library knows only plain objects with a status. */
const remembering = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const request = tusRequest.getStore()
    if (request) request.failure = error
    throw error
  }
}

/** The library's idea of a store, over our use cases. Who may do what is settled before it is asked. */
export class UploadDataStore extends DataStore {
  readonly #deps: UploadDeps

  constructor(deps: UploadDeps) {
    super()
    this.#deps = deps
    this.extensions = [
      'creation',
      'creation-with-upload',
      'creation-defer-length',
      'expiration',
      'checksum',
      'termination',
    ]
  }

  /** The row was written before the library was asked. */
  override async create(upload: TusUpload): Promise<TusUpload> {
    return upload
  }

  override write(stream: Readable, id: string, offset: number): Promise<number> {
    const checksum = tusRequest.getStore()?.checksum
    return remembering(() => receiveBytes(this.#deps, id, offset, stream as AsyncIterable<Buffer>, checksum))
  }

  override getUpload(id: string): Promise<TusUpload> {
    return remembering(async () => {
      const upload = await standOf(this.#deps, id)
      return new TusUpload({
        id,
        ...(upload.deferred ? {} : { size: upload.declaredBytes }),
        offset: upload.receivedBytes,
        metadata: { filename: upload.name, filetype: upload.declaredType },
      })
    })
  }

  override declareUploadLength(id: string, bytes: number): Promise<void> {
    return remembering(() => declareLength(this.#deps, id, bytes))
  }

  /** Ours is done before the library is asked. */
  override remove(): Promise<void> {
    throw new AppError('internal')
  }

  /** The library would count from a creation date by its own clock; zero leaves expiry to us. */
  override getExpiration(): number {
    return 0
  }
}
