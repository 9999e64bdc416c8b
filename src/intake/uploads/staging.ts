import type { Clock, NewId } from '../../core/clock.ts'
import type { ObjectStore } from '../../core/object-store.ts'
import type { Database } from '../../db/client.ts'
import type { uploads } from '../../db/schema/index.ts'

/** An upload as its row tells it. */
export type Upload = typeof uploads.$inferSelect

/** Bytes that were written at an offset, not yet counted: they count once the row says so. */
export interface Piece {
  readonly bytes: number
  /** Where they are, when pieces are objects. */
  readonly objectKey?: string
}

/** A counted piece that is an object. */
export interface Segment {
  readonly start: number
  readonly bytes: number
  readonly objectKey: string
}

/** Where the bytes of unfinished uploads are: appended to files, or as a row of objects when several replicas share S3. */
export interface UploadStaging {
  /** How much of the recorded bytes is really there: less after a power cut, never more than the row says. */
  held(upload: Upload): Promise<number>
  /** Writes a stretch of bytes at the offset. What a broken source had given until then counts. */
  write(upload: Upload, offset: number, bytes: AsyncIterable<Buffer>): Promise<Piece>
  /** Takes back a piece that will not be counted. */
  drop(piece: Piece): Promise<void>
  /**
   * Puts the whole of a full upload under its object key and gives the SHA-256 of what lies there. May be repeated, also
   * after a kill half-way; undefined when the bytes are nowhere any more.
   */
  deliver(upload: Upload, segments: readonly Segment[]): Promise<string | undefined>
  /** Removes what is left of an upload here. */
  remove(upload: Pick<Upload, 'id'>, segments: readonly Segment[]): Promise<void>
  /** Ids that something is kept of here, for finding what has no row. */
  kept(): AsyncIterable<string>
  /** Free bytes of the disk; undefined when there is no disk of ours. */
  room(): Promise<number | undefined>
}

/** What every upload use case stands on. */
export interface UploadDeps {
  readonly db: Database
  readonly store: ObjectStore
  readonly staging: UploadStaging
  readonly clock: Clock
  readonly newId: NewId
}
