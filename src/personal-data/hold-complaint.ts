import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { appendAudit } from '../staff/audit.ts'

interface HoldDeps {
  readonly db: Database
  readonly clock: Clock
}

const change = async (
  deps: HoldDeps,
  actor: string,
  reference: string,
  hold: { readonly at: Date; readonly reason: string } | undefined,
): Promise<void> => {
  const done = await deps.db.sql`
    update complaints set held_at = ${hold?.at ?? null}, held_by = ${hold ? actor : null},
      hold_reason = ${hold?.reason ?? null}
    where reference = ${reference}`
  if (done.count === 0) throw new AppError('not_found')
  const action = hold ? 'complaint.hold' : 'complaint.unhold'
  await deps.db.orm.transaction((tx) =>
    appendAudit(tx, deps, 'ministry', { actor, action, subject: reference }),
  )
}

/** A legal hold: nothing erases the complaint until it is lifted. Throws `not_found`. */
export const holdComplaint = (
  deps: HoldDeps,
  actor: string,
  { reference, reason }: { readonly reference: string; readonly reason: string },
): Promise<void> => change(deps, actor, reference, { at: deps.clock.now(), reason })

/** Lifts a legal hold. Throws `not_found`. */
export const liftHold = (deps: HoldDeps, actor: string, reference: string): Promise<void> =>
  change(deps, actor, reference, undefined)
