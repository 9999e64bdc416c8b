import type { Classification } from '../core/cause.ts'
import { holdReferral } from '../referrals/change-referral.ts'
import { classifyComplaint as classify } from '../referrals/classify.ts'
import type { Handled, HandlingDeps } from './holding.ts'

/** Notes or corrects what a complaint is about, also once it is answered: the numbers of its month follow. */
export const classifyComplaint = (
  deps: HandlingDeps,
  { referralId, body }: Handled,
  about: Classification,
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const { complaint } = await holdReferral(tx, referralId, body.administrationId)
    await classify(tx, { now: deps.clock.now(), newId: deps.newId, actor: body.actor }, complaint, about)
  })
