import { and, eq } from 'drizzle-orm'
import type { Tx } from '../db/client.ts'
import { complaintEvents } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import type { ComplaintRow } from '../referrals/change-referral.ts'
import { actUpon, type Handled, type HandlingDeps } from './holding.ts'

const wasTold = async (tx: Tx, { id, round }: Pick<ComplaintRow, 'id' | 'round'>, text: string) => {
  const told = await tx
    .select({ facts: complaintEvents.facts })
    .from(complaintEvents)
    .where(
      and(
        eq(complaintEvents.complaintId, id),
        eq(complaintEvents.round, round),
        eq(complaintEvents.event, 'interim_reply'),
      ),
    )
  return told.some(({ facts }) => facts['text'] === text)
}

/**
 * Tells the complainant, before the answer is late, why it takes longer and what happens meanwhile. The clocks run on: only
 * the answer meets them. The same words again are a repeat: they are told once a round.
 */
export const replyMeanwhile = (deps: HandlingDeps, handled: Handled, text: string): Promise<void> =>
  actUpon(deps, handled, async (tx, act, { complaint, administrationCode }) => {
    if (await wasTold(tx, complaint, text)) return
    await recordEvent(tx, act, complaint, 'interim_reply', { administration: administrationCode, text })
    await appendNotice(tx, act, complaint, 'interim')
  })
