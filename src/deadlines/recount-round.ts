import { and, asc, eq, gte, isNull, or } from 'drizzle-orm'
import { type Deadline, deadlinesOf, type Holidays, type Pause, type Policy } from '../core/deadlines.ts'
import type { Tx } from '../db/client.ts'
import { deadlinePolicies, deadlines, holidays, informationRequests, rounds } from '../db/schema/index.ts'

/** One pass of a complaint, and the zone of the office whose days are counted. */
export interface CountedRound {
  readonly complaintId: string
  readonly round: number
  readonly zone: string
}

/** A legal date that lies elsewhere now. */
export interface MovedDate {
  readonly kind: Deadline['kind']
  readonly before: string
  readonly after: string
  readonly dueAt: Date
}

export const readHolidays = async (reader: Pick<Tx, 'select'>): Promise<Holidays> =>
  new Set((await reader.select({ day: holidays.day }).from(holidays)).map(({ day }) => day))

/** The policy by which a round's dates were counted; a later version does not touch rounds that are open. */
export const policyOfRound = async (
  reader: Pick<Tx, 'select'>,
  { complaintId, round }: Pick<CountedRound, 'complaintId' | 'round'>,
): Promise<Policy | undefined> => {
  const [policy] = await reader
    .select({ version: deadlinePolicies.version, rules: deadlinePolicies.rules })
    .from(deadlines)
    .innerJoin(deadlinePolicies, eq(deadlinePolicies.version, deadlines.policyVersion))
    .where(and(eq(deadlines.complaintId, complaintId), eq(deadlines.round, round)))
    .limit(1)
  return policy
}

/** While nobody has answered, the clock is taken to stand still as long as it may: no date is missed meanwhile. */
const pausesOf = async (tx: Tx, { complaintId, round }: CountedRound): Promise<Pause[]> => {
  const asked = await tx
    .select()
    .from(informationRequests)
    .where(
      and(
        eq(informationRequests.complaintId, complaintId),
        eq(informationRequests.round, round),
        eq(informationRequests.stopsClock, true),
      ),
    )
    .orderBy(asc(informationRequests.askedAt))
  return asked.map(({ askedAt, answerAt, endedAt }) => ({
    from: askedAt,
    // `answerAt` is the first instant after the last day.
    until: endedAt === null || endedAt >= answerAt ? new Date(answerAt.getTime() - 1) : endedAt,
  }))
}

const move = async (
  tx: Tx,
  known: typeof deadlines.$inferSelect,
  counted: Deadline,
): Promise<MovedDate | undefined> => {
  if (known.dueOn === counted.dueOn && known.dueAt.getTime() === counted.dueAt.getTime()) return undefined
  await tx
    .update(deadlines)
    .set({ dueOn: counted.dueOn, dueAt: counted.dueAt })
    .where(
      and(
        eq(deadlines.complaintId, known.complaintId),
        eq(deadlines.round, known.round),
        eq(deadlines.kind, known.kind),
      ),
    )
  return { kind: known.kind, before: known.dueOn, after: counted.dueOn, dueAt: counted.dueAt }
}

/**
 * Counts the legal dates of a round anew, from its opening, its own policy, the calendar as it is now, and the times in which
 * its clock stood still. Dates that are met stay, but those met since `since`. Gives what moved.
 */
export const recountRound = async (
  tx: Tx,
  counted: CountedRound,
  { calendar, since }: { readonly calendar?: Holidays; readonly since?: Date } = {},
): Promise<readonly MovedDate[]> => {
  const { complaintId, round, zone } = counted
  const [opened] = await tx
    .select({ at: rounds.openedAt })
    .from(rounds)
    .where(and(eq(rounds.complaintId, complaintId), eq(rounds.number, round)))
  const policy = await policyOfRound(tx, counted)
  if (opened === undefined || policy === undefined) return []
  const days = calendar ?? (await readHolidays(tx))
  const dates = deadlinesOf(opened.at, policy, days, zone, await pausesOf(tx, counted))
  const open = await tx
    .select()
    .from(deadlines)
    .where(
      and(
        eq(deadlines.complaintId, complaintId),
        eq(deadlines.round, round),
        or(isNull(deadlines.metAt), ...(since === undefined ? [] : [gte(deadlines.metAt, since)])),
      ),
    )
  const moved: MovedDate[] = []
  for (const known of open) {
    const one = await move(tx, known, dates[known.kind])
    if (one) moved.push(one)
  }
  return moved
}
