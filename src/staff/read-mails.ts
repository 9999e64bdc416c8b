import type {
  Authentication,
  FiledFile,
  MailClass,
  MailNote,
  MailVerdict,
  SenderFlag,
} from '../core/mail-message.ts'
import type { Sql } from '../db/client.ts'

/** A mail of a complaint as the desk shows it: what was read, what was thought of its sender, what it was answered. */
export interface MailRecord {
  readonly eventId: string
  /** The message of the record it became; null for what only belongs to the complaint (a report, a robot, a body's mail). */
  readonly submissionId: string | null
  readonly fromAddress: string | null
  readonly fromName: string
  readonly subject: string
  readonly class: MailClass
  readonly reasons: MailVerdict['reasons']
  readonly flags: readonly SenderFlag[]
  readonly notes: readonly MailNote[]
  readonly authentication: Authentication
  readonly text: string
  readonly ownText: string
  readonly hasHtml: boolean
  readonly files: readonly FiledFile[]
  readonly acknowledgment: 'due' | 'sent' | 'failed' | 'withheld' | null
  readonly acknowledgmentFailure: string | null
  readonly receivedAt: Date
  readonly rawSha256: string
  readonly rawBytes: number
}

/** All mail that belongs to a complaint, in the order it came. */
export const readMails = (sql: Sql, complaintId: string) => sql<MailRecord[]>`
  select m.event_id as "eventId", s.id as "submissionId", m.from_address as "fromAddress", m.from_name as "fromName", m.subject,
         m.class, m.reasons, m.flags, m.notes, m.authentication, m.text, m.own_text as "ownText", m.html is not null as "hasHtml",
         m.files, m.acknowledgment, m.acknowledgment_failure as "acknowledgmentFailure", m.received_at as "receivedAt",
         e.raw_sha256 as "rawSha256", e.raw_bytes::float8 as "rawBytes"
  from mail_messages m
  join inbound_events e on e.id = m.event_id
  left join submissions s on s.channel = 'email' and s.external_id = m.external_id and s.complaint_id = m.complaint_id
  where m.complaint_id = ${complaintId} order by m.received_at, m.event_id`
