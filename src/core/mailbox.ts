/** A mailbox that is read by IMAP. */
export interface MailboxName {
  /** A digest of account and folder. */
  readonly id: string
  /** Server and folder: what logs and pages call it. */
  readonly name: string
}

/** A mailbox under one numbering of its mails: UIDs mean nothing without it (RFC 9051, 2.3.1.1). */
export interface OpenMailbox extends MailboxName {
  readonly uidValidity: bigint
}

/** A mail of a mailbox that is on record. */
export interface RecordedMail {
  readonly uid: number
  readonly externalId: string
}

/** What a mailbox holds, against what is known of it. */
export interface MailboxAudit {
  /** Not on record: never seen, due to be tried again, or lost from the ledger. */
  readonly missing: readonly number[]
  /** On record, so that the mailbox may be told. */
  readonly recorded: readonly RecordedMail[]
  /** How many are put off and soon due. */
  readonly waiting: number
}

/**
 * How far each mailbox has been read, shared by all processes. Whoever holds no lease may call all of it too: what is noted
 * twice is noted once.
 */
export interface MailboxMemory {
  /** Takes or renews the lease of a mailbox. False while another process holds it. */
  hold(mailbox: MailboxName, holder: string, seconds: number): Promise<boolean>
  letGo(mailbox: MailboxName, holder: string): Promise<void>
  /** Begins reading under a numbering; the notes of another one are forgotten. */
  open(mailbox: OpenMailbox): Promise<void>
  /** The mails among these that are to be fetched now. */
  missing(mailbox: OpenMailbox, uids: readonly number[]): Promise<readonly number[]>
  /** Holds all UIDs of the mailbox against the notes and the ledger, and forgets those that are gone. */
  audit(mailbox: OpenMailbox, uids: readonly number[]): Promise<MailboxAudit>
  /** Which of these events the ledger knows. */
  known(externalIds: readonly string[]): Promise<ReadonlySet<string>>
  /** Notes mails that are durable as events. */
  record(mailbox: OpenMailbox, mails: readonly RecordedMail[]): Promise<void>
  /** Notes a try before it is made, with when the next one may be. Gives how many there were, this one included. */
  noteTry(mailbox: OpenMailbox, uid: number): Promise<number>
  /** Notes that all was well, or what failed. */
  noteHealth(mailbox: MailboxName, failure: string | undefined): Promise<void>
}
