import type { Clock, NewId } from '../core/clock.ts'
import type { DeliveryError } from '../core/delivery.ts'
import type { Topics } from '../core/topics.ts'
import type { Sql } from '../db/client.ts'

export interface ReceiptFailedDeps {
  readonly sql: Sql
  readonly clock: Clock
  readonly newId: NewId
  /**
   * Sends the receipt by another contact of the complainant and gives the way it took (`sms`…), or undefined where none is
   * left. Absent until the telephone moves in.
   */
  readonly fallBack?: (receiptId: string) => Promise<string | undefined>
}

/**
 * The receipt could not be sent: its message is a dead letter. The record says so, and which other way was taken if any.
 * Only a receipt still due changes: what was sent or delivered is not undone by a late failure of a repeat.
 */
export const receiptFailed = async (
  deps: ReceiptFailedDeps,
  { receiptId }: Topics['receipt.send'],
  error: DeliveryError,
): Promise<void> => {
  const { sql, newId } = deps
  const via = await deps.fallBack?.(receiptId)
  const state = via === undefined ? 'failed' : 'fallen_back'
  const at = deps.clock.now()
  await sql`
    with failed as (
      update receipts set state = ${state}, via = coalesce(${via ?? null}, via), failure = ${error.code}, updated_at = ${at}
      where id = ${receiptId} and state = 'due' returning complaint_id, round
    )
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select ${newId()}::uuid, complaint_id, round, ${at}::timestamptz, ${`receipt_${state}`}, 'staff',
           jsonb_build_object('reason', ${error.code}::text)
    from failed`
}

/**
 * Finds receipts whose message died while nobody was there to say so (a crash between the last try and its word), so that
 * none stays due in silence. Gives how many. For the minute's sweep.
 */
export const settleDeadReceipts = async (deps: ReceiptFailedDeps): Promise<number> => {
  const rows = await deps.sql<{ id: string; last_error: DeliveryError | null }[]>`
    select r.id, m.last_error from receipts r
    join outbox_messages m on m.dedupe_key = 'receipt:' || r.id
    where r.state = 'due' and m.dead_at is not null limit 500`
  for (const { id, last_error } of rows)
    await receiptFailed(
      deps,
      { receiptId: id },
      last_error ?? { code: 'unknown', message: '', retryable: false },
    )
  return rows.length
}
