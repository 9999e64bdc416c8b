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

/** A store on this machine's disk can take over a finished file by renaming it, which copies nothing. */
export interface AdoptingStore extends ObjectStore {
  /** Moves the file under the key, durable when it returns. A repeat after the move changes nothing. */
  adopt(key: string, path: string): Promise<void>
}

/** Where bytes live: files under DATA_DIR, or S3. One contract suite (test/contract) holds both to it. */
export interface ObjectStore {
  /** Streams a body under a key, hashing on the way; durable when it returns. Aborts leave nothing behind. */
  put(key: string, body: Readable, options: { maxBytes: number; signal?: AbortSignal }): Promise<PutResult>
  /** A stream of the object or of the inclusive byte range; undefined when there is no such object. */
  get(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>
  head(key: string): Promise<{ bytes: number } | undefined>
  /** Deleting what is not there is not an error. */
  delete(key: string): Promise<void>
  /** Every object whose key begins with the prefix, in no promised order, a page at a time. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number; modifiedAt: Date }>
  /** Removes what puts that were killed before this instant left half done. Gives how many. */
  discardUnfinished(before: Date): Promise<number>
  /** Resolves when the store answers; rejects with the reason otherwise. For /readyz and doctor. */
  check(signal?: AbortSignal): Promise<void>
}
