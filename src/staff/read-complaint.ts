import { type AwaitedMedia, readAwaitedMedia } from '../assets/awaited-media.ts'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { NoticeKind } from '../core/letter.ts'
import type { Locale, Names } from '../core/locale.ts'
import { parseReference } from '../core/reference.ts'
import type { Topic } from '../core/topics.ts'
import type { Database, Sql } from '../db/client.ts'
import { audit } from './audit.ts'
import { type ListedComplaint, listComplaints } from './list-complaints.ts'
import { type HandlingRecord, readHandling } from './read-handling.ts'
import { type MailRecord, readMails } from './read-mails.ts'
import { type Merging, readMerging } from './read-merging.ts'
import { type Action, type Actor, behindWall, requireRight, scopeOf } from './rights.ts'

export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'failed' | 'dead'

export interface RoundRecord {
  readonly number: number
  readonly openedAt: Date
  readonly reviewedAt: Date | null
  readonly outcome: string | null
  readonly answeredAt: Date | null
  readonly answer: string | null
  readonly satisfied: boolean | null
  readonly closedAt: Date | null
  readonly reviewBy: string | null
  readonly answerBy: string | null
}

export interface MessageIn {
  readonly id: string
  readonly channel: string
  readonly round: number
  readonly receivedAt: Date
  readonly text: string
  readonly language: Locale
  readonly rawType: string
  readonly rawSha256: string
  readonly rawBytes: number
}

export interface MessageOut {
  readonly id: string
  readonly topic: Topic
  readonly to: string
  /** Names of the body it goes to, where it goes to one. */
  readonly body: Names | null
  readonly state: DeliveryState
  readonly attempts: number
  readonly createdAt: Date
  readonly nextAt: Date | null
  readonly settledAt: Date | null
  readonly reason: string | null
}

export interface MediaRecord {
  readonly id: string
  readonly round: number
  readonly name: string
  readonly kind: 'audio' | 'video' | 'image' | 'document' | null
  readonly type: string | null
  readonly declaredType: string
  readonly bytes: number
  readonly sha256: string
  readonly state: string
  readonly scan: string
  readonly flags: readonly string[]
  readonly durationMs: number | null
  /** How loud it is along its length, 0-100, for drawing. */
  readonly peaks: readonly number[] | null
  /** A body's spoken answer, not something the citizen sent. */
  readonly ofAnswer: boolean
  readonly failure: string | null
  readonly transcript: string | null
  /** Whether a machine wrote the transcript and nobody has confirmed it. */
  readonly transcriptIsMachine: boolean
  readonly renditions: readonly {
    readonly id: string
    readonly name: string
    readonly type: string
    readonly bytes: number
    readonly sha256: string
  }[]
}

export interface ReferralRecord {
  readonly id: string
  readonly round: number
  readonly administration: { readonly code: string; readonly names: Names }
  readonly state: string
  readonly externalReference: string | null
  readonly ground: string | null
  readonly reason: string | null
  readonly createdAt: Date
  readonly deliveredAt: Date | null
  readonly settledAt: Date | null
}

export interface ReceiptRecord {
  readonly round: number
  readonly state: string
  readonly channel: string
  readonly via: string | null
  readonly issuedAt: Date
  readonly failure: string | null
}

/** What the complainant was told without having asked. */
export interface NoticeRecord {
  readonly kind: NoticeKind
  readonly round: number
  readonly state: 'due' | 'sent' | 'failed' | 'fallen_back'
  readonly via: string | null
  readonly failure: string | null
  readonly createdAt: Date
}

