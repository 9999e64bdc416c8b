import { and, asc, inArray, isNotNull, isNull } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import { staffMembers } from '../db/schema/index.ts'
import { assignComplaint, type HandleDeps } from './handle-complaint.ts'
import { type Actor, mayDo, requireRight, scopeOf } from './rights.ts'
import { openUndo, sealUndo, type UndoDeps } from './undo.ts'

/** The people to whom an actor may give complaints: those of the own body and its units who handle them. */
export const listColleagues = async (
  { db }: Pick<HandleDeps, 'db'>,
  actor: Actor,
): Promise<readonly { id: string; email: string }[]> => {
  const { bodies } = await scopeOf(db.sql, actor)
  if (!mayDo(actor, 'complaint.assign') || bodies === 'everything' || bodies.length === 0) return []
  return db.orm
    .select({ id: staffMembers.id, email: staffMembers.email })
    .from(staffMembers)
    .where(
      and(
        inArray(staffMembers.administrationId, [...bodies]),
        inArray(staffMembers.role, ['manager', 'agent']),
        isNull(staffMembers.disabledAt),
        isNotNull(staffMembers.enrolledAt),
      ),
    )
    .orderBy(asc(staffMembers.email))
    .limit(500)
}

/** As many as one page shows. */
export const MOST = 50

interface Before {
  readonly reference: string
  readonly to: string | null
}

export interface BulkDone {
  readonly done: number
  /** References to which it was not done: another body has them by now, or they are over. */
  readonly failed: readonly string[]
  /** Proof of what was before, for undoing; worth something for seconds, and to the same person. */
  readonly undo: string
}

const assignEach = async (deps: HandleDeps, actor: Actor, wishes: readonly Before[]) => {
  const before: Before[] = []
  const failed: string[] = []
  for (const { reference, to } of wishes)
    try {
      before.push({ reference, to: (await assignComplaint(deps, actor, { reference, to })).before })
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'forbidden') throw error
      failed.push(reference)
    }
  return { before, failed }
}

/** Gives many complaints to one person, or back to the pool (null): each by itself, so that one that is over stops no other. */
export const bulkAssign = async (
  deps: HandleDeps & UndoDeps,
  actor: Actor,
  { references, to }: { readonly references: readonly string[]; readonly to: string | null },
): Promise<BulkDone> => {
  requireRight(actor, 'complaint.assign')
  const wishes = references.slice(0, MOST).map((reference) => ({ reference, to }))
  const { before, failed } = await assignEach(deps, actor, wishes)
  return { done: before.length, failed, undo: sealUndo(deps, actor, before) }
}

/** Puts everything back as it was before. Throws `conflict` when it is too late or not the same person's. */
export const undoAssign = async (deps: HandleDeps & UndoDeps, actor: Actor, token: string): Promise<void> => {
  await assignEach(deps, actor, openUndo<readonly Before[]>(deps, actor, token))
}
