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

/** What is marked on a page, each once. */
export const marked = (references: readonly string[]): readonly string[] =>
  [...new Set(references)].slice(0, MOST)

interface Giving {
  readonly reference: string
  readonly to: string | null
  /** Who must have it still; absent, whoever has it. */
  readonly from?: string | null
}

export interface BulkDone {
  readonly done: number
  /** References to which it was not done: another body has them by now, or they are over. */
  readonly failed: readonly string[]
  /** Proof of what was before, for undoing; worth something for seconds, and to the same person. */
  readonly undo: string
}

/** Gives each by itself; `back` is what puts back those that nobody gave on since. */
const assignEach = async (deps: HandleDeps, actor: Actor, wishes: readonly Giving[]) => {
  const back: Giving[] = []
  const failed: string[] = []
  for (const wish of wishes)
    try {
      const { before } = await assignComplaint(deps, actor, wish)
      back.push({ reference: wish.reference, to: before, from: wish.to })
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'forbidden') throw error
      failed.push(wish.reference)
    }
  return { back, failed }
}

/** Gives many complaints to one person, or back to the pool (null): each by itself, so that one that is over stops no other. */
export const bulkAssign = async (
  deps: HandleDeps & UndoDeps,
  actor: Actor,
  { references, to }: { readonly references: readonly string[]; readonly to: string | null },
): Promise<BulkDone> => {
  requireRight(actor, 'complaint.assign')
  const wishes = marked(references).map((reference) => ({ reference, to }))
  const { back, failed } = await assignEach(deps, actor, wishes)
  return { done: back.length, failed, undo: sealUndo(deps, actor, back) }
}

/** Puts back what is still as it was given. Throws `conflict` when it is too late or not the same person's. */
export const undoAssign = async (deps: HandleDeps & UndoDeps, actor: Actor, token: string): Promise<void> => {
  await assignEach(deps, actor, openUndo<readonly Giving[]>(deps, actor, token))
}
