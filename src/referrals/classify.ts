import { eq, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Classification } from '../core/cause.ts'
import { AppError } from '../core/errors.ts'
import type { Tx } from '../db/client.ts'
import { complaints } from '../db/schema/index.ts'
import { recordEvent } from './change-complaint.ts'
import type { ComplaintRow } from './change-referral.ts'

/** The service of that code which is nearest to the body. Throws `validation` where neither it nor a body above has one. */
const serviceIdOf = async (tx: Tx, administrationId: string | null, code: string): Promise<string> => {
  const [service] = await tx.execute<{ id: string }>(
    sql`select id from services_of(${administrationId}) where code = ${code} order by height limit 1`,
  )
  if (service === undefined)
    throw new AppError('validation', { fields: [{ field: 'service', code: 'unknown' }] })
  return service.id
}

/**
 * Notes what a locked complaint is about: its service and its cause, which the numbers tell apart. It moves no state and no
 * date, and what is said again is no news. Throws `validation` for a service that its body does not have.
 */
export const classifyComplaint = async (
  tx: Tx,
  act: Act,
  complaint: ComplaintRow,
  { service, cause = complaint.cause }: Classification,
): Promise<void> => {
  const serviceId =
    service === undefined
      ? complaint.serviceId
      : service && (await serviceIdOf(tx, complaint.administrationId, service))
  if (serviceId === complaint.serviceId && cause === complaint.cause) return
  await tx
    .update(complaints)
    .set({ serviceId, cause, updatedAt: act.now })
    .where(eq(complaints.id, complaint.id))
  const said = { ...(service === undefined ? {} : { service }), cause }
  await recordEvent(tx, act, complaint, 'classified', said, 'staff')
}

/** Whoever files may name the service; the body may correct it. One that the named body does not have is left out. */
export const nameService = async (tx: Tx, complaintId: string, code: string): Promise<void> => {
  await tx.execute(sql`
    update complaints c set service_id = (
      select id from services_of(c.named_administration_id) where code = ${code} order by height limit 1)
    where c.id = ${complaintId}`)
}

/** A body that takes a complaint over does not offer what the last one called it by. */
export const dropForeignService = async (tx: Tx, complaintId: string): Promise<void> => {
  await tx.execute(sql`
    update complaints c set service_id = null
    where c.id = ${complaintId} and c.service_id is not null
      and c.service_id not in (select id from services_of(c.administration_id))`)
}
