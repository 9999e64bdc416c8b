import type { Readable } from 'node:stream'

export interface StoredObject {
  readonly key: string
  readonly bytes: number
  /** Lower-case hex, computed while streaming. */
  readonly sha256: string
}

/** `too_large`: the stream passed `maxBytes`; nothing is kept. */
export type PutResult =
  | { readonly ok: true; readonly object: StoredObject }
  | { readonly ok: false; readonly reason: 'too_large' }

/** Where bytes live: files under DATA_DIR, or S3. One contract suite (test/contract) holds both to it. */
export interface ObjectStore {
  /** Streams a body under a key, hashing on the way; durable when it returns. Aborts leave nothing behind. */
  put(key: string, body: Readable, options: { maxBytes: number; signal?: AbortSignal }): Promise<PutResult>
  /** A stream of the object or of the inclusive byte range; undefined when there is no such object. */
  get(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>
  head(key: string): Promise<{ bytes: number } | undefined>
  /** Deleting what is not there is not an error. */
  delete(key: string): Promise<void>
  list(prefix: string): AsyncIterable<{ key: string; bytes: number; modifiedAt: Date }>
  /** Resolves when the store answers; rejects with the reason otherwise. For /readyz and doctor. */
  check(signal?: AbortSignal): Promise<void>
}
