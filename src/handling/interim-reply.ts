import { appendNotice } from '../messages/append-notice.ts'
import { recordEvent } from '../referrals/change-complaint.ts'
import { actUpon, type Handled, type HandlingDeps } from './holding.ts'

/**
 * Tells the complainant, before the answer is late, why it takes longer and what happens meanwhile. The clocks run on: only
 * the answer meets them.
 */
export const replyMeanwhile = (deps: HandlingDeps, handled: Handled, text: string): Promise<void> =>
  actUpon(deps, handled, async (tx, act, { complaint, administrationCode }) => {
    await recordEvent(tx, act, complaint, 'interim_reply', { administration: administrationCode, text })
    await appendNotice(tx, act, complaint, 'interim')
  })
