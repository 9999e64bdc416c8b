import { and, asc, desc, eq, gt, lt, ne, or, sql } from 'drizzle-orm'
import type { Dossier } from '../core/dossier.ts'
import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import type { ReferralState } from '../core/referral.ts'
import type { Database } from '../db/client.ts'
import { administrations, complaints, referrals } from '../db/schema/index.ts'
import { composeDossier, type DossierDeps } from './compose-dossier.ts'

/** What changed for a body after a number, oldest change first. `next` is the cursor to come back with. */
export const pullReferrals = async (
  deps: DossierDeps,
  administrationId: string,
  page: { after: number; limit: number },
): Promise<{ items: Dossier[]; next: string }> => {
  const rows = await deps.db.orm
    .select({ id: referrals.id, sequence: referrals.sequence })
    .from(referrals)
    .innerJoin(complaints, eq(complaints.id, referrals.complaintId))
    .where(
      and(
        eq(referrals.administrationId, administrationId),
        gt(referrals.sequence, page.after),
        // What trainees learn on is not for a machine; what its own conformance test put before it is.
        or(
          ne(complaints.origin, 'practice'),
          sql`exists (select from conformance_runs t where ${referrals.id} in (t.answer_referral, t.transfer_referral))`,
        ),
      ),
    )
    .orderBy(asc(referrals.sequence))
    .limit(page.limit)
  const composed = await Promise.all(rows.map(({ id }) => composeDossier(deps, id)))
  return {
    items: composed.map(({ dossier }) => dossier),
    next: String(rows.at(-1)?.sequence ?? page.after),
  }
}

/** One dossier of a body. Throws `not_found`, for the referral of another body too. */
export const readReferral = async (
  deps: DossierDeps,
  administrationId: string,
  referralId: string,
): Promise<Dossier> => {
  const [own] = await deps.db.orm
    .select({ id: referrals.id })
    .from(referrals)
    .where(and(eq(referrals.id, referralId), eq(referrals.administrationId, administrationId)))
  if (own === undefined) throw new AppError('not_found')
  return (await composeDossier(deps, own.id)).dossier
}

export interface ListedReferral {
  readonly id: string
  readonly reference: string
  readonly administration: { readonly code: string; readonly names: Names }
  readonly state: ReferralState
  readonly round: number
  readonly createdAt: Date
}

const CURSOR = /^(\d+)\.([0-9a-f-]{36})$/

/**
 * Referrals in a state, newest first: what waits as `queued` has no connector or a broken one, and a person sees it here.
 */
export const listReferrals = async (
  { db }: { db: Database },
  wish: { state: ReferralState; limit: number; cursor?: string | undefined },
): Promise<{ items: ListedReferral[]; next: string | null }> => {
  const [, millis, id = ''] = CURSOR.exec(wish.cursor ?? '') ?? []
  const before = new Date(Number(millis))
  const older = or(
    lt(referrals.createdAt, before),
    and(eq(referrals.createdAt, before), lt(referrals.id, id)),
  )
  const rows = await db.orm
    .select({
      id: referrals.id,
      reference: complaints.reference,
      administration: { code: administrations.code, names: administrations.names },
      state: referrals.state,
      round: referrals.round,
      createdAt: referrals.createdAt,
    })
    .from(referrals)
    .innerJoin(complaints, eq(complaints.id, referrals.complaintId))
    .innerJoin(administrations, eq(administrations.id, referrals.administrationId))
    .where(
      and(
        eq(referrals.state, wish.state),
        ne(complaints.origin, 'practice'),
        ...(millis === undefined ? [] : [older]),
      ),
    )
    .orderBy(desc(referrals.createdAt), desc(referrals.id))
    .limit(wish.limit + 1)
  const items = rows.slice(0, wish.limit)
  const last = items.at(-1)
  const more = rows.length > items.length && last !== undefined
  return { items, next: more ? `${last.createdAt.getTime()}.${last.id}` : null }
}