export interface TimelineEntry {
  readonly id: string
  readonly at: Date
  readonly event: string
  readonly round: number
  readonly audience: string
  readonly actor: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

/** Everything the desk shows about one complaint; the complainant's identity stays apart (law 09-08). */
export interface ComplaintRecord extends ListedComplaint {
  readonly anonymous: boolean
  readonly place: string | null
  readonly ground: string | null
  readonly closedReason: string | null
  /** When the reader's body handed it on; nothing after that is in the record. Null: the reader sees it whole. */
  readonly handedOnAt: Date | null
  readonly rounds: readonly RoundRecord[]
  readonly messagesIn: readonly MessageIn[]
  readonly mails: readonly MailRecord[]
  readonly messagesOut: readonly MessageOut[]
  readonly media: readonly MediaRecord[]
  readonly awaitedMedia: readonly AwaitedMedia[]
  readonly referrals: readonly ReferralRecord[]
  readonly receipts: readonly ReceiptRecord[]
  readonly notices: readonly NoticeRecord[]
  readonly timeline: readonly TimelineEntry[]
  readonly handling: HandlingRecord
  readonly merging: Merging
}

/** Names of the body that a forwarded file goes to. One place for list and record. */
export const bodyOfDelivery = (sql: Sql) => sql`
  case when o.topic = 'referral.forward' then (select a.names from referrals f join administrations a on a.id = f.administration_id
    where f.id::text = o.payload ->> 'referralId') end`

/** The state of an outbox message, derived from its instants. One place for list and record. */
export const deliveryState = (sql: Sql) => sql`
  case when o.settled_at is not null then 'delivered' when o.dead_at is not null then 'dead'
       when o.leased_until is not null then 'sending' when o.attempts > 0 then 'failed' else 'waiting' end`

const facts = (sql: Sql, id: string) =>
  sql<
    Pick<ComplaintRecord, 'anonymous' | 'place' | 'ground' | 'closedReason' | 'handedOnAt'>[]
  >`select anonymous, place, closed_reason as "closedReason", case when seen.until = 'infinity' then ground end as ground,
           nullif(seen.until, 'infinity') as "handedOnAt"
    from complaints, lateral (select desk_until(id) as until) seen where id = ${id}`

const rounds = (sql: Sql, id: string) => sql<RoundRecord[]>`
  select number, opened_at as "openedAt", reviewed_at as "reviewedAt", outcome, answered_at as "answeredAt", answer,
         satisfied, closed_at as "closedAt",
         (select due_on::text from deadlines d where d.complaint_id = r.complaint_id and d.round = r.number and d.kind = 'review')
           as "reviewBy",
         (select due_on::text from deadlines d where d.complaint_id = r.complaint_id and d.round = r.number and d.kind = 'answer')
           as "answerBy"
  from rounds_seen r where complaint_id = ${id} order by number`

const messagesIn = (sql: Sql, id: string) => sql<MessageIn[]>`
  select id, channel, round, received_at as "receivedAt", text, language, raw_type as "rawType",
         raw_sha256 as "rawSha256", raw_bytes::int as "rawBytes"
  from submissions where complaint_id = ${id} order by received_at, id`

const messagesOut = (sql: Sql, id: string) => sql<MessageOut[]>`
  select o.id, o.topic, o.key as to, ${bodyOfDelivery(sql)} as body, ${deliveryState(sql)} as state, o.attempts, o.created_at as "createdAt",
         case when o.settled_at is null and o.dead_at is null then o.due_at end as "nextAt",
         o.settled_at as "settledAt", o.last_error ->> 'message' as reason
  from outbox_messages o
  where o.complaint_id = ${id} and o.topic in ('receipt.send', 'referral.forward', 'notice.send')
  order by o.created_at, o.id`

const media = (sql: Sql, id: string) => sql<MediaRecord[]>`
  select m.id, m.round, m.name, m.kind, m.type, m.declared_type as "declaredType", m.bytes::float8 as bytes, m.sha256, m.state,
         m.scan, m.flags, m.duration_ms as "durationMs", m.peaks, m.of_answer as "ofAnswer", m.failure, t.text as transcript,
         coalesce(t.source = 'machine' and t.confirmed_at is null, false) as "transcriptIsMachine",
         coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'type', r.type, 'bytes', r.bytes,
                   'sha256', r.sha256) order by r.name) from renditions r where r.asset_id = m.id), '[]') as renditions
  from media_assets m left join transcripts t on t.asset_id = m.id
  where m.complaint_id = ${id} order by m.round, m.position`

const referrals = (sql: Sql, id: string) => sql<ReferralRecord[]>`
  select f.id, f.round, jsonb_build_object('code', a.code, 'names', a.names) as administration, f.state,
         f.external_reference as "externalReference", f.ground, f.reason, f.created_at as "createdAt",
         f.delivered_at as "deliveredAt", f.settled_at as "settledAt"
  from referrals_seen f join administrations a on a.id = f.administration_id
  where f.complaint_id = ${id} order by f.created_at, f.id`

const receipts = (sql: Sql, id: string) => sql<ReceiptRecord[]>`
  select round, state, channel, via, issued_at as "issuedAt", failure
  from receipts where complaint_id = ${id} order by round`

const notices = (sql: Sql, id: string) => sql<NoticeRecord[]>`
  select kind, round, state, via, failure, created_at as "createdAt"
  from notices where complaint_id = ${id} order by created_at, id`

const timeline = (sql: Sql, id: string) => sql<TimelineEntry[]>`
  select id, at, event, round, audience, actor, facts from complaint_events where complaint_id = ${id} order by at, id`

export interface ReadDeps {
  readonly db: Database
  readonly clock: Clock
}

/**
 * The list row of a complaint the actor may see. What lies outside the actor's scope is `not_found`, told like a number that
 * does not exist; the attempt is in the audit.
 */
export const findComplaint = async (
  deps: ReadDeps,
  actor: Actor,
  typed: string,
  action: Action = 'complaint.read',
): Promise<ListedComplaint> => {
  const parsed = parseReference(typed)
  if (!parsed.ok) throw new AppError('not_found')
  const { items } = await listComplaints(deps, actor, { q: parsed.reference, limit: 1 })
  const [found] = items
  try {
    if (found === undefined) throw new AppError('not_found')
    requireRight(actor, action)
    return found
  } catch (error) {
    await audit(deps, actor, { action: 'denied', subject: parsed.reference, facts: { wanted: action } })
    throw error
  }
}

/** The whole record of one complaint; the reading is audited. */
export const readComplaint = async (
  deps: ReadDeps,
  actor: Actor,
  reference: string,
): Promise<ComplaintRecord> => {
  const listed = await findComplaint(deps, actor, reference)
  const { id } = listed
  const scope = await scopeOf(deps.db.sql, actor)
  const [[[own], ...parts], awaited] = await Promise.all([
    behindWall(deps.db.sql, scope, (sql) =>
      Promise.all([
        facts(sql, id),
        rounds(sql, id),
        messagesIn(sql, id),
        messagesOut(sql, id),
        media(sql, id),
        referrals(sql, id),
        receipts(sql, id),
        timeline(sql, id),
        readMails(sql, id),
        notices(sql, id),
        readHandling(sql, id),
        readMerging(sql, id),
      ]),
    ),
    readAwaitedMedia(deps.db, id),
    audit(deps, actor, { action: 'complaint.read', subject: listed.reference }),
  ])
  const handling = parts[9]
  if (own === undefined || handling === undefined) throw new AppError('not_found')
  return {
    ...listed,
    ...own,
    rounds: parts[0],
    messagesIn: parts[1],
    messagesOut: parts[2],
    media: parts[3],
    referrals: parts[4],
    receipts: parts[5],
    timeline: parts[6],
    mails: parts[7],
    handling,
    merging: parts[10],
    awaitedMedia: awaited.filter(({ since }) => own.handedOnAt === null || since <= own.handedOnAt),
    notices: parts[8],
  }
}
