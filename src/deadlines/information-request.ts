import { and, asc, eq, gt, isNull, lte } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { answerUsBy, officeDay } from '../core/deadlines.ts'
import { handlingRules } from '../core/handling-rules.ts'
import type { Tx } from '../db/client.ts'
import { type complaints, deadlines, informationRequests } from '../db/schema/index.ts'
import { policyOfRound, readHolidays, recountRound } from './recount-round.ts'

type Asked = Pick<typeof complaints.$inferSelect, 'id' | 'round'>

/** Where the clock runs on, an answer after the legal date comes too late. */
const runningEnd = async (tx: Tx, { id, round }: Asked, now: Date) => {
  const [date] = await tx
    .select({ dueOn: deadlines.dueOn, dueAt: deadlines.dueAt })
    .from(deadlines)
    .where(
      and(
        eq(deadlines.complaintId, id),
        eq(deadlines.round, round),
        isNull(deadlines.metAt),
        gt(deadlines.dueAt, now),
      ),
    )
    .orderBy(asc(deadlines.dueAt))
    .limit(1)
  return date
}

/**
 * Notes that the complainant of a locked complaint was asked something: until when it may be answered, and whether the legal
 * clocks stand still meanwhile, both as the round's policy says.
 */
export const noteRequest = async (tx: Tx, act: Act, complaint: Asked, zone: string): Promise<void> => {
  const counted = { complaintId: complaint.id, round: complaint.round, zone }
  const policy = await policyOfRound(tx, counted)
  if (policy === undefined) return
  const { informationClock, informationDays } = handlingRules(policy)
  const stopsClock = informationClock === 'stops'
  const wish = { rules: policy.rules, days: informationDays }
  const allowed = answerUsBy(act.now, wish, await readHolidays(tx), zone)
  const running = stopsClock ? undefined : await runningEnd(tx, complaint, act.now)
  const last = running !== undefined && running.dueAt < allowed.dueAt ? running : allowed
  await tx.insert(informationRequests).values({
    ...counted,
    id: act.newId(),
    askedAt: act.now,
    answerOn: last.dueOn,
    answerAt: last.dueAt,
    stopsClock,
  })
  if (stopsClock) await recountRound(tx, counted)
}

const DAY_MS = 86_400_000

const daysBetween = (from: string, until: string): number =>
  Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS))

/** Nothing is asked any longer: a clock that stood still goes on, and the dates are those of the days that it did. */
export const endRequest = async (tx: Tx, act: Act, complaint: Asked): Promise<void> => {
  const [open] = await tx
    .select()
    .from(informationRequests)
    .where(and(eq(informationRequests.complaintId, complaint.id), isNull(informationRequests.endedAt)))
  if (open === undefined) return
  const { id, stopsClock, askedAt, answerOn, zone } = open
  const ended = officeDay(act.now, zone)
  const stopped = daysBetween(officeDay(askedAt, zone), ended < answerOn ? ended : answerOn)
  await tx
    .update(informationRequests)
    .set({ endedAt: act.now, stoppedDays: stopsClock ? stopped : 0 })
    .where(eq(informationRequests.id, id))
  if (stopsClock) await recountRound(tx, open, { since: askedAt })
}

/** Complaints whose question was not answered in time. */
export const unansweredRequests = async (
  reader: Pick<Tx, 'select'>,
  now: Date,
  limit: number,
): Promise<readonly string[]> => {
  const rows = await reader
    .select({ complaintId: informationRequests.complaintId })
    .from(informationRequests)
    .where(and(isNull(informationRequests.endedAt), lte(informationRequests.answerAt, now)))
    .orderBy(informationRequests.answerAt)
    .limit(limit)
  return rows.map(({ complaintId }) => complaintId)
}
