import type { Ground } from './complaint.ts'

/**
 * The formal review (examen de forme) as five questions. Each that is answered no leads to its grounds of refusal; "not ours"
 * leads to none: such a complaint is transferred (decree 2-17-265).
 */
export const REVIEW_CHECKS = ['ours', 'public_service', 'no_court', 'understandable', 'new'] as const
export type ReviewCheck = (typeof REVIEW_CHECKS)[number]

export const GROUNDS_OF: Readonly<Record<ReviewCheck, readonly Ground[]>> = {
  ours: [],
  public_service: ['private_dispute', 'national_defence'],
  no_court: ['before_court', 'other_authority'],
  understandable: ['unintelligible', 'insult'],
  new: ['duplicate'],
}

export type ReviewAnswers = Readonly<Record<ReviewCheck, boolean>>

export interface ReviewRecord {
  readonly checks: ReviewAnswers
  /** The complaint that a duplicate repeats. */
  readonly duplicateOf?: string
}

export type Verdict =
  | { readonly is: 'admissible' }
  | { readonly is: 'inadmissible'; readonly ground: Ground }
  /** It belongs to another body. */
  | { readonly is: 'transfer' }
  /** A question was answered no, and no ground that belongs to it was chosen. */
  | { readonly is: 'ground_required'; readonly grounds: readonly Ground[] }

/** What five answers come to. A ground counts only where the question it belongs to was answered no. */
export const verdictOf = (checks: ReviewAnswers, ground?: Ground): Verdict => {
  if (!checks.ours) return { is: 'transfer' }
  const grounds = REVIEW_CHECKS.filter((check) => !checks[check]).flatMap((check) => GROUNDS_OF[check])
  if (grounds.length === 0) return { is: 'admissible' }
  return ground !== undefined && grounds.includes(ground)
    ? { is: 'inadmissible', ground }
    : { is: 'ground_required', grounds }
}
