import { sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Tx } from '../db/client.ts'

/** The reason as the record keeps it, with the enhanced status where the report gave one. */
export const bouncedAs = (status: string | undefined): string =>
  status === undefined ? 'bounced' : `bounced_${status}`

/**
 * A report says that a receipt did not arrive: the record shows it. `via` names the other way it was sent instead, if any.
 * Gives false when the receipt stood so already, or never went out.
 */
export const receiptBounced = async (
  tx: Tx,
  act: Act,
  { receiptId, status, via }: { receiptId: string; status: string | undefined; via: string | undefined },
): Promise<boolean> => {
  const state = via === undefined ? 'failed' : 'fallen_back'
  const failure = bouncedAs(status)
  const at = act.now.toISOString()
  const rows = await tx.execute(sql`
    with bounced as (
      update receipts set state = ${state}, via = coalesce(${via ?? null}, via), failure = ${failure}, updated_at = ${at}
      where id = ${receiptId} and via = 'email' and state in ('due', 'sent') returning complaint_id, round
    )
    insert into complaint_events (id, complaint_id, round, at, event, audience, actor, facts)
    select ${act.newId()}::uuid, complaint_id, round, ${at}::timestamptz, ${`receipt_${state}`}, 'staff', ${act.actor},
           jsonb_build_object('reason', ${failure}::text)
    from bounced returning id`)
  return rows.length > 0
}
