import { and, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import { AppError } from '../core/errors.ts'
import type { StaffRole } from '../core/staff-role.ts'
import type { Tx } from '../db/client.ts'
import { complaints, staffMembers } from '../db/schema/index.ts'
import { changeComplaint, recordEvent } from '../referrals/change-complaint.ts'
import type { ComplaintRow, HeldReferral } from '../referrals/change-referral.ts'
import { actUpon, type Handled, type HandlingDeps } from './holding.ts'

/** Sets who handles a locked complaint; an admissible one is in progress from then on. */
const giveTo = async (tx: Tx, act: Act, complaint: ComplaintRow, staffId: string | null): Promise<void> => {
  if (complaint.assigneeId === staffId) return
  await tx
    .update(complaints)
    .set({ assigneeId: staffId, assignedAt: staffId === null ? null : act.now, updatedAt: act.now })
    .where(eq(complaints.id, complaint.id))
  await recordEvent(tx, act, complaint, staffId === null ? 'unassigned' : 'assigned', { staffId }, 'staff')
  if (staffId === null || complaint.status !== 'admissible') return
  await changeComplaint(tx, act, complaint, 'in_progress')
  await recordEvent(tx, act, complaint, 'in_progress')
}

/** Whoever does something to a complaint that nobody has, has it. */
export const takeIfFree = async (
  tx: Tx,
  act: Act,
  { complaint }: HeldReferral,
  staffId?: string,
): Promise<void> => {
  if (staffId !== undefined && complaint.assigneeId === null) await giveTo(tx, act, complaint, staffId)
}

const HANDLERS: readonly StaffRole[] = ['manager', 'agent', 'trainee']

const requireHandler = async (tx: Tx, staffId: string, bodies: readonly string[]): Promise<void> => {
  const [member] = await tx
    .select({ id: staffMembers.id })
    .from(staffMembers)
    .where(
      and(
        eq(staffMembers.id, staffId),
        isNull(staffMembers.disabledAt),
        isNotNull(staffMembers.administrationId),
        inArray(staffMembers.administrationId, [...bodies]),
        inArray(staffMembers.role, [...HANDLERS]),
      ),
    )
  if (member === undefined) throw new AppError('validation', { fields: [{ field: 'to', code: 'unknown' }] })
}

/**
 * Gives a complaint to a person of the body, or back to the pool (null). `bodies` are those the person may belong to; `from`,
 * where it is given, is who must have it still. Gives who had it before, so that it can be undone.
 */
export const assignComplaint = (
  deps: HandlingDeps,
  handled: Handled,
  {
    to,
    from,
    bodies,
  }: {
    readonly to: string | null
    readonly from?: string | null | undefined
    readonly bodies: readonly string[]
  },
): Promise<{ before: string | null }> =>
  actUpon(deps, handled, async (tx, act, { complaint }) => {
    if (from !== undefined && complaint.assigneeId !== from) throw new AppError('conflict')
    if (to !== null) await requireHandler(tx, to, bodies)
    await giveTo(tx, act, complaint, to)
    return { before: complaint.assigneeId }
  })
