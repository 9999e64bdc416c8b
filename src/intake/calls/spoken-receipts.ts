import type { Clock, NewId } from '../../core/clock.ts'
import type { Sql } from '../../db/client.ts'

/**
 * A receipt that could not be texted (a landline, STOP, a number withheld) but was read out to the caller has been given:
 * the record says so. Gives how many. For the minute's sweep.
 */
export const settleSpokenReceipts = async ({
  sql,
  clock,
  newId,
}: {
  readonly sql: Sql
  readonly clock: Clock
  readonly newId: NewId
}): Promise<number> => {
  const owed = await sql<{ id: string }[]>`
    select distinct receipts.id from receipts join calls on calls.complaint_id = receipts.complaint_id
    where receipts.channel = 'voice' and receipts.state = 'failed' and calls.spoken_at >= receipts.issued_at
    limit 500`
  for (const { id } of owed) await noteSpoken({ sql, clock, newId }, id)
  return owed.length
}

/** The receipt was read out. */
export const noteSpoken = async (
  { sql, clock, newId }: { readonly sql: Sql; readonly clock: Clock; readonly newId: NewId },
  receiptId: string,
): Promise<void> => {
  const at = clock.now()
  await sql`
    with spoken as (
      update receipts set state = 'sent', via = 'voice', updated_at = ${at}
      where id = ${receiptId} and state in ('due', 'failed') returning complaint_id, round
    )
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select ${newId()}::uuid, complaint_id, round, ${at}::timestamptz, 'receipt_sent', 'citizen', '{"via":"voice"}' from spoken`
}
