import { eq } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import { delivered } from '../core/delivery.ts'
import { AppError } from '../core/errors.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database, Tx } from '../db/client.ts'
import { administrations } from '../db/schema/index.ts'
import { appendNotice } from '../messages/append-notice.ts'
import { changeComplaint, recordEvent } from './change-complaint.ts'
import { type ComplaintRow, liveReferral, lockComplaint } from './change-referral.ts'
import { activeAdministration, refer } from './refer.ts'

interface RouteDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

const named = async (tx: Tx, complaint: ComplaintRow) => {
  const id = complaint.administrationId ?? complaint.namedAdministrationId
  if (id === null) return undefined
  const [administration] = await tx.select().from(administrations).where(eq(administrations.id, id))
  return administration
}

/** A body that is not (or no longer) taking complaints is for a person to decide, like no body at all. */
const route = async (tx: Tx, act: Act, complaint: ComplaintRow): Promise<void> => {
  const administration = await named(tx, complaint)
  if (administration?.state === 'active') {
    await refer(tx, act, complaint, administration)
    return
  }
  await changeComplaint(tx, act, complaint, 'triage')
  await recordEvent(
    tx,
    act,
    complaint,
    'triage',
    administration ? { administration: administration.code, reason: administration.state } : {},
    'staff',
  )
}

/** Topic `complaint.route`: refers a complaint to the body it names, or puts it before triage. A repeat does nothing. */
export const createRouteComplaint =
  (deps: RouteDeps): TopicHandler<'complaint.route'> =>
  async ({ complaintId }) => {
    await deps.db.orm.transaction(async (tx) => {
      const complaint = await lockComplaint(tx, complaintId)
      if (complaint.status !== 'received' || (await liveReferral(tx, complaint))) return
      await route(tx, { now: deps.clock.now(), newId: deps.newId, actor: 'gateway' }, complaint)
    })
    return delivered()
  }

/**
 * Triage says which body a complaint is for. The same decision again changes nothing. Throws `not_found`,
 * `administration_unknown`, and `conflict` when the complaint does not wait for triage.
 */
export const decideTriage = (
  deps: RouteDeps,
  decision: { complaintId: string; administration: string; actor: string },
): Promise<void> =>
  deps.db.orm.transaction(async (tx) => {
    const complaint = await lockComplaint(tx, decision.complaintId)
    const administration = await activeAdministration(tx, decision.administration)
    const live = await liveReferral(tx, complaint)
    if (live?.administrationId === administration.id) return
    if (complaint.status !== 'triage') throw new AppError('conflict')
    const act: Act = { now: deps.clock.now(), newId: deps.newId, actor: decision.actor }
    await recordEvent(tx, act, complaint, 'triaged', { administration: administration.code })
    if (await refer(tx, act, complaint, administration)) await appendNotice(tx, act, complaint, 'routed')
  })
