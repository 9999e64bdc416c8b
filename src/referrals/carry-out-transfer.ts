import type { Clock, NewId } from '../core/clock.ts'
import { delivered } from '../core/delivery.ts'
import { AppError } from '../core/errors.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { recordEvent } from './change-complaint.ts'
import { lockComplaint } from './change-referral.ts'
import { transferReferral } from './record-answer.ts'
import { transferComplaint } from './transfer-referral.ts'

interface TransferDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

/**
 * Topic `complaint.transfer`: carries out a transfer whose time for undoing is over. What another act has overtaken meanwhile is
 * left as it is, and the history says so to the officials.
 */
export const createCarryOutTransfer =
  (deps: TransferDeps): TopicHandler<'complaint.transfer'> =>
  async ({ referralId, administrationId, complaintId, actor, byMinistry, administration, reason }) => {
    try {
      if (byMinistry) await transferComplaint(deps, { complaintId, administration, reason, actor })
      else await transferReferral(deps, { administrationId, actor }, referralId, { administration, reason })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      await deps.db.orm.transaction(async (tx) => {
        const act = { now: deps.clock.now(), newId: deps.newId, actor }
        const facts = { to: administration, code: error.code }
        await recordEvent(tx, act, await lockComplaint(tx, complaintId), 'transfer_dropped', facts, 'staff')
      })
    }
    return delivered()
  }
