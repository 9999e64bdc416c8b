import { and, eq, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { Holidays } from '../core/deadlines.ts'
import { delivered } from '../core/delivery.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import { calendarChanges, deadlineReminders, deadlines } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, lockComplaint } from '../referrals/change-referral.ts'
import { type MovedDate, readHolidays, recountRound } from './recount-round.ts'

export interface RecountDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
}

const A_BATCH = 200
const DAY_MS = 86_400_000

/** The instant of a reminder's step (`before:5`, `manager`, `ministry`); what comes after the date is due with it. */
const stepAt = (step: string, dueAt: Date): Date =>
  new Date(dueAt.getTime() - Number(/^before:(\d+)$/.exec(step)?.[1] ?? 0) * DAY_MS)

/** What was said of a date that lies later now is not said any longer: it is reminded of, and missed, anew. */
const forgetEarly = async (
  tx: Tx,
  act: Act,
  { id, round }: ComplaintRow,
  { kind, dueAt }: MovedDate,
): Promise<void> => {
  const ofDate = and(
    eq(deadlineReminders.complaintId, id),
    eq(deadlineReminders.round, round),
    eq(deadlineReminders.kind, kind),
  )
  const said = await tx.select().from(deadlineReminders).where(ofDate)
  for (const { id: reminderId, step } of said)
    if (stepAt(step, dueAt) > act.now)
      await tx.delete(deadlineReminders).where(eq(deadlineReminders.id, reminderId))
  if (dueAt <= act.now) return
  await tx
    .update(deadlines)
    .set({ missedAt: null })
    .where(and(eq(deadlines.complaintId, id), eq(deadlines.round, round), eq(deadlines.kind, kind)))
}

/** Counts one complaint's dates anew; each that moves is told in its history, to the citizen too. */
const recountOne = async (
  tx: Tx,
  act: Act,
  complaintId: string,
  { zone, calendar, change }: { zone: string; calendar: Holidays; change: string | undefined },
): Promise<void> => {
  const complaint = await lockComplaint(tx, complaintId)
  const moved = await recountRound(tx, { complaintId, round: complaint.round, zone }, { calendar })
  for (const date of moved) {
    await forgetEarly(tx, act, complaint, date)
    await recordEvent(tx, act, complaint, 'deadline_moved', {
      kind: date.kind,
      before: date.before,
      due_on: date.after,
    })
  }
  // With the dates themselves, so that a repeat adds nothing.
  if (moved.length > 0 && change !== undefined)
    await tx
      .update(calendarChanges)
      .set({ movedRounds: sql`${calendarChanges.movedRounds} + 1` })
      .where(eq(calendarChanges.id, change))
}

/** Open rounds whose dates hang on the calendar: a policy of plain calendar days knows no holiday. */
const openRounds = ({ sql }: Database, after: string) => sql<{ id: string }[]>`
  select c.id from complaints c
  join deadlines d on d.complaint_id = c.id and d.round = c.round and d.kind = 'answer'
  join deadline_policies p on p.version = d.policy_version
  where c.due_at is not null and c.id > ${after === '' ? '00000000-0000-0000-0000-000000000000' : after}
    and (p.rules ->> 'dayKind' = 'working' or (p.rules ->> 'rollOver')::boolean)
  order by c.id limit ${A_BATCH}`

/** Topic `deadlines.recount`: counts a batch of open rounds anew and leaves the rest to the next message. A repeat moves nothing. */
export const createRecountOpen =
  (deps: RecountDeps): TopicHandler<'deadlines.recount'> =>
  async ({ after, change }, { messageId, signal }) => {
    const { db, officeZone: zone } = deps
    const calendar = await readHolidays(db.orm)
    const batch = await openRounds(db, after)
    const act = { now: deps.clock.now(), newId: deps.newId, actor: 'gateway' }
    for (const { id } of batch) {
      signal.throwIfAborted()
      await db.orm.transaction((tx) => recountOne(tx, act, id, { zone, calendar, change }))
    }
    const last = batch.at(-1)
    if (last !== undefined && batch.length === A_BATCH)
      await db.orm.transaction((tx) =>
        appendMessages(tx, act, [
          {
            topic: 'deadlines.recount',
            key: 'calendar',
            payload: { after: last.id, ...(change === undefined ? {} : { change }) },
            dedupeKey: `recount:${messageId}`,
          },
        ]),
      )
    else if (change !== undefined)
      await db.orm.update(calendarChanges).set({ countedAt: act.now }).where(eq(calendarChanges.id, change))
    return delivered()
  }
