import { desc, eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database, Tx } from '../db/client.ts'
import { complaintEvents } from '../db/schema/index.ts'
import { type HeldReferral, holdReferral } from '../referrals/change-referral.ts'
import type { ActingBody } from '../referrals/record-answer.ts'
import { recordDelivery } from '../referrals/record-delivery.ts'

export interface HandlingDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

/** A referral in the hands of its body: what an official acts upon. */
export interface Handled {
  readonly referralId: string
  /** The body that has it, and the person who acts for it. */
  readonly body: ActingBody
}

const ENDED: readonly string[] = ['refused', 'transferred', 'answered']

/**
 * Runs one act upon a referral that its body still has, under the lock of its complaint. Whoever acts has seen the dossier.
 * Throws `conflict` once the referral or the complaint is over.
 */
export const actWithin = async <T>(
  tx: Tx,
  deps: HandlingDeps,
  { referralId, body }: Handled,
  run: (act: Act, held: HeldReferral) => Promise<T>,
): Promise<T> => {
  const held = await holdReferral(tx, referralId, body.administrationId)
  const { referral, complaint } = held
  if (ENDED.includes(referral.state) || referral.round !== complaint.round || complaint.status === 'closed')
    throw new AppError('conflict')
  const act = { now: deps.clock.now(), newId: deps.newId, actor: body.actor }
  return run(act, await recordDelivery(tx, act, held))
}

/** The same in a transaction of its own. */
export const actUpon = <T>(
  deps: HandlingDeps,
  handled: Handled,
  run: (tx: Tx, act: Act, held: HeldReferral) => Promise<T>,
): Promise<T> =>
  deps.db.orm.transaction((tx) => actWithin(tx, deps, handled, (act, held) => run(tx, act, held)))

/** Names the present state of a complaint's history: whatever happens to it, another name. */
export const versionOf = async (reader: Pick<Tx, 'select'>, complaintId: string): Promise<string> => {
  const [last] = await reader
    .select({ id: complaintEvents.id })
    .from(complaintEvents)
    .where(eq(complaintEvents.complaintId, complaintId))
    .orderBy(desc(complaintEvents.at), desc(complaintEvents.id))
    .limit(1)
  return last?.id ?? ''
}
