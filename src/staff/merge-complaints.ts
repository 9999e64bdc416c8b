import { AppError } from '../core/errors.ts'
import {
  mergeComplaint as merge,
  mergeUnreferred,
  separateComplaint as separate,
} from '../handling/merge-complaint.ts'
import { requireFreshEyes } from '../handling/review-complaint.ts'
import { audit } from './audit.ts'
import { type HandleDeps, hold, type Meant, requireSeen } from './handle-complaint.ts'
import type { ListedComplaint } from './list-complaints.ts'
import { findComplaint, type ReadDeps } from './read-complaint.ts'
import { type Actor, mayDo } from './rights.ts'

/** Two complaints beside each other, before they are merged. */
export interface Pair {
  readonly complaint: ListedComplaint
  readonly original: ListedComplaint
}

/** What is to go on, as it was typed into a field. */
interface Typed {
  readonly field: 'into' | 'duplicateOf'
  readonly typed: string
}

/** The complaint that is to go on. Throws `validation` when it is not within reach or the same. */
const findOriginal = async (
  deps: ReadDeps,
  actor: Actor,
  { reference }: Pick<ListedComplaint, 'reference'>,
  { field, typed }: Typed,
): Promise<ListedComplaint> => {
  const original = await findComplaint(deps, actor, typed, 'complaint.merge').catch(() => undefined)
  if (original === undefined || original.reference === reference)
    throw new AppError('validation', { fields: [{ field, code: 'unknown' }] })
  return original
}

/** The same, in the hands of a body of the actor's, with the merging in its audit. One that was handed on is not mergeable. */
export const holdOriginal = async (
  deps: HandleDeps,
  actor: Actor,
  complaint: Pick<ListedComplaint, 'reference'>,
  typed: Typed,
): Promise<ListedComplaint> => {
  const original = await findOriginal(deps, actor, complaint, typed)
  const facts = { from: complaint.reference }
  await hold(deps, actor, { reference: original.reference }, 'complaint.merge', facts).catch(
    (error: unknown) => {
      throw error instanceof AppError && error.code === 'conflict' ? new AppError('not_mergeable') : error
    },
  )
  return original
}

/** Reads both; throws `not_found` for the one, `validation` for the other when it is not within reach. */
export const readPair = async (
  deps: ReadDeps,
  actor: Actor,
  { reference, into }: { readonly reference: string; readonly into: string },
): Promise<Pair> => {
  const complaint = await findComplaint(deps, actor, reference, 'complaint.merge')
  return { complaint, original: await findOriginal(deps, actor, complaint, { field: 'into', typed: into }) }
}

/** Triage merges what no body has; what goes on may be with any body. */
const mergeAtTriage = async (
  deps: HandleDeps,
  actor: Actor,
  { complaint, original }: Pair,
): Promise<void> => {
  const action = 'complaint.merge'
  await audit(deps, actor, { action, subject: complaint.reference, facts: { into: original.reference } })
  await audit(deps, actor, { action, subject: original.reference, facts: { from: complaint.reference } })
  await mergeUnreferred(deps, { complaintId: complaint.id, intoId: original.id, actor: actor.id })
}

/**
 * Closes a complaint as saying what another says. Both have to be with a body of the actor's, or the one with triage; the act is in
 * the audit of both. Throws as `readPair`, `not_mergeable`, `other_reviewer` and `conflict`.
 */
export const mergeComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { into, ...meant }: Meant & { readonly into: string },
): Promise<void> => {
  const pair = await readPair(deps, actor, { ...meant, into })
  if (mayDo(actor, 'complaint.route')) {
    await requireSeen(deps, pair.complaint.id, meant)
    return mergeAtTriage(deps, actor, pair)
  }
  const held = await hold(deps, actor, meant, 'complaint.merge', { into: pair.original.reference })
  await requireFreshEyes(deps.db, held, actor.id)
  const { id } = await holdOriginal(deps, actor, held, { field: 'into', typed: pair.original.reference })
  await merge(deps, { ...held, intoId: id })
}

/** Takes a merged complaint apart again. Throws `conflict` when it is not merged. */
export const separateComplaint = async (deps: HandleDeps, actor: Actor, meant: Meant): Promise<void> => {
  const undone = { action: 'complaint.merge', facts: { undone: true } } as const
  if (mayDo(actor, 'complaint.route')) {
    const { id, reference } = await findComplaint(deps, actor, meant.reference, undone.action)
    await requireSeen(deps, id, meant)
    await audit(deps, actor, { ...undone, subject: reference })
    return separate(deps, { complaintId: id, actor: actor.id, from: 'triage' })
  }
  const { complaintId } = await hold(deps, actor, meant, undone.action, undone.facts)
  await separate(deps, { complaintId, actor: actor.id })
}
