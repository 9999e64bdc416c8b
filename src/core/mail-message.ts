import type { Readable } from 'node:stream'

/** One header field as it stood: name in lower case, value unfolded and readable, encoded words left alone. */
export interface MailHeader {
  readonly name: string
  readonly value: string
}

export interface MailAddress {
  /** The name shown, decoded. */
  readonly name: string
  readonly address: string
}

/** What a person who reads the record must be told about a message, beside its words. */
export type MailNote =
  /** S/MIME or PGP: only the intended reader can open it. */
  | 'encrypted'
  /** S/MIME with the words inside the signature. */
  | 'sealed_signature'
  /** Cut off, or built against the rules: what could be read is there. */
  | 'damaged'
  /** Could not be read in time or at all. */
  | 'unreadable'
  /** Longer than is shown; the whole is in the original. */
  | 'text_cut'

/** A delivery report (RFC 3464, and the odd ones): about which of our messages, and what became of it. */
export interface DeliveryReport {
  readonly outcome: 'failed' | 'delayed' | 'delivered' | 'unknown'
  /** Enhanced status such as 5.1.1, where the report gives one. */
  readonly status?: string
}

/** A message read: everything later steps need, nothing that could still run or load. */
export interface ReadMail {
  /** Of the outermost message, in their order. */
  readonly headers: readonly MailHeader[]
  /** Mailboxes of the From header as it stands; nothing decoded ever becomes an address. */
  readonly from: readonly MailAddress[]
  readonly subject: string
  /** With angle brackets. */
  readonly messageId?: string
  /** Message-IDs of In-Reply-To, then of References from the newest to the oldest. */
  readonly answers: readonly string[]
  /** All readable text in its order, quoted and forwarded parts too. */
  readonly text: string
  /** The words of this sender, apart from what is quoted. The whole text where nothing is quoted. */
  readonly ownText: string
  /** Sanitised: no script, style, form, image or anything that loads. */
  readonly html?: string
  /** Content types of all parts, outermost first. */
  readonly types: readonly string[]
  /** METHOD of a calendar part, upper case. */
  readonly calendarMethod?: string
  readonly report?: DeliveryReport
  /** Headers of the message that a report brings back. */
  readonly returned: readonly MailHeader[]
  readonly notes: readonly MailNote[]
}

/** A file of a message on its way to the store. */
export interface MailFile {
  readonly name: string
  readonly type: string
  /** Content-ID without brackets. */
  readonly cid?: string
}

/** Why a file of a message is in the original only. */
export type FileRefusal = 'too_large' | 'too_many' | 'empty'

export type KeptFile =
  | { readonly ok: true; readonly bytes: number; readonly sha256: string }
  | { readonly ok: false; readonly reason: FileRefusal }

/** A file with its place in the message and what became of it. */
export interface FiledFile extends MailFile {
  readonly position: number
  /** `inline`: shown inside the text, a picture of a signature most often. */
  readonly role: 'attachment' | 'inline'
  readonly kept: KeptFile
}

/** Puts one file where it stays. The stream is read to its end or destroyed; throws when the store is away. */
export type KeepFile = (file: MailFile, position: number, content: Readable) => Promise<KeptFile>

export type ReadResult =
  | { readonly ok: true; readonly mail: ReadMail; readonly files: readonly FiledFile[] }
  /** `too_slow` and `too_heavy`: the reading was ended from outside. */
  | { readonly ok: false; readonly reason: 'too_slow' | 'too_heavy' | 'broken' }

/** Reads a message without ever holding up the caller. Throws only when the store is away or the signal aborts. */
export type ReadMessage = (raw: Readable, keep: KeepFile, signal: AbortSignal) => Promise<ReadResult>

export const MAIL_CLASSES = [
  'new',
  'addition',
  'automatic',
  'bounce',
  'list',
  'own',
  'spam',
  'too_large',
] as const
export type MailClass = (typeof MAIL_CLASSES)[number]

export interface MailVerdict {
  readonly class: MailClass
  /** Names of the rules that led here. */
  readonly reasons: readonly string[]
  /** `file`: kept as what its sender wants to say; `note`: it answers or repeats something and asks for nothing itself. */
  readonly fate: 'file' | 'note'
  /** False: no acknowledgment may go out, whatever happens. */
  readonly answerable: boolean
}

/** What is known of the sender's authenticity from the one host whose word counts, or from our own look at signatures. */
export type Authentication = 'passed' | 'failed' | 'none'

/** Things about a sender that staff should see before they trust the name. */
export type SenderFlag =
  | 'name_shows_other_address'
  | 'mixed_scripts'
  | 'hidden_marks'
  | 'foreign_domain_script'
  | 'several_senders'
  | 'reply_elsewhere'
  | 'not_verified'

/** One of our mails, by the Message-ID we gave it. */
export type OurMail =
  | { readonly kind: 'receipt'; readonly id: string }
  | { readonly kind: 'referral'; readonly id: string }
  | { readonly kind: 'notice'; readonly id: string }
  /** The acknowledgment of an addition, under the id of its event. */
  | { readonly kind: 'added'; readonly id: string }
  /** A dossier, under the id of its outbox message. */
  | { readonly kind: 'dossier'; readonly id: string }

/** Everything in a message that points at something of ours, strongest first; nothing of it is proof of who sent it. */
export interface Pointers {
  /** Reference of a keyed token in an address it was sent to. */
  readonly token?: string
  readonly mails: readonly OurMail[]
  /** Reference in the subject. */
  readonly subject?: string
}

/** A message held against our own configuration and keys. */
export interface Examined {
  readonly authentication: Authentication
  readonly flags: readonly SenderFlag[]
  readonly pointers: Pointers
  /** Its loop header was made by us for its Message-ID. */
  readonly carriesOurMark: boolean
}

/** The message as it came, for what is checked over every byte. */
export interface Original {
  /** Undefined when it is not there, or not whole. */
  readonly open: () => Promise<Readable | undefined>
  readonly signal: AbortSignal
}

/** What the judge needs of the e-mail channel: reading and rules, no database. */
export interface MailReading {
  readonly read: ReadMessage
  /** The headers alone, for what cannot be read whole. Never fails. */
  readHead(bytes: Uint8Array): ReadMail
  /** Opens the original only where the sender is to be verified by it. Throws only when its signal aborts. */
  examine(mail: ReadMail, original: Original): Promise<Examined>
  classify(
    mail: ReadMail,
    examined: Examined,
    about: { bytes: number; joins: boolean; released?: boolean },
  ): MailVerdict
}
