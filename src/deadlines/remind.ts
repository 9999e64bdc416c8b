import { and, eq, gt, inArray, isNotNull, isNull, lte, notExists, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { HandlingRules } from '../core/handling-rules.ts'
import type { Database, Tx } from '../db/client.ts'
import { complaints, deadlineReminders, deadlines, staffMembers } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { appendMessages } from '../outbox/append.ts'
import { changeComplaint, findAdmissible, recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, liveReferral, lockComplaint } from '../referrals/change-referral.ts'

export interface RemindDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
  readonly rules: HandlingRules
}

type Running = Pick<typeof deadlines.$inferSelect, 'complaintId' | 'round' | 'kind'>

/** One step of a date's story: so many days before its end, or after it. */
interface Step {
  readonly name: string
  /** The end of the date lies between these. */
  readonly after?: Date
  readonly until: Date
}

const DAY_MS = 86_400_000
/** Each is a transaction of its own; the next round takes up the rest. */
const A_ROUND = 500

/**
 * The steps at an instant. Of several reminders that are due at once only the nearest is given: who was away hears once, not
 * the whole history.
 */
const stepsAt = (now: Date, { reminderDays, escalationDays }: HandlingRules): readonly Step[] => {
  const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS)
  const ascending = [...reminderDays].sort((a, b) => a - b)
  const [manager, ministry] = escalationDays
  return [
    ...ascending.map((days, nth) => ({
      name: `before:${days}`,
      after: inDays(ascending[nth - 1] ?? 0),
      until: inDays(days),
    })),
    { name: 'manager', until: inDays(-manager) },
    { name: 'ministry', until: inDays(-ministry) },
  ]
}

const findDue = ({ db }: RemindDeps, { name, after, until }: Step): Promise<Running[]> =>
  db.orm
    .select({ complaintId: deadlines.complaintId, round: deadlines.round, kind: deadlines.kind })
    .from(deadlines)
    .innerJoin(
      complaints,
      and(eq(complaints.id, deadlines.complaintId), eq(complaints.round, deadlines.round)),
    )
    .where(
      and(
        isNull(deadlines.metAt),
        lte(deadlines.dueAt, until),
        ...(after === undefined ? [] : [gt(deadlines.dueAt, after)]),
        // The date that runs; `due_at` of the complaint is its end, and null while none runs.
        eq(deadlines.dueAt, complaints.dueAt),
        eq(complaints.origin, 'file'),
        notExists(
          db.orm
            .select({ one: sql`1` })
            .from(deadlineReminders)
            .where(
              and(
                eq(deadlineReminders.complaintId, deadlines.complaintId),
                eq(deadlineReminders.round, deadlines.round),
                eq(deadlineReminders.kind, deadlines.kind),
                eq(deadlineReminders.step, name),
              ),
            ),
        ),
      ),
    )
    .orderBy(deadlines.dueAt)
    .limit(A_ROUND)

/** Who is told: whoever handles it, else (and once it is late) the managers of the body that has it. */
const recipientsOf = async (tx: Tx, complaint: ComplaintRow, step: string): Promise<readonly string[]> => {
  if (complaint.assigneeId !== null && step.startsWith('before:')) return [complaint.assigneeId]
  return managersOf(tx, complaint)
}

/** The managers of the body that has a complaint. */
export const managersOf = async (
  tx: Tx,
  { administrationId }: Pick<ComplaintRow, 'administrationId'>,
): Promise<readonly string[]> => {
  if (administrationId === null) return []
  const managers = await tx
    .select({ id: staffMembers.id })
    .from(staffMembers)
    .where(
      and(
        eq(staffMembers.administrationId, administrationId),
        inArray(staffMembers.role, ['manager']),
        isNull(staffMembers.disabledAt),
        isNotNull(staffMembers.enrolledAt),
      ),
    )
  return managers.map(({ id }) => id)
}

/** Whoever writes the row tells of it: of two schedulers one. */
const enter = async (tx: Tx, act: Act, running: Running, step: string): Promise<string | undefined> => {
  const { complaintId, round, kind } = running
  const [row] = await tx
    .insert(deadlineReminders)
    .values({ id: act.newId(), complaintId, round, kind, step, createdAt: act.now })
    .onConflictDoNothing()
    .returning({ id: deadlineReminders.id })
  return row?.id
}

/** The policy takes silence for a yes: the review is over and the answer is due. */
const admitBySilence = async (tx: Tx, act: Act, complaint: ComplaintRow): Promise<void> => {
  if ((await liveReferral(tx, complaint)) === undefined) return
  await findAdmissible(tx, act, complaint)
  await changeComplaint(tx, act, complaint, 'admissible')
  await recordEvent(tx, act, complaint, 'admissible', { by: 'silence' })
  await appendNotice(tx, act, complaint, 'accepted')
}

/** Looked at again under the lock: somebody may have met or moved it. */
const runsStill = async (tx: Tx, complaint: ComplaintRow, { kind }: Running): Promise<boolean> => {
  const [date] = await tx
    .select({ dueAt: deadlines.dueAt })
    .from(deadlines)
    .where(
      and(
        eq(deadlines.complaintId, complaint.id),
        eq(deadlines.round, complaint.round),
        eq(deadlines.kind, kind),
        isNull(deadlines.metAt),
      ),
    )
  return date !== undefined && date.dueAt.getTime() === complaint.dueAt?.getTime()
}

const tell = async (
  tx: Tx,
  act: Act,
  running: Running,
  { name }: Step,
  rules: HandlingRules,
): Promise<boolean> => {
  const complaint = await lockComplaint(tx, running.complaintId)
  const isStill = complaint.round === running.round && (await runsStill(tx, complaint, running))
  const reminderId = isStill ? await enter(tx, act, running, name) : undefined
  if (reminderId === undefined) return false
  const event = name.startsWith('before:') ? 'reminded' : `escalated_${name}`
  await recordEvent(tx, act, complaint, event, { kind: running.kind }, 'staff')
  const recipients = name === 'ministry' ? [] : await recipientsOf(tx, complaint, name)
  await appendMessages(
    tx,
    act,
    recipients.map((staffId) => ({
      topic: 'reminder.send',
      key: 'staff',
      payload: { reminderId, staffId },
      dedupeKey: `reminder:${reminderId}:${staffId}`,
      complaintId: complaint.id,
    })),
  )
  const isSilent = name === 'manager' && running.kind === 'review' && rules.reviewSilence === 'admissible'
  if (isSilent) await admitBySilence(tx, act, complaint)
  return true
}

/**
 * Reminds on the days the policy sets, and brings a missed date first before the manager, then before the ministry, whose list
 * of what is late it is on. A review that was missed counts as a yes where the policy says so. Each step once, however
 * many processes sweep. Gives how many.
 */
export const sweepReminders = async (deps: RemindDeps): Promise<number> => {
  let told = 0
  for (const step of stepsAt(deps.clock.now(), deps.rules))
    for (const running of await findDue(deps, step)) {
      const act = { now: deps.clock.now(), newId: deps.newId, actor: 'gateway' }
      if (await deps.db.orm.transaction((tx) => tell(tx, act, running, step, deps.rules))) told += 1
    }
  return told
}
