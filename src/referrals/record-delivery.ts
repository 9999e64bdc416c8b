import { and, eq, lte } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { Database, Tx } from '../db/client.ts'
import { referrals } from '../db/schema/index.ts'
import { changeComplaint, recordEvent } from './change-complaint.ts'
import { type HeldReferral, holdReferral } from './change-referral.ts'

/**
 * Notes that a body holds the dossier: only after its 2xx, its server's acceptance of the mail, its own cursor, or an act
 * of its own. The formal review begins here. A referral that is further on stays as it is. No new number: the body itself
 * has nothing to learn from it. Gives the facts as they are then.
 */
export const recordDelivery = async (tx: Tx, act: Act, held: HeldReferral): Promise<HeldReferral> => {
  if (held.referral.state !== 'queued') return held
  const changed = { state: 'delivered' as const, deliveredAt: act.now, updatedAt: act.now }
  await tx.update(referrals).set(changed).where(eq(referrals.id, held.referral.id))
  await recordEvent(tx, act, held.complaint, 'forwarded', { administration: held.administrationCode })
  const { status, round } = held.complaint
  const complaint =
    round === held.referral.round && (status === 'received' || status === 'triage')
      ? await changeComplaint(tx, act, held.complaint, 'formal_review')
      : held.complaint
  return { ...held, complaint, referral: { ...held.referral, ...changed } }
}

/** A body that asks for what came after a number has what came up to it. */
export const confirmPulled = async (
  deps: { readonly db: Database; readonly clock: Clock; readonly newId: NewId },
  body: { administrationId: string; actor: string },
  upTo: number,
): Promise<void> => {
  const pulled = await deps.db.orm
    .select({ id: referrals.id })
    .from(referrals)
    .where(
      and(
        eq(referrals.administrationId, body.administrationId),
        eq(referrals.state, 'queued'),
        lte(referrals.sequence, upTo),
      ),
    )
  for (const { id } of pulled)
    await deps.db.orm.transaction(async (tx) => {
      const act = { now: deps.clock.now(), newId: deps.newId, actor: body.actor }
      await recordDelivery(tx, act, await holdReferral(tx, id))
    })
}
