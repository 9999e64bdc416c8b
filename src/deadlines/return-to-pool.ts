import { and, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { officeDay, runningSince } from '../core/deadlines.ts'
import type { Database, Tx } from '../db/client.ts'
import { complaints, deadlineReminders } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import { lockComplaint } from '../referrals/change-referral.ts'
import type { DeadlineRules } from './current-rules.ts'
import { managersOf } from './remind.ts'

export interface PoolDeps {
  readonly db: Pick<Database, 'orm' | 'sql'>
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
  /** Working days without an act after which nobody has it any longer. */
  readonly absentDays: number
  readonly rules: DeadlineRules
}

const A_ROUND = 500

interface Idle {
  readonly id: string
  readonly assignee: string
  readonly kind: 'review' | 'answer'
}

/** What an official has, waits for no citizen, and has seen neither an act nor a note of theirs since. */
const findIdle = ({ sql }: PoolDeps['db'], since: Date) => sql<Idle[]>`
  select c.id, c.assignee_id as assignee, d.kind
  from complaints c join deadlines d on d.complaint_id = c.id and d.round = c.round and d.due_at = c.due_at
  where c.due_at is not null and c.assignee_id is not null and c.assigned_at < ${since}
    and c.status <> 'information_requested' and c.origin = 'file'
    and not exists (select from complaint_events e
      where e.complaint_id = c.id and e.at >= ${since} and e.actor = 'staff:' || c.assignee_id)
    and not exists (select from complaint_notes n
      where n.complaint_id = c.id and n.at >= ${since} and n.actor = 'staff:' || c.assignee_id)
  limit ${A_ROUND}`

const returnOne = async (tx: Tx, act: Act, { id, assignee, kind }: Idle, day: string): Promise<boolean> => {
  const complaint = await lockComplaint(tx, id)
  if (complaint.assigneeId !== assignee) return false
  await tx
    .update(complaints)
    .set({ assigneeId: null, assignedAt: null, updatedAt: act.now })
    .where(and(eq(complaints.id, id)))
  await recordEvent(tx, act, complaint, 'returned_to_pool', { staffId: assignee }, 'staff')
  const [reminder] = await tx
    .insert(deadlineReminders)
    .values({
      id: act.newId(),
      complaintId: id,
      round: complaint.round,
      kind,
      step: `pool:${day}`,
      createdAt: act.now,
    })
    .onConflictDoNothing()
    .returning({ id: deadlineReminders.id })
  const managers = reminder === undefined ? [] : await managersOf(tx, complaint)
  await appendMessages(
    tx,
    act,
    managers.map((staffId) => ({
      topic: 'reminder.send',
      key: 'staff',
      payload: { reminderId: reminder?.id ?? '', staffId },
      dedupeKey: `reminder:${reminder?.id}:${staffId}`,
      complaintId: id,
    })),
  )
  return true
}

/**
 * Nothing stays with somebody who is away: what its official has not touched for so many working days goes back to the pool, and
 * the managers are told. Gives how many. For the minute's sweep; two at once return each once.
 */
export const returnToPool = async (deps: PoolDeps): Promise<number> => {
  const now = deps.clock.now()
  const since = runningSince(now, deps.absentDays, deps.rules.holidays, deps.officeZone)
  let returned = 0
  for (const idle of await findIdle(deps.db, since)) {
    const act = { now, newId: deps.newId, actor: 'gateway' }
    const day = officeDay(now, deps.officeZone)
    if (await deps.db.orm.transaction((tx) => returnOne(tx, act, idle, day))) returned += 1
  }
  return returned
}
