import type { Counting } from '../core/deadlines.ts'
import type { Sql } from '../db/client.ts'

/** What the dates of a complaint's present round were counted from, for a page that explains them. */
export const countingOf = async (sql: Sql, complaintId: string): Promise<Counting | undefined> => {
  const [counting] = await sql<Counting[]>`
    select r.opened_at as "openedAt", p.rules, p.version as "policyVersion",
           (select coalesce(sum(q.stopped_days), 0)::int from information_requests q
             where q.complaint_id = c.id and q.round = c.round) as "stoppedDays",
           (select jsonb_build_object('answerOn', q.answer_on, 'stopsClock', q.stops_clock) from information_requests q
             where q.complaint_id = c.id and q.ended_at is null) as asked
    from complaints c
    join rounds r on r.complaint_id = c.id and r.number = c.round
    join deadlines d on d.complaint_id = c.id and d.round = c.round and d.kind = 'answer'
    join deadline_policies p on p.version = d.policy_version
    where c.id = ${complaintId}`
  return counting
}
