import { sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import {
  type AwaitedDate,
  citizenState,
  type Ground,
  type Kind,
  runningDate,
  type Status,
} from '../core/complaint.ts'
import type { KnownComplaint } from '../core/conversation.ts'
import { officeDay } from '../core/deadlines.ts'
import type { Locale, Names } from '../core/locale.ts'
import type { Tx } from '../db/client.ts'

/** What reads: a transaction, or the client itself. */
export type Reader = Pick<Tx, 'execute'>

interface Row {
  readonly id: string
  readonly reference: string
  readonly kind: Kind
  readonly status: Status
  readonly round: number
  readonly closed_reason: KnownComplaint['closedReason'] | null
  readonly ground: Ground | null
  readonly office: Names | null
  readonly answer: string | null
  readonly answer_in: Locale | null
  readonly spoken: boolean
  readonly voice_note: string | null
  readonly question: string | null
  readonly refusal: string | null
  readonly merged_into: string | null
  readonly interim: string | null
  readonly answer_by: string
  readonly review_by: string
  readonly review_due: string
  readonly review_met: string | null
  readonly answer_due: string
  readonly answer_met: string | null
}

/** The legal day that passed while it was awaited; undefined when none did. */
const missedDay = (row: Row, now: Date): string | undefined => {
  const due: Readonly<Record<AwaitedDate, string | undefined>> = {
    none: undefined,
    review: row.review_met === null ? row.review_due : undefined,
    answer: row.answer_met === null ? row.answer_due : undefined,
  }
  const runs = runningDate(row.status, row.review_met !== null)
  const at = due[runs]
  if (at === undefined || new Date(at) > now) return undefined
  return runs === 'answer' ? row.answer_by : row.review_by
}

const knownOf = (row: Row, now: Date, officeZone: string): KnownComplaint => {
  const lateSince = missedDay(row, now)
  return {
    id: row.id,
    reference: row.reference,
    kind: row.kind,
    state: citizenState(row.status),
    late: lateSince !== undefined,
    ...(lateSince === undefined ? {} : { lateSince }),
    round: row.round,
    answerBy: row.answer_by,
    daysLeft: Temporal.PlainDate.from(officeDay(now, officeZone)).until(row.answer_by, {
      largestUnit: 'days',
    }).days,
    ...(row.closed_reason ? { closedReason: row.closed_reason } : {}),
    ...(row.ground ? { ground: row.ground } : {}),
    ...(row.office ? { office: row.office } : {}),
    ...(row.answer ? { answer: row.answer, isSpoken: row.spoken } : {}),
    ...(row.answer_in ? { answerIn: row.answer_in } : {}),
    ...(row.voice_note ? { voiceNote: row.voice_note } : {}),
    ...(row.question ? { question: row.question } : {}),
    ...(row.interim ? { interim: row.interim } : {}),
    ...(row.refusal ? { refusal: row.refusal } : {}),
    ...(row.merged_into ? { mergedInto: row.merged_into } : {}),
  }
}

const lastFact = (event: string, fact: string) => sql`
  (select e.facts ->> ${fact} from complaint_events e
    where e.complaint_id = c.id and e.round = c.round and e.event = ${event} order by e.at desc, e.id desc limit 1)`

/** A complaint as the conversation speaks of it; undefined when there is none. */
export const readKnownComplaint = async (
  reader: Reader,
  { now, officeZone }: { readonly now: Date; readonly officeZone: string },
  complaintId: string,
): Promise<KnownComplaint | undefined> => {
  const rows = (await reader.execute(sql`
    select c.id, c.reference, c.kind, c.status, c.round, c.closed_reason, c.ground, a.names as office, g.answer,
           (select nullif(y.language, c.language) from complaints y where y.id = g.from_id) as answer_in,
           exists (select from media_assets m where m.complaint_id = g.from_id and m.round = g.from_round and m.of_answer
             and m.state not in ('failed', 'blocked')) as spoken,
           (select n.id from media_assets m join renditions n on n.asset_id = m.id and n.name = 'voice_note'
             where m.complaint_id = g.from_id and m.round = g.from_round and m.of_answer) as voice_note,
           (select y.reference from complaint_merges m join complaints y on y.id = m.into_id
             where m.complaint_id = c.id and m.round = c.round and m.undone_at is null and same_sender(c.id, y.id)) as merged_into,
           ${lastFact('information_requested', 'question')} as question, coalesce(${lastFact('inadmissible', 'reason')}, ${lastFact('outside_scope', 'reason')}) as refusal,
           ${lastFact('interim_reply', 'text')} as interim,
           review.due_on::text as review_by, answer.due_on::text as answer_by, answer.due_at as answer_due, answer.met_at as answer_met,
           review.due_at as review_due, review.met_at as review_met
    from complaints c
    left join given_answers g on g.complaint_id = c.id and g.round = c.round
    join deadlines review on review.complaint_id = c.id and review.round = c.round and review.kind = 'review'
    join deadlines answer on answer.complaint_id = c.id and answer.round = c.round and answer.kind = 'answer'
    left join administrations a on a.id = coalesce(c.administration_id, case when c.status <> 'triage' then c.named_administration_id end)
    where c.id = ${complaintId}`)) as unknown as Row[]
  const [row] = rows
  return row && knownOf(row, now, officeZone)
}

/** The language in which a number filed last, on any channel. */
export const languageOfPhone = async (reader: Reader, phone: string): Promise<Locale | undefined> => {
  const rows = (await reader.execute(sql`
    select c.language from complainants p join complaints c on c.id = p.complaint_id
    where p.phone = ${phone} order by c.received_at desc, c.id desc limit 1`)) as unknown as {
    language: Locale
  }[]
  return rows[0]?.language
}

/** The newest complaint that a number filed on any channel, or the one it filed under a reference. */
export const complaintOfPhone = async (
  reader: Reader,
  phone: string,
  reference?: string,
): Promise<string | undefined> => {
  const rows = (await reader.execute(sql`
    select c.id from complainants p join complaints c on c.id = p.complaint_id
    where p.phone = ${phone} ${reference === undefined ? sql`` : sql`and c.reference = ${reference}`}
    order by c.received_at desc, c.id desc limit 1`)) as unknown as { id: string }[]
  return rows[0]?.id
}
