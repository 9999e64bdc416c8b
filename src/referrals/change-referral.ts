import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { AppError } from '../core/errors.ts'
import { type ReferralState, referralMayBecome } from '../core/referral.ts'
import type { Tx } from '../db/client.ts'
import { administrations, complaints, referrals } from '../db/schema/index.ts'

export type ReferralRow = typeof referrals.$inferSelect
export type ComplaintRow = typeof complaints.$inferSelect

/**
 * Serialises the numbering of one body's referrals until the commit: without it a lower number could become visible after
 * a higher one, and a body that pulls since a cursor would never see it. Several bodies are locked in one order.
 */
export const lockSequences = async (tx: Tx, administrationIds: readonly string[]): Promise<void> => {
  for (const id of [...new Set(administrationIds)].sort())
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`referrals:${id}`}, 0))`)
}

export const nextSequence = sql<number>`nextval(pg_get_serial_sequence('referrals', 'sequence'))`

/** Holds the complaint until the commit: whoever changes a referral or a status has locked its complaint first. */
export const lockComplaint = async (tx: Tx, complaintId: string): Promise<ComplaintRow> => {
  const [complaint] = await tx.select().from(complaints).where(eq(complaints.id, complaintId)).for('update')
  if (complaint === undefined) throw new AppError('not_found')
  return complaint
}

/** The referral of the present round that is not transferred away; a round has one at most. */
export const liveReferral = async (tx: Tx, complaint: ComplaintRow): Promise<ReferralRow | undefined> => {
  const [referral] = await tx
    .select()
    .from(referrals)
    .where(
      and(
        eq(referrals.complaintId, complaint.id),
        eq(referrals.round, complaint.round),
        ne(referrals.state, 'transferred'),
      ),
    )
  return referral
}

export interface HeldReferral {
  readonly referral: ReferralRow
  readonly complaint: ComplaintRow
  readonly administrationCode: string
}

/** Locks the complaint of a referral and reads both. Throws `not_found`, also for the referral of another body. */
export const holdReferral = async (
  tx: Tx,
  referralId: string,
  administrationId?: string,
): Promise<HeldReferral> => {
  const [known] = await tx
    .select({ complaintId: referrals.complaintId })
    .from(referrals)
    .where(eq(referrals.id, referralId))
  if (known === undefined) throw new AppError('not_found')
  const complaint = await lockComplaint(tx, known.complaintId)
  const [row] = await tx
    .select({ referral: referrals, code: administrations.code })
    .from(referrals)
    .innerJoin(administrations, eq(administrations.id, referrals.administrationId))
    .where(eq(referrals.id, referralId))
    .orderBy(asc(referrals.id))
  if (
    row === undefined ||
    (administrationId !== undefined && row.referral.administrationId !== administrationId)
  )
    throw new AppError('not_found')
  return { referral: row.referral, complaint, administrationCode: row.code }
}

/**
 * Moves a referral as core/referral.ts allows and gives it a new number for the bodies that pull. Throws `conflict`.
 * The complaint must be locked.
 */
export const changeReferral = async (
  tx: Tx,
  act: Act,
  referral: ReferralRow,
  to: ReferralState,
  facts: Partial<
    Pick<ReferralRow, 'externalReference' | 'ground' | 'reason' | 'deliveredAt' | 'acceptedAt' | 'settledAt'>
  > = {},
): Promise<ReferralRow> => {
  if (!referralMayBecome(referral.state, to)) throw new AppError('conflict')
  await lockSequences(tx, [referral.administrationId])
  const [changed] = await tx
    .update(referrals)
    .set({ ...facts, state: to, sequence: nextSequence as unknown as number, updatedAt: act.now })
    .where(eq(referrals.id, referral.id))
    .returning()
  if (changed === undefined) throw new AppError('not_found')
  return changed
}
