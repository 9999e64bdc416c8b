import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Clock, NewId } from '../../src/core/clock.ts'
import type { Locale, Names } from '../../src/core/locale.ts'
import type { ObjectStore } from '../../src/core/object-store.ts'
import type { Secrets } from '../../src/core/secrets.ts'
import type { Accepted, StagedMedia, Submission } from '../../src/core/submission.ts'
import type { DeadlineRules } from '../../src/deadlines/current-rules.ts'
import type { Tracked } from '../../src/handling/track-complaint.ts'
import type { ReadDeps, TrackedMedia } from '../../src/handling/tracked-complaint.ts'
import type { DraftDeps } from '../../src/intake/keep-draft.ts'
import type { Resumed } from '../../src/intake/resume-draft.ts'
import type { UploadLink } from '../../src/intake/upload-links.ts'
import type { ReceiptKey } from '../../src/receipts/sign-receipt.ts'
import type { GridRow } from '../../src/supervision/open-grid.ts'
import type { OpenRow, PublicStatistics } from '../../src/supervision/public-statistics.ts'
import type { PublishedReport, ReportFile } from '../../src/supervision/publish-report.ts'
import type { ClipOf } from './clips.ts'

/** An administration as the citizen chooses it. */
export interface Office {
  readonly code: string
  readonly names: Names
  /** Complaints about it lie outside the law (National Defence). */
  readonly outside: boolean
  readonly anonymousAllowed: boolean
}

export interface Offices {
  /** Those that answer the typed words, best first. */
  search(query: string): Promise<readonly Office[]>
  /** The few that most people need. */
  common(): Promise<readonly Office[]>
  byCode(code: string): Promise<Office | undefined>
}

export type Staged =
  | { readonly ok: true; readonly media: StagedMedia }
  | { readonly ok: false; readonly reason: 'too_large' | 'empty' | 'no_room' }

/** A file that is being sent. `bytes` is null while a recording goes on. */
export interface ArrivingMedia {
  readonly uploadId: string
  readonly name: string
  readonly bytes: number | null
  readonly received: number
}

/** What a filing has so far: whole files, and those on their way. */
export interface HeldMedia {
  readonly media: readonly StagedMedia[]
  readonly arriving: readonly ArrivingMedia[]
}

/** Files of a draft, by form or by resumable upload. */
export interface DraftUploads {
  /** Streams a file into the store as a finished upload of the draft. Reads `body` to its end unless it is too large. */
  stage(
    body: Readable,
    file: {
      /** Absent: a file that is added to a complaint that exists. */
      readonly draftId?: string
      readonly client: string
      readonly name: string
      readonly declaredType: string
      readonly maxBytes: number
    },
  ): Promise<Staged>
  /** What the draft holds, in the order it came; each file has its upload's id. */
  ofDraft(draftId: string): Promise<HeldMedia>
  /** Uploads without a draft, by their ids, for a filing that may be a repeat. Unknown ones are left out. */
  named(ids: readonly string[], externalId: string): Promise<HeldMedia>
  /** After the filing: what had not arrived is noted with the complaint and joins it when it is whole. May be repeated. */
  letArrive(
    complaintId: string,
    rest: { readonly draftId: string } | { readonly uploadIds: readonly string[] },
  ): Promise<void>
  remove(draftId: string, uploadId: string): Promise<void>
}

/** One-time links by which files are added to a complaint; src/intake/upload-links.ts. */
export interface UploadLinks {
  read(token: string): Promise<UploadLink | undefined>
  /** Finished uploads that no draft holds; undefined when one of them is not there. */
  find(ids: readonly string[]): Promise<readonly StagedMedia[] | undefined>
  discard(media: StagedMedia): Promise<void>
  add(linkId: string, media: readonly StagedMedia[]): Promise<boolean>
  /** Throws `too_many_requests` for a client that opens more pages by link than people do. */
  limit(request: FastifyRequest): Promise<void>
}

/** What can be told to a telephone from a page. False: this number cannot be reached. */
export interface WebTexts {
  draftCode(wish: {
    readonly draftId: string
    readonly phone: string
    readonly language: Locale
    readonly occasion: string
  }): Promise<boolean>
}

/** Where else one is heard, said wherever a page may fail somebody. */
export interface Lines {
  readonly hotline?: string
  readonly whatsapp?: string
}

/** What the citizen's pages stand on. `src/main.ts` hands it over. */
export interface WebDeps extends Lines {
  readonly db: DraftDeps['db'] & ReadDeps['db']
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly officeZone: string
  /** The numbers anyone may see. */
  readonly statistics: {
    readonly read: () => Promise<PublicStatistics | undefined>
    readonly rows: () => Promise<readonly OpenRow[]>
    readonly years: () => Promise<readonly number[]>
    /** A month at a time. */
    readonly grid: (year: number) => AsyncIterable<readonly GridRow[]>
    /** When it was last counted; undefined before the first time. */
    readonly state: () => Promise<{ readonly asOf: string; readonly refreshedAt: Date } | undefined>
  }
  /** What was published, with the keys that anyone checks it by. */
  readonly reports: {
    readonly list: () => Promise<readonly PublishedReport[]>
    readonly file: (reportId: string, name: string) => Promise<ReportFile | undefined>
    readonly keys: () => Promise<readonly ReceiptKey[]>
  }
  /** The recordings behind the listen buttons. */
  readonly clipOf: ClipOf
  readonly accept: (submission: Submission) => Promise<Accepted>
  readonly offices: Offices
  readonly uploads: DraftUploads
  readonly links: UploadLinks
  /** Where the bytes of the uploads lie, for a first look and for the player of the check page. */
  readonly store: ObjectStore
  /** The network a request is counted under; src/http/client-key.ts. */
  readonly clientOf: (request: FastifyRequest) => string
  /** Whether a form came from our own pages; src/http/same-origin.ts. */
  readonly formOrigin: (request: FastifyRequest) => 'same' | 'cross' | 'unknown'
  /** Slows floods; src/http/rate-limit.ts. */
  readonly admitFiling: (
    client: string,
    proof: string | undefined,
  ) => Promise<
    | { readonly pass: true }
    | { readonly pass: false; readonly retryAfter: number; readonly challenge: string }
  >
  /** False: this client has sent more files this hour than people do. */
  readonly admitUpload: (client: string) => Promise<boolean>
  /** False: more additions and re-submissions than people send in an hour. */
  readonly admitFollowUp: (
    client: string,
  ) => Promise<{ readonly pass: true } | { readonly pass: false; readonly retryAfter: number }>
  /** Absent where no network carries text messages: nothing is offered then. */
  readonly texts?: WebTexts
  /** False: this client or this number has had as many texts as one may ask for in an hour. */
  readonly admitText: (
    client: string,
    phone: string,
  ) => Promise<{ readonly pass: true } | { readonly pass: false; readonly retryAfter: number }>
  readonly resumeByPhone: (typed: { phone: string; code: string; client: string }) => Promise<Resumed>
  /** The policy and calendar in force, for the clocks of a new round. */
  readonly deadlineRules: () => DeadlineRules
  readonly track: (typed: { reference: string; code: string; client: string }) => Promise<Tracked>
  readonly mediaUrls: (media: TrackedMedia) => { readonly url?: string; readonly posterUrl?: string }
  /** Where the person it is about may fetch an original for a while; each opening is in the audit. */
  readonly originalUrl: (assetId: string) => string
  /** The receipt a link's token was made for, and the token of a receipt; src/receipts/link.ts. */
  readonly readReceiptToken: (token: string) => string | undefined
  readonly receiptToken: (receiptId: string) => string
}
