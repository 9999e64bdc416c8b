import type { Kind } from './complaint.ts'
import type { Locale, Names } from './locale.ts'
import type { ReferralState } from './referral.ts'

/**
 * What an administration receives, the same by webhook, e-mail and pull. It grows by new fields only; `version` changes
 * when one goes. Instants are ISO 8601 in UTC, days YYYY-MM-DD in the office's zone.
 */
export interface Dossier {
  readonly version: '1'
  /** A complaint of nobody, to try the way or to learn on: nothing of it is counted or told to anybody. */
  readonly practice?: true
  readonly reference: string
  readonly kind: Kind
  readonly text: string
  readonly language: Locale
  readonly place: string | null
  readonly channel: string
  readonly receivedAt: string
  readonly complainant: {
    readonly anonymous: boolean
    /**
     * Stands for the person in this complaint alone. Name and contact stay with the gateway, which carries questions and
     * answers: law 09-08 gives a body what it needs, and it needs no address to answer.
     */
    readonly pseudonym: string
  }
  readonly administration: { readonly code: string; readonly names: Names }
  readonly referral: {
    readonly id: string
    readonly state: ReferralState
    readonly sequence: number
    readonly round: number
    readonly externalReference: string | null
    readonly createdAt: string
  }
  readonly rounds: readonly DossierRound[]
  readonly deadlines: readonly {
    readonly round: number
    readonly kind: 'review' | 'answer'
    readonly dueOn: string
    readonly metAt: string | null
    /** When it was found to have passed unmet; null while it has not. */
    readonly missedAt: string | null
  }[]
  /** The way between bodies: the file keeps its number, history and dates. */
  readonly transfers: readonly {
    readonly from: string
    readonly to: string
    readonly reason: string
    readonly at: string
  }[]
  readonly media: readonly DossierMedia[]
}

export interface DossierRound {
  readonly number: number
  readonly openedAt: string
  readonly text: string
  readonly reviewedAt: string | null
  readonly outcome: string | null
  readonly answeredAt: string | null
  readonly answer: string | null
}

/** One file of the manifest. `url` is null while it may not be opened: not yet scanned, or blocked. */
export interface DossierFile {
  readonly name: string
  readonly type: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly url: string | null
  readonly urlExpiresAt: string | null
}

export interface DossierMedia {
  readonly id: string
  readonly kind: 'audio' | 'video' | 'image' | 'document' | null
  readonly state: 'stored' | 'processing' | 'ready' | 'failed' | 'blocked'
  readonly round: number
  readonly durationMs: number | null
  readonly transcript: { readonly text: string; readonly source: 'machine' | 'person' } | null
  readonly original: DossierFile
  /** Made by the gateway to play and show everywhere, without place or device marks. */
  readonly renditions: readonly (DossierFile & { readonly rendition: string })[]
}
