import { and, eq, gte, isNotNull, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Status } from '../core/complaint.ts'
import type { Tx } from '../db/client.ts'
import { complaintMerges, complaints, deadlines, informationRequests, rounds } from '../db/schema/index.ts'
import { recountRound } from '../deadlines/recount-round.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { presentRound, recordEvent } from './change-complaint.ts'
import { type ComplaintRow, liveReferral, lockComplaint } from './change-referral.ts'
import { tellBody } from './refer.ts'

export type MergeRow = typeof complaintMerges.$inferSelect

/** What holds together now: not taken apart, and the complaint was not sent again since. */
const standing = and(
  isNull(complaintMerges.undoneAt),
  eq(complaints.round, complaintMerges.round),
  eq(complaints.closedReason, 'merged'),
)

const mergesWhere = (tx: Tx, whose: ReturnType<typeof eq>): Promise<MergeRow[]> =>
  tx
    .select({ merge: complaintMerges })
    .from(complaintMerges)
    .innerJoin(complaints, eq(complaints.id, complaintMerges.complaintId))
    .where(and(whose, standing))
    .orderBy(complaintMerges.id)
    .then((rows) => rows.map(({ merge }) => merge))

/** Those that are merged into a complaint. */
export const mergedInto = (tx: Tx, complaintId: string): Promise<MergeRow[]> =>
  mergesWhere(tx, eq(complaintMerges.intoId, complaintId))

/** How a complaint is merged; undefined: it is not. */
export const mergeOf = async (tx: Tx, complaintId: string): Promise<MergeRow | undefined> =>
  (await mergesWhere(tx, eq(complaintMerges.complaintId, complaintId)))[0]

/** Whoever is merged into an answered complaint is answered with it. */
export const answerMerged = async (tx: Tx, act: Act, answered: ComplaintRow): Promise<void> => {
  for (const { complaintId } of await mergedInto(tx, answered.id)) {
    const complaint = await lockComplaint(tx, complaintId)
    await tx.update(complaints).set({ updatedAt: act.now }).where(eq(complaints.id, complaintId))
    await recordEvent(tx, act, complaint, 'answered')
    await appendNotice(tx, act, complaint, 'answered')
  }
}

/** The clocks and the question that the merging ended run again, as if it had not been. */
const runAgain = async (tx: Tx, { complaintId, round, mergedAt }: MergeRow): Promise<void> => {
  await tx
    .update(deadlines)
    .set({ metAt: null })
    .where(
      and(eq(deadlines.complaintId, complaintId), eq(deadlines.round, round), eq(deadlines.metAt, mergedAt)),
    )
  const [asked] = await tx
    .update(informationRequests)
    .set({ endedAt: null, stoppedDays: 0 })
    .where(and(eq(informationRequests.complaintId, complaintId), eq(informationRequests.endedAt, mergedAt)))
    .returning()
  if (asked?.stopsClock) await recountRound(tx, asked)
}

/**
 * Takes a merged complaint apart again: it stands where it stood, with its own dates, and its complainant and body are told. Both
 * complaints must be locked.
 */
export const separate = async (tx: Tx, act: Act, merge: MergeRow): Promise<void> => {
  const merged = await lockComplaint(tx, merge.complaintId)
  await tx
    .update(complaintMerges)
    .set({ undoneAt: act.now, undoneBy: act.actor })
    .where(eq(complaintMerges.id, merge.id))
  const back = { status: merge.statusBefore as Status, closedReason: null, updatedAt: act.now }
  // No step of the circuit: what was closed by mistake was never closed.
  await tx.update(complaints).set(back).where(eq(complaints.id, merged.id))
  await tx.update(rounds).set({ closedAt: null }).where(presentRound(merged))
  await tx
    .update(rounds)
    .set({ review: null, reviewedAt: null, reviewedBy: null })
    .where(and(presentRound(merged), eq(rounds.reviewedAt, merge.mergedAt)))
  await runAgain(tx, merge)
  const complaint = { ...merged, ...back }
  await recordEvent(tx, act, complaint, 'separated')
  await recordEvent(tx, act, await lockComplaint(tx, merge.intoId), 'separated_here', {}, 'staff')
  await appendNotice(tx, act, complaint, 'separated')
  const live = await liveReferral(tx, complaint)
  if (live) await tellBody(tx, act, live, 'complaint.referred', merge.id)
}

const isAnswered = async (tx: Tx, { intoId, intoRound }: MergeRow): Promise<boolean> => {
  const answered = await tx
    .select({ number: rounds.number })
    .from(rounds)
    .where(and(eq(rounds.complaintId, intoId), gte(rounds.number, intoRound), isNotNull(rounds.answer)))
  return answered.length > 0
}

/** A complaint that ends without an answer gives back those that waited for one with it: nobody is lost. */
export const separateAll = async (tx: Tx, act: Act, ended: ComplaintRow): Promise<void> => {
  for (const merge of await mergedInto(tx, ended.id))
    if (!(await isAnswered(tx, merge))) await separate(tx, act, merge)
}
