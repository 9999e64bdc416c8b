import { type Review, reviewComplaint as review } from '../handling/review-complaint.ts'
import { classOf, type HandleDeps, hold, type Meant } from './handle-complaint.ts'
import { holdOriginal } from './merge-complaints.ts'
import type { Actor } from './rights.ts'

/**
 * The formal review in five questions. What is found to repeat another complaint is merged into it, and stands in the audit of both.
 * Throws as the review does; `validation` names `duplicateOf` where that is not within reach.
 */
export const reviewComplaint = async (
  deps: HandleDeps,
  actor: Actor,
  { reference, seen, ...wish }: Meant & Omit<Review, 'intoId'>,
): Promise<void> => {
  const held = await hold(deps, actor, { reference, seen }, 'complaint.review', {
    ...(wish.ground ? { ground: wish.ground } : {}),
    ...classOf(wish),
  })
  if (wish.duplicateOf === undefined || wish.ground !== 'duplicate') return review(deps, held, wish)
  const original = await holdOriginal(deps, actor, held, { field: 'duplicateOf', typed: wish.duplicateOf })
  await review(deps, held, { ...wish, duplicateOf: original.reference, intoId: original.id })
}
