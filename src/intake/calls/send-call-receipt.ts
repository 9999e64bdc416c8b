import type { Clock, NewId } from '../../core/clock.ts'
import { delivered, failed } from '../../core/delivery.ts'
import type { TopicHandler } from '../../core/topics.ts'
import type { Sql } from '../../db/client.ts'
import { noteSpoken } from './spoken-receipts.ts'

export interface CallReceiptDeps {
  readonly sql: Sql
  readonly clock: Clock
  readonly newId: NewId
  readonly isTextable: (phone: string) => boolean
  /** Texts the receipt to the caller. */
  readonly text: TopicHandler<'receipt.send'>
}

/** The call may still be going on: whoever cannot be texted hears the receipt first. */
const CALL_UNDER_WAY = failed({
  code: 'call_under_way',
  message: 'The receipt has not been read out yet.',
  retryable: true,
  retryAfter: 60,
})
const NO_WAY = failed({
  code: 'no_way',
  message: 'The caller hung up before the receipt and cannot be texted.',
  retryable: false,
})

/** A call of ours is bound to what it filed within a moment. */
const TRIES_FOR_THE_CALL = 3

/** `receipt.send` for a filing by telephone: a text where texts arrive, else the reading out on the call itself. */
export const createSendCallReceipt =
  (deps: CallReceiptDeps): TopicHandler<'receipt.send'> =>
  async (payload, context) => {
    const [owed] = await deps.sql<
      { state: string; phone: string | null; spoken: boolean | null; ended: boolean | null }[]
    >`
      select receipts.state, complainants.phone, call.spoken, call.ended
      from receipts left join complainants on complainants.complaint_id = receipts.complaint_id
      left join lateral (
        select bool_or(spoken_at >= receipts.issued_at) as spoken, bool_and(ended_at is not null) as ended
        from calls where calls.complaint_id = receipts.complaint_id
      ) call on true
      where receipts.id = ${payload.receiptId}`
    if (owed === undefined || owed.state === 'sent' || owed.state === 'delivered') return delivered()
    if (owed.phone !== null && deps.isTextable(owed.phone)) return deps.text(payload, context)
    if (owed.spoken) {
      await noteSpoken(deps, payload.receiptId)
      return delivered()
    }
    if (owed.ended === true) return NO_WAY
    if (owed.ended === false || context.attempt < TRIES_FOR_THE_CALL) return CALL_UNDER_WAY
    // No call of ours: an exchange took it, and read out the numbers it was answered with.
    await noteSpoken(deps, payload.receiptId)
    return delivered()
  }
