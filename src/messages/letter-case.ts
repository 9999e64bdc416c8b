import type { Clock } from '../core/clock.ts'
import type { LetterCase } from '../core/letter.ts'
import type { Database } from '../db/client.ts'
import { readKnownComplaint } from './known-complaint.ts'

export interface LetterDeps {
  readonly db: Database
  readonly clock: Clock
  readonly publicUrl: string
  readonly officeZone: string
}

/** A complaint as a letter speaks of it; undefined when there is none. */
export const readLetterCase = async (
  { db, clock, publicUrl, officeZone }: LetterDeps,
  complaintId: string,
): Promise<LetterCase | undefined> => {
  const known = await readKnownComplaint(db.orm, { now: clock.now(), officeZone }, complaintId)
  if (known === undefined) return undefined
  const [row] = await db.sql<{ review_by: string; answer_us_by: string | null; language: string }[]>`
    select d.due_on::text as review_by, c.language, (select answer_on::text from information_requests q
      where q.complaint_id = c.id and q.ended_at is null) as answer_us_by
    from complaints c
    join deadlines d on d.complaint_id = c.id and d.round = c.round and d.kind = 'review' where c.id = ${complaintId}`
  const { id: _id, daysLeft: _days, lateSince: _since, round: _round, ...about } = known
  const language = row?.language ?? 'ar'
  return {
    ...about,
    reviewBy: row?.review_by ?? '',
    ...(row?.answer_us_by ? { answerUsBy: row.answer_us_by } : {}),
    links: {
      track: `${publicUrl}/${language}/track?reference=${known.reference}`,
      privacy: `${publicUrl}/${language}/privacy`,
    },
  }
}
