import type { Database } from '../../src/db/client.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'

/** What happened to one complaint, in office days of a zone without surprises (noon of each day is meant). */
export interface History {
  readonly id: string
  readonly filed: string
  readonly body: string | null
  readonly kind: 'complaint' | 'observation' | 'suggestion'
  readonly channel: string
  readonly language: 'ar' | 'fr' | 'en'
  readonly origin?: 'file' | 'seed' | 'practice'
  readonly place?: string
  readonly reviewed?: string
  readonly refused?: string
  /** Why it was refused: `before_court` where nothing is said. */
  readonly ground?: string
  /** Whoever is competent instead, where the refusal says so. */
  readonly direction?: string
  /** A body had it before and handed it on. */
  readonly transferredFrom?: string
  readonly receiptFailed?: true
  readonly answered?: string
  readonly outcome?: string
  readonly satisfied?: boolean
  readonly withdrawn?: string
  readonly renewed?: string
}

const DAY_MS = 86_400_000
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

export const REVIEW_DAYS = 15
export const ANSWER_DAYS = 75

const noon = (day: string | undefined) => (day === undefined ? null : `${day}T12:00:00Z`)
const end = (day: string) => `${dayAfter(day, 1)}T00:00:00Z`

const statusOf = (one: History): string => {
  if (one.renewed) return 'received'
  if (one.withdrawn || one.refused) return 'closed'
  if (one.answered) return 'answered'
  return one.reviewed ? 'in_progress' : 'formal_review'
}

/** A body to complain about. */
export const addBody = async ({ sql }: Pick<Database, 'sql'>, code: string): Promise<string> => {
  const id = newUuidV7()
  await sql`
    insert into administrations (id, code, names, created_at, updated_at)
    values (${id}, ${code}, ${`{"ar": "إدارة ${code}", "fr": "Administration ${code}", "en": "Office ${code}"}`}::text::jsonb, now(), now())`
  return id
}

let lastNumber = 0

/** Writes complaints as the gateway would have left them. */
export const writeHistories = async (
  { sql }: Pick<Database, 'sql'>,
  histories: readonly History[],
): Promise<void> => {
  const rows = histories.map((one) => {
    lastNumber += 1
    return {
      ...one,
      reference: String(lastNumber).padStart(10, '0'),
      status: statusOf(one),
      origin: one.origin ?? 'file',
      place: one.place ?? null,
      reason: one.refused ? 'inadmissible' : one.withdrawn ? 'withdrawn' : null,
      ground: one.refused ? (one.ground ?? 'before_court') : null,
      direction: one.direction ?? null,
      transferred_from: one.transferredFrom ?? null,
      receipt_failed: one.receiptFailed ?? false,
      at: noon(one.filed),
      reviewed_at: noon(one.refused ?? one.reviewed),
      review_outcome: one.refused ? 'inadmissible' : one.reviewed ? 'admissible' : null,
      answered_at: noon(one.answered),
      closed_at: noon(one.refused ?? one.withdrawn),
      renewed_at: noon(one.renewed),
      round: one.renewed ? 2 : 1,
      satisfied: one.satisfied ?? null,
      outcome: one.outcome ?? null,
      review_on: dayAfter(one.filed, REVIEW_DAYS),
      answer_on: dayAfter(one.filed, ANSWER_DAYS),
      review_due: end(dayAfter(one.filed, REVIEW_DAYS)),
      answer_due: end(dayAfter(one.filed, ANSWER_DAYS)),
    }
  })
  await sql.begin(async (tx) => {
    await tx`create temp table h on commit drop as select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (
      id uuid, reference text, kind text, status text, reason text, ground text, channel text, language text, origin text, place text,
      body uuid, round integer, at timestamptz, reviewed_at timestamptz, review_outcome text, answered_at timestamptz,
      closed_at timestamptz, renewed_at timestamptz, satisfied boolean, outcome text, review_on date, answer_on date,
      review_due timestamptz, answer_due timestamptz, direction text, transferred_from uuid, receipt_failed boolean)`
    await tx`
      insert into complaints (id, reference, access_code_hash, kind, status, closed_reason, ground, channel, language, text, place, anonymous,
                              administration_id, round, origin, received_at, updated_at)
      select id, reference, '', kind, status, reason, ground, channel, language, 'Un texte.', place, false, body, round, origin, at, at from h`
    await tx`
      insert into rounds (complaint_id, number, opened_at, reviewed_at, outcome, answered_at, answer_outcome, satisfied, closed_at)
      select id, 1, at, reviewed_at, review_outcome, answered_at, outcome, satisfied, closed_at from h`
    await tx`insert into rounds (complaint_id, number, opened_at) select id, 2, renewed_at from h where renewed_at is not null`
    await tx`
      insert into deadlines (complaint_id, round, kind, due_on, due_at, policy_version, met_at)
      select id, n, 'review', review_on + shift, review_due + shift * interval '1 day', 1, case n when 1 then reviewed_at end
      from h, generate_series(1, round) n, lateral (select case n when 2 then renewed_at::date - at::date else 0 end as shift) s
      union all
      select id, n, 'answer', answer_on + shift, answer_due + shift * interval '1 day', 1, case n when 1 then answered_at end
      from h, generate_series(1, round) n, lateral (select case n when 2 then renewed_at::date - at::date else 0 end as shift) s`
    await tx`
      insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
      select gen_random_uuid(), id, 1, reviewed_at, 'inadmissible', 'citizen', jsonb_strip_nulls(jsonb_build_object('ground', ground, 'direction', direction))
      from h where review_outcome = 'inadmissible'`
    await tx`
      insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at, settled_at)
      select gen_random_uuid(), id, 1, transferred_from, 'transferred', at, at, at from h where transferred_from is not null`
    await tx`
      insert into receipts (id, complaint_id, round, channel, language, content_sha256, issued_at, state, updated_at)
      select gen_random_uuid(), id, 1, channel, language, '', at, 'failed', at from h where receipt_failed`
    // Their running clocks, which a trigger reads off the dates.
    await tx`update complaints set status = status where id in (select id from h)`
  })
}
