import type { Kind } from './complaint.ts'
import type { PolicyRules } from './deadlines.ts'
import type { Locale, Names } from './locale.ts'
import type { FileRefusal } from './mail-message.ts'

/** What was received, as far as the receipt vouches for it. */
export interface ReceivedContent {
  /** The text as stored: NUL and lone surrogates already made storable. */
  readonly text: string
  /** The files in the order they were given, with the name the sender gave them. */
  readonly media: readonly {
    readonly name: string
    readonly bytes: number
    /** Lower-case hex. */
    readonly sha256: string
  }[]
}

/**
 * The manifest whose SHA-256 a receipt signs: canonical JSON (RFC 8785, JCS) of `{ media: [{ bytes, name, sha256 }], text, v }`.
 *
 * Canonical so that a citizen can make it again without us: keys in alphabetical order, no spaces, UTF-8. With the text in
 * `t.txt` and the files' names, sizes and `sha256sum` at hand, any JCS tool, or
 * `jq -cjS -n --rawfile t t.txt '{v: 1, text: $t, media: [{name: "a.mp3", bytes: 12, sha256: "…"}]}' | sha256sum`,
 * gives the digest printed on the receipt.
 */
export const receiptContent = ({ text, media }: ReceivedContent): string =>
  JSON.stringify({
    media: media.map(({ bytes, name, sha256 }) => ({ bytes, name, sha256 })),
    text,
    v: 1,
  })

/** Channels whose answer on the page or line is itself the receipt; an address that was given gets it too. */
const INLINE_CHANNELS: readonly string[] = ['web', 'api', 'counter', 'open311']

/** The way a receipt goes: back on the channel it came by; `inline` where the answer itself is the receipt. */
export const receiptWay = (channel: string, email: string | null | undefined): string => {
  if (!INLINE_CHANNELS.includes(channel)) return channel
  return email ? 'email' : 'inline'
}

/** What the signature stands for. Facts of the filing, which never change: the receipt can be signed again at any time. */
export interface ReceiptClaims {
  readonly v: 1
  readonly reference: string
  /** ISO 8601, UTC. */
  readonly receivedAt: string
  readonly kind: Kind
  /** Code of the administration the citizen named; null: "I don't know". */
  readonly administration: string | null
  readonly round: number
  /** Hex SHA-256 of `receiptContent`. */
  readonly contentSha256: string
  /** Public URL of the gateway that issued it. */
  readonly issuer: string
  readonly channel: string
  readonly language: Locale
}

/** Everything a receipt says, on any channel and in any form. The access code is not among it: it is shown apart, once. */
export interface ReceiptFacts {
  readonly receiptId: string
  readonly complaintId: string
  readonly claims: ReceiptClaims
  /** Compact JWS over the claims. */
  readonly signature: string
  readonly receivedAt: Date
  readonly officeZone: string
  readonly administrationNames: Names | undefined
  readonly characters: number
  /** What came with the filing: the signature stands for these. */
  readonly files: readonly ReceivedFile[]
  /** What joined the round afterwards: told beside it, signed by nobody. */
  readonly laterFiles: readonly (ReceivedFile & { readonly addedAt: Date })[]
  /** What was named with the filing and has not come; absent when nothing is missing. */
  readonly arriving?: ArrivingFiles
  /** Last days, YYYY-MM-DD in the office's zone, and the rule they follow from. */
  readonly reviewBy: string
  readonly answerBy: string
  readonly rules: PolicyRules
  readonly links: ReceiptLinks
}

export interface ArrivingFiles {
  /** `bytes` null: a recording whose length was not known yet. */
  readonly files: readonly { readonly name: string; readonly bytes: number | null }[]
  /** Until then they are waited for, and the link takes them. */
  readonly until: Date
  readonly link: string
}

export interface ReceivedFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface ReceiptLinks {
  /** The receipt's own page: a secret of whoever holds the receipt. */
  readonly receipt: string
  /** The public check page, which shows no content. */
  readonly verify: string
  readonly track: string
}

/** What an acknowledgment in a mail's own thread says beside the facts. The sender's words go back to the sender alone. */
export interface AnsweredMail {
  readonly subject: string
  /** More than one where the mail gave no sign of its language. */
  readonly languages: readonly Locale[]
  readonly kept: readonly { readonly name: string; readonly bytes: number }[]
  readonly refused: readonly { readonly name: string; readonly reason: FileRefusal }[]
  /** Where the refused files can be sent. */
  readonly uploadLink?: string
}

/** A receipt put into words for an e-mail. */
export interface ReceiptLetter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A receipt put into words for paper. Nothing here is markup: the template sets it as it stands. */
export interface ReceiptDocument {
  readonly language: Locale
  readonly direction: 'rtl' | 'ltr'
  readonly service: string
  readonly title: string
  readonly lead: string
  /** The number and, where the citizen asked for it, the code: set large. */
  readonly numbers: readonly { readonly label: string; readonly value: string }[]
  readonly lines: readonly { readonly label: string; readonly value: string; readonly isDigest: boolean }[]
  readonly rule: string
  readonly waysTitle: string
  readonly ways: readonly string[]
  readonly proof: string
  /** The check page's address as a QR code, SVG. */
  readonly qr: string
  /** The signed receipt, kept in the document's metadata so that the file proves itself. */
  readonly signature: string
  /** ISO 8601: a receipt printed twice is the same file. */
  readonly date: string
}
