import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { dismissEvent, releaseEvent } from '../intake/resolve-quarantine.ts'
import { audit } from './audit.ts'
import { isUuid } from './open-evidence.ts'
import { type Actor, requireRight } from './rights.ts'

interface ResolveDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

const DEEDS = { release: releaseEvent, dismiss: dismissEvent } as const

/** What a person can do about a quarantined event. */
export type QuarantineDeed = keyof typeof DEEDS
export const QUARANTINE_DEEDS = ['release', 'dismiss'] as const satisfies readonly QuarantineDeed[]

/** Releases a quarantined event to its judge or lays it aside; the audit says who did. */
export const resolveQuarantined = async (
  deps: ResolveDeps,
  actor: Actor,
  { id, deed }: { readonly id: string; readonly deed: QuarantineDeed },
): Promise<void> => {
  requireRight(actor, 'quarantine.resolve')
  if (!isUuid(id)) throw new AppError('not_found')
  const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
  await deps.db.orm.transaction((tx) => DEEDS[deed](tx, act, id))
  await audit(deps, actor, { action: 'quarantine.resolve', subject: id, facts: { deed } })
}
