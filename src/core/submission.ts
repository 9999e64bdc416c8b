import type { Kind } from './complaint.ts'
import type { Locale } from './locale.ts'

/** How the complainant can be reached, normalised: phones in E.164, e-mail addresses lower-cased in the domain. */
export interface Contact {
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  /** The way the complainant wants to be answered; the receipt itself always goes out on the channel of filing. */
  readonly preferred?: 'email' | 'sms' | 'whatsapp' | 'voice' | 'none'
}

/** A file that is already in the object store when the submission is accepted, hashed on its way in. */
export interface StagedMedia {
  /** The upload these bytes came by, claimed by the acceptance so that no sweep removes it. */
  readonly uploadId?: string
  readonly id: string
  /** As the sender called it: shown escaped, never used as a path. */
  readonly name: string
  /** As the sender declared it: a claim. The type by content is found by the pipeline. */
  readonly declaredType: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly objectKey: string
}

/** What arrived, bit for bit: small bodies travel with the row, large ones are an object. */
export type RawForm =
  | { readonly type: string; readonly body: Uint8Array }
  | { readonly type: string; readonly objectKey: string; readonly sha256: string; readonly bytes: number }

/** Inbound and normalised, not yet stored. (channel, externalId) is its identity: the same pair is the same event. */
export interface Submission {
  readonly channel: string
  readonly externalId: string
  readonly receivedAt: Date
  readonly kind: Kind
  /** What the citizen wrote, as it will be read: NUL and lone surrogates already made storable. The raw form keeps them. */
  readonly text: string
  /** Said by the citizen or found in the text. */
  readonly language: Locale
  readonly contact: Contact
  readonly anonymous: boolean
  /** Code of the administration named by the citizen; absent: "I don't know". */
  readonly administration?: string
  /** Town or place, as typed. */
  readonly place?: string
  readonly media: readonly StagedMedia[]
  readonly raw: RawForm
}

/** What acceptance gives back, after the commit. A repeat of the same event gives the same facts with `repeat: true`. */
export interface Accepted {
  readonly complaintId: string
  readonly receiptId: string
  readonly reference: string
  readonly accessCode: string
  readonly receivedAt: Date
  /** Last day of the formal review and of the answer, as office dates: YYYY-MM-DD. */
  readonly reviewBy: string
  readonly answerBy: string
  readonly repeat: boolean
  /** SHA-256 of what was first received under this identity (core/receipt.ts); another content is another message. */
  readonly contentSha256: string
}
