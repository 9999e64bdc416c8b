import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { deadlinesOf } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import { type ReceivedContent, receiptContent, receiptWay } from '../core/receipt.ts'
import type { Tx } from '../db/client.ts'
import { complainants, complaints, deadlines, receipts, rounds } from '../db/schema/index.ts'
import type { DeadlineRules } from '../deadlines/current-rules.ts'
import { appendMessages } from '../outbox/append.ts'
import { presentRound, recordEvent } from '../referrals/change-complaint.ts'
import { type ComplaintRow, lockComplaint } from '../referrals/change-referral.ts'

export interface ResubmitDeps {
  readonly deadlineRules: () => DeadlineRules
  readonly officeZone: string
}

export interface Resubmission {
  readonly complaintId: string
  /** The channel it came by: its receipt goes back that way. */
  readonly channel: string
  readonly language: 'ar' | 'fr' | 'en'
  /** What is missing, in the person's words, and the files given with it. */
  readonly content: ReceivedContent
}

export interface Resubmitted {
  readonly receiptId: string
  readonly round: number
}

const openRound = async (
  tx: Tx,
  act: Act,
  { deadlineRules, officeZone }: ResubmitDeps,
  complaint: ComplaintRow,
): Promise<void> => {
  const { id: complaintId, round: number } = complaint
  const { policy, holidays } = deadlineRules()
  const { review, answer } = deadlinesOf(act.now, policy, holidays, officeZone)
  await tx.insert(rounds).values({ complaintId, number, openedAt: act.now })
  await tx
    .insert(deadlines)
    .values([review, answer].map((deadline) => ({ ...deadline, complaintId, round: number })))
}

const addressOf = async (tx: Tx, complaintId: string): Promise<string | null> => {
  const [complainant] = await tx
    .select({ email: complainants.email })
    .from(complainants)
    .where(eq(complainants.complaintId, complaintId))
  return complainant?.email ?? null
}

/**
 * Sends a complaint through the same circuit again, as the decree allows without limit: the next round, with clocks and a
 * receipt of its own; nothing of the earlier rounds is overwritten but that they did not satisfy. Throws `conflict` while
 * the present round still runs.
 */
export const resubmitComplaint = async (
  tx: Tx,
  act: Act,
  deps: ResubmitDeps,
  { complaintId, channel, language, content }: Resubmission,
): Promise<Resubmitted> => {
  const before = await lockComplaint(tx, complaintId)
  if (before.status !== 'answered' && before.status !== 'closed') throw new AppError('conflict')
  await tx.update(rounds).set({ satisfied: false }).where(presentRound(before))
  const changes = {
    round: before.round + 1,
    status: 'received' as const,
    closedReason: null,
    ground: null,
    updatedAt: act.now,
  }
  await tx.update(complaints).set(changes).where(eq(complaints.id, complaintId))
  const complaint = { ...before, ...changes }
  const { round } = complaint
  await openRound(tx, act, deps, complaint)
  const via = receiptWay(channel, await addressOf(tx, complaintId))
  const receiptId = act.newId()
  await tx.insert(receipts).values({
    id: receiptId,
    complaintId,
    round,
    channel,
    language,
    contentSha256: createHash('sha256').update(receiptContent(content)).digest('hex'),
    issuedAt: act.now,
    state: via === 'inline' ? 'sent' : 'due',
    via,
    updatedAt: act.now,
  })
  await recordEvent(tx, act, complaint, 'resubmitted', { channel })
  await appendMessages(tx, act, [
    {
      topic: 'complaint.route',
      key: 'route',
      payload: { complaintId },
      dedupeKey: `route:${complaintId}:${round}`,
      complaintId,
    },
    ...(via === 'inline'
      ? []
      : [
          {
            topic: 'receipt.send' as const,
            key: `receipt:${via}`,
            payload: { receiptId },
            dedupeKey: `receipt:${receiptId}`,
            complaintId,
          },
        ]),
  ])
  return { receiptId, round }
}
