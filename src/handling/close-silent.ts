import { and, eq, lte, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'
import { complaints, rounds } from '../db/schema/index.ts'
import { changeComplaint, presentRound, recordEvent } from '../referrals/change-complaint.ts'
import { lockComplaint } from '../referrals/change-referral.ts'
import type { HandlingDeps } from './holding.ts'

const DAY_MS = 86_400_000
const A_ROUND = 500

const closeOne = async (tx: Tx, act: Act, complaintId: string): Promise<boolean> => {
  const complaint = await lockComplaint(tx, complaintId)
  if (complaint.status !== 'answered') return false
  await tx.update(rounds).set({ closedAt: act.now }).where(presentRound(complaint))
  await changeComplaint(tx, act, complaint, 'closed', { closedReason: 'silent' })
  await recordEvent(tx, act, complaint, 'closed', { reason: 'silent' })
  return true
}

/**
 * Closes what was answered so many days ago and met with silence. Sending it again stays open for ever. Gives how many. For the
 * minute's sweep; two at once close each complaint once.
 */
export const closeSilent = async (deps: HandlingDeps, days: number): Promise<number> => {
  const now = deps.clock.now()
  const silent = await deps.db.orm
    .select({ id: complaints.id })
    .from(complaints)
    .innerJoin(rounds, and(eq(rounds.complaintId, complaints.id), eq(rounds.number, complaints.round)))
    .where(
      and(
        eq(complaints.status, 'answered'),
        eq(complaints.origin, 'file'),
        lte(rounds.answeredAt, new Date(now.getTime() - days * DAY_MS)),
        // Whoever said "not satisfied" was not silent.
        sql`${rounds.satisfied} is distinct from false`,
      ),
    )
    .limit(A_ROUND)
  let closed = 0
  for (const { id } of silent)
    if (await deps.db.orm.transaction((tx) => closeOne(tx, { now, newId: deps.newId, actor: 'gateway' }, id)))
      closed += 1
  return closed
}
