import { AppError } from '../core/errors.ts'
import { mergeComplaint as merge, separateComplaint as separate } from '../handling/merge-complaint.ts'
import { requireFreshEyes } from '../handling/review-complaint.ts'
import { type HandleDeps, hold, type Meant } from './handle-complaint.ts'
import type { ListedComplaint } from './list-complaints.ts'
import { findComplaint, type ReadDeps } from './read-complaint.ts'
import type { Actor } from './rights.ts'

const unknown = () => new AppError('validation', { fields: [{ field: 'into', code: 'unknown' }] })

/** Two complaints beside each other, before they are merged. */
export interface Pair {
  readonly complaint: ListedComplaint
  readonly original: ListedComplaint
}

/** Reads both; throws `not_found` for the one, `validation` for the other when it is not within reach. */
export const readPair = async (
  deps: ReadDeps,
  actor: Actor,
  { reference, into }: { readonly reference: string; readonly into: string },
): Promise<Pair> => {
  const complaint = await findComplaint(deps, actor, reference, 'complaint.merge')
  const original = await findComplaint(deps, actor, into, 'complaint.merge').catch(() => undefined)
  if (original === undefined || original.id === complaint.id) throw unknown()
  return { complaint, original }
}

/**
 * Closes a complaint as saying what another says. Both have to be with a body of the actor's, and the act is in the audit of both.
 * Throws as `readPair`, `not_mergeable`, `other_reviewer` and `conflict`.
 */
export const mergeComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { into, ...meant }: Meant & { readonly into: string },
): Promise<void> => {
  const { complaint, original } = await readPair(deps, actor, { ...meant, into })
  const held = await hold(deps, actor, meant, 'complaint.merge', { into: original.reference })
  await requireFreshEyes(deps.db, held, actor.id)
  const target = await hold(deps, actor, { reference: original.reference }, 'complaint.merge', {
    from: complaint.reference,
  })
  await merge(deps, { ...held, intoId: target.complaintId })
}

/** Takes a merged complaint apart again. Throws `conflict` when it is not merged. */
export const separateComplaint = async (deps: HandleDeps, actor: Actor, meant: Meant): Promise<void> => {
  const held = await hold(deps, actor, meant, 'complaint.merge', { undone: true })
  await separate(deps, held)
}
