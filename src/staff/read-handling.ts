import type { Cause } from '../core/cause.ts'
import type { Counting } from '../core/deadlines.ts'
import type { Locale, Names } from '../core/locale.ts'
import type { AnswerOutcome } from '../core/referral.ts'
import type { ReviewRecord } from '../core/review.ts'
import type { Sql } from '../db/client.ts'
import { countingOf } from '../deadlines/read-counting.ts'

/** A note between colleagues; never part of anything that is sent. */
export interface NoteRecord {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly round: number
  readonly text: string
}

/** An answer that waits for a second person, or came back from one. */
export interface DraftRecord {
  readonly text: string
  readonly outcome: AnswerOutcome | null
  readonly writtenBy: string
  readonly writtenAt: Date
  readonly remark: string | null
}

/** A short message that went to the complainant, and what became of it. The number it went to is not here (law 09-08). */
export interface TextRecord {
  readonly id: string
  readonly channel: string
  readonly language: Locale
  readonly text: string
  readonly segments: number
  readonly state: 'queued' | 'sent' | 'delivered' | 'failed' | 'fallen_back'
  readonly failure: string | null
  readonly createdAt: Date
}

export interface NamedService {
  readonly code: string
  readonly names: Names
}

/** How far the desk is with a complaint. */
export interface HandlingRecord {
  /** Names this state of the record: an act that was meant for another one is refused. */
  readonly version: string
  readonly assignee: { readonly id: string; readonly email: string } | null
  readonly transfers: number
  readonly review: ReviewRecord | null
  /** Whether answers of the body that has it wait for a second person. */
  readonly approvesAnswers: boolean
  /** What it is about; null: nobody has said yet. */
  readonly service: NamedService | null
  readonly cause: Cause | null
  /** What may be chosen as its service. */
  readonly services: readonly NamedService[]
  /** What its dates were counted from. */
  readonly counting: Counting
  readonly draft: DraftRecord | null
  readonly notes: readonly NoteRecord[]
  readonly texts: readonly TextRecord[]
}

/** What the desk did with a complaint, read behind the wall. */
export const readHandling = async (sql: Sql, complaintId: string): Promise<HandlingRecord | undefined> => {
  const [[head], [draft], notes, texts, counting] = await Promise.all([
    sql<Omit<HandlingRecord, 'draft' | 'notes' | 'texts' | 'counting'>[]>`
      select coalesce((select id::text from complaint_events e where e.complaint_id = c.id order by at desc, id desc limit 1), '') as version,
             case when m.id is null then null else jsonb_build_object('id', m.id, 'email', m.email) end as assignee,
             (select count(*)::int from referrals r where r.complaint_id = c.id and r.state = 'transferred') as transfers,
             (select review from rounds_seen r where r.complaint_id = c.id and r.number = c.round) as review,
             coalesce(a.approves_answers, false) as "approvesAnswers",
             (select jsonb_build_object('code', s.code, 'names', s.names) from services s where s.id = c.service_id) as service, case when desk_until(c.id) = 'infinity' then c.cause end as cause,
             coalesce((select jsonb_agg(jsonb_build_object('code', o.code, 'names', o.names) order by o.height, o.code)
                       from services_of(c.administration_id) o), '[]') as services
      from complaints c left join staff_members m on m.id = c.assignee_id and desk_until(c.id) = 'infinity' left join administrations a on a.id = c.administration_id
      where c.id = ${complaintId}`,
    sql<DraftRecord[]>`
      select d.text, d.outcome, d.written_by as "writtenBy", d.written_at as "writtenAt", d.remark
      from answer_drafts d join complaints c on c.id = d.complaint_id and c.round = d.round where d.complaint_id = ${complaintId}`,
    sql<NoteRecord[]>`
      select id, at, actor, round, text from complaint_notes where complaint_id = ${complaintId} order by at, id`,
    sql<TextRecord[]>`
      select id, channel, language, text, segments, state, failure, created_at as "createdAt"
      from outgoing_messages where complaint_id = ${complaintId} order by created_at, id`,
    countingOf(sql, complaintId),
  ])
  return head && counting && { ...head, counting, draft: draft ?? null, notes, texts }
}

/** The addresses of those who acted, by the names under which histories keep them. */
export const namesOf = async (
  sql: Sql,
  actors: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = actors.flatMap((actor) => /^staff:(.+)$/.exec(actor ?? '')?.[1] ?? [])
  if (ids.length === 0) return new Map()
  const rows = await sql<{ id: string; email: string }[]>`
    select id, email from staff_members where id = any(${ids}::uuid[])`
  return new Map(rows.map(({ id, email }) => [`staff:${id}`, email]))
}

/** How an answer reaches the complainant; `stopped`: the person asked for silence there. */
export interface AnswerWay {
  readonly channel: 'email' | 'sms' | 'whatsapp' | 'none'
  readonly stopped: boolean
}

/** The way an answer will take, without the address. Read before the wall: the address itself is not for the desk. */
export const readAnswerWay = async (sql: Sql, complaintId: string): Promise<AnswerWay> => {
  const [row] = await sql<AnswerWay[]>`
    with contact as (
      select p.phone, p.preferred, case
        when p.preferred = 'none' then 'none'
        when p.phone ~ '^\\+[1-9][0-9]{7,14}$' and (p.preferred is distinct from 'email' or p.email is null)
          then case when 'whatsapp' in (p.preferred, c.channel) then 'whatsapp' else 'sms' end
        when p.email is not null then 'email' else 'none' end as channel
      from complaints c left join complainants p on p.complaint_id = c.id where c.id = ${complaintId})
    select channel, exists (select from conversations v
      where v.phone = contact.phone and v.channel = contact.channel and v.stopped_at is not null) as stopped from contact`
  return row ?? { channel: 'none', stopped: false }
}
