import type { AnswerOutcome } from '../core/referral.ts'
import type { ReviewRecord } from '../core/review.ts'
import type { Sql } from '../db/client.ts'

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

/** How far the desk is with a complaint. */
export interface HandlingRecord {
  /** Names this state of the record: an act that was meant for another one is refused. */
  readonly version: string
  readonly assignee: { readonly id: string; readonly email: string } | null
  readonly transfers: number
  readonly review: ReviewRecord | null
  /** Whether answers of the body that has it wait for a second person. */
  readonly approvesAnswers: boolean
  readonly policyVersion: number
  readonly draft: DraftRecord | null
  readonly notes: readonly NoteRecord[]
}

/** What the desk did with a complaint, read behind the wall. */
export const readHandling = async (sql: Sql, complaintId: string): Promise<HandlingRecord | undefined> => {
  const [[head], [draft], notes] = await Promise.all([
    sql<Omit<HandlingRecord, 'draft' | 'notes'>[]>`
      select coalesce((select id::text from complaint_events e where e.complaint_id = c.id order by at desc, id desc limit 1), '') as version,
             case when m.id is null then null else jsonb_build_object('id', m.id, 'email', m.email) end as assignee,
             (select count(*)::int from referrals r where r.complaint_id = c.id and r.state = 'transferred') as transfers,
             (select review from rounds r where r.complaint_id = c.id and r.number = c.round) as review,
             coalesce(a.approves_answers, false) as "approvesAnswers",
             (select max(policy_version) from deadlines d where d.complaint_id = c.id and d.round = c.round) as "policyVersion"
      from complaints c left join staff_members m on m.id = c.assignee_id left join administrations a on a.id = c.administration_id
      where c.id = ${complaintId}`,
    sql<DraftRecord[]>`
      select d.text, d.outcome, d.written_by as "writtenBy", d.written_at as "writtenAt", d.remark
      from answer_drafts d join complaints c on c.id = d.complaint_id and c.round = d.round where d.complaint_id = ${complaintId}`,
    sql<NoteRecord[]>`
      select id, at, actor, round, text from complaint_notes where complaint_id = ${complaintId} order by at, id`,
  ])
  return head && { ...head, draft: draft ?? null, notes }
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
