import { createHash } from 'node:crypto'
import type { Locale } from '../core/locale.ts'
import type { FiledFile } from '../core/mail-message.ts'
import type { AnsweredMail } from '../core/receipt.ts'
import type { Sql } from '../db/client.ts'

/** The mail a receipt acknowledges, as far as its answer needs it. */
export interface MailOfFiling extends AnsweredMail {
  readonly answerable: boolean
  /** Name of the rule that forbids an answer. */
  readonly reason: string
  /** Message-IDs, oldest first; the last is the mail's own. */
  readonly thread: readonly string[]
  /** Over the words and files alone: a robot that writes the same in a loop has new headers each time. */
  readonly words: string
}

interface Row {
  readonly message_id: string | null
  readonly answers: readonly string[]
  readonly subject: string
  readonly answerable: boolean
  readonly reasons: readonly string[]
  readonly language_sure: boolean
  readonly text: string
  readonly files: readonly FiledFile[]
  readonly language: Locale
}

/** The thread's beginning and end: a References header stays well below what servers take. */
const THREAD_IDS = 20
const UNSURE: readonly Locale[] = ['ar', 'fr']

const wordsOf = ({ text, files }: Row): string =>
  createHash('sha256')
    .update(JSON.stringify([text, files.map(({ kept }) => (kept.ok ? kept.sha256 : ''))]))
    .digest('hex')

const filesOf = (row: Row): Pick<AnsweredMail, 'kept' | 'refused'> => {
  const shown = row.files.filter(({ role }) => role === 'attachment')
  return {
    kept: shown.flatMap(({ name, kept }) => (kept.ok ? [{ name, bytes: kept.bytes }] : [])),
    refused: shown.flatMap(({ name, kept }) => (kept.ok ? [] : [{ name, reason: kept.reason }])),
  }
}

const mailOf = (row: Row): MailOfFiling => {
  const older = row.answers.toReversed().slice(-THREAD_IDS)
  return {
    subject: row.subject,
    languages: row.language_sure ? [row.language] : UNSURE,
    ...filesOf(row),
    answerable: row.answerable,
    reason: row.reasons[0] ?? '',
    thread:
      row.message_id === null ? older : [...older.filter((id) => id !== row.message_id), row.message_id],
    words: wordsOf(row),
  }
}

/** The mail that a receipt of the channel `email` acknowledges; undefined for filings by other channels. */
export const mailOfFiling = async (sql: Sql, receiptId: string): Promise<MailOfFiling | undefined> => {
  const [row] = await sql<Row[]>`
    select m.message_id, m.answers, m.subject, m.answerable, m.reasons, m.language_sure, m.text, m.files, r.language
    from receipts r
    join submissions s on s.complaint_id = r.complaint_id and s.round = r.round and s.channel = 'email'
    join mail_messages m on m.external_id = s.external_id
    where r.id = ${receiptId} and r.channel = 'email' order by s.received_at, s.id limit 1`
  return row && mailOf(row)
}

/** A mail that joined a complaint; it is answered in its own language where that was found, else in that of the complaint. */
export const mailOfAddition = async (sql: Sql, eventId: string): Promise<MailOfFiling | undefined> => {
  const [row] = await sql<Row[]>`
    select m.message_id, m.answers, m.subject, m.answerable, m.reasons, true as language_sure, m.own_text as text, m.files,
           case when m.language_sure then s.language else c.language end as language
    from mail_messages m
    join submissions s on s.channel = 'email' and s.external_id = m.external_id
    join complaints c on c.id = m.complaint_id
    where m.event_id = ${eventId}`
  return row && mailOf(row)
}
