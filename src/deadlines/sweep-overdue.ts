import { and, eq, inArray, isNull, lte } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { STATUSES, type Status } from '../core/complaint.ts'
import type { Database, Tx } from '../db/client.ts'
import { complaints, deadlines, referrals } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import {
  type ComplaintRow,
  liveReferral,
  lockComplaint,
  lockSequences,
  nextSequence,
} from '../referrals/change-referral.ts'
import { tellBody } from '../referrals/refer.ts'

export interface OverdueDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

type Missed = Pick<typeof deadlines.$inferSelect, 'complaintId' | 'round' | 'kind'>

/** Each is a transaction of its own; the next round takes up the rest. */
const A_ROUND = 500

/** Nobody waits for a date of a complaint that was answered or closed. */
const WAITING = (Object.keys(STATUSES) as Status[]).filter((status) => STATUSES[status].awaits !== 'none')
const AT_THE_BODY: readonly string[] = ['queued', 'delivered', 'accepted']

const EVENTS = { review: 'review_late', answer: 'late' } as const

const unnoticed = and(isNull(deadlines.metAt), isNull(deadlines.missedAt))

/** Demo and practice files have nobody to tell. */
const findMissed = ({ db, clock }: OverdueDeps): Promise<Missed[]> =>
  db.orm
    .select({ complaintId: deadlines.complaintId, round: deadlines.round, kind: deadlines.kind })
    .from(deadlines)
    .innerJoin(
      complaints,
      and(eq(complaints.id, deadlines.complaintId), eq(complaints.round, deadlines.round)),
    )
    .where(
      and(
        unnoticed,
        lte(deadlines.dueAt, clock.now()),
        inArray(complaints.status, WAITING),
        eq(complaints.origin, 'file'),
      ),
    )
    .orderBy(deadlines.dueAt)
    .limit(A_ROUND)

/** Whoever sets the mark tells of it: of two schedulers one. */
const mark = async (tx: Tx, { now }: Act, { complaintId, round, kind }: Missed): Promise<boolean> => {
  const marked = await tx
    .update(deadlines)
    .set({ missedAt: now })
    .where(
      and(
        eq(deadlines.complaintId, complaintId),
        eq(deadlines.round, round),
        eq(deadlines.kind, kind),
        unnoticed,
      ),
    )
    .returning({ kind: deadlines.kind })
  return marked.length > 0
}

/** The body hears it on every way it has, those that pull as well. */
const alertBody = async (tx: Tx, act: Act, complaint: ComplaintRow, { kind }: Missed): Promise<void> => {
  const live = await liveReferral(tx, complaint)
  if (live === undefined || !AT_THE_BODY.includes(live.state)) return
  await lockSequences(tx, [live.administrationId])
  await tx
    .update(referrals)
    .set({ sequence: nextSequence as unknown as number, updatedAt: act.now })
    .where(eq(referrals.id, live.id))
  await tellBody(tx, act, live, 'complaint.updated', `late:${kind}`)
}

const tell = async (tx: Tx, act: Act, missed: Missed): Promise<boolean> => {
  const complaint = await lockComplaint(tx, missed.complaintId)
  const isStill = complaint.round === missed.round && WAITING.includes(complaint.status)
  if (!isStill || !(await mark(tx, act, missed))) return false
  await recordEvent(tx, act, complaint, EVENTS[missed.kind])
  await appendNotice(tx, act, complaint, 'late')
  await alertBody(tx, act, complaint, missed)
  return true
}

/**
 * Notices legal dates that have passed unmet: the record says so, the complainant is told on their own way, the body is
 * alerted; each once, as one fact, however many processes sweep. Gives how many. For the minute's sweep.
 */
export const sweepOverdue = async (deps: OverdueDeps): Promise<number> => {
  let told = 0
  for (const missed of await findMissed(deps)) {
    const act = { now: deps.clock.now(), newId: deps.newId, actor: 'gateway' }
    if (await deps.db.orm.transaction((tx) => tell(tx, act, missed))) told += 1
  }
  return told
}
