import type { Measure } from './measures.ts'

/** One number the State answers for. Its question, cohort and exclusions are in the catalogue (`indicator.<code>.…`). */
export interface Indicator {
  readonly code: string
  /** Grows with every change of the formula; a published report names the version it was made with. */
  readonly version: number
  readonly numerator: Measure
  /** Absent: the number is a count, not a share. */
  readonly denominator?: Measure
  readonly target?: { readonly atLeast: number } | { readonly atMost: number }
  /** True: a commitment of the plan of action 2018-2020 (MO0010). */
  readonly commitment?: true
  /** Who answers for the definition. */
  readonly owner: 'ministry'
  /** Cohorts in which fewer are in the denominator than in this measure are marked as incomplete. */
  readonly waitsFor?: Measure
}

const share = (
  code: string,
  numerator: Measure,
  denominator: Measure,
  more: Partial<Pick<Indicator, 'target' | 'commitment' | 'waitsFor'>> = {},
) => ({ code, version: 1, numerator, denominator, owner: 'ministry' as const, ...more })

const count = (code: string, numerator: Measure) => ({
  code,
  version: 1,
  numerator,
  owner: 'ministry' as const,
})

/** In the order in which they are shown. The number of affiliated bodies is counted apart: it is not about complaints. */
export const INDICATORS = [
  share('response', 'due_answered', 'due', {
    target: { atLeast: 0.7 },
    commitment: true,
    waitsFor: 'not_due',
  }),
  share('in_time', 'due_in_time', 'due', { target: { atLeast: 0.7 }, commitment: true, waitsFor: 'not_due' }),
  share('renewed', 'settled_renewed', 'settled', {
    target: { atMost: 0.1 },
    commitment: true,
    waitsFor: 'moving',
  }),
  count('received', 'received'),
  count('open', 'open'),
  count('overdue', 'overdue'),
  share('review_in_time', 'review_in_time', 'review_due'),
  count('admissible', 'admissible'),
  count('refused', 'refused'),
  share('transferred', 'transferred', 'received'),
  share('receipt_failed', 'receipt_failed', 'received'),
  share('satisfied', 'satisfied', 'rated'),
] as const satisfies readonly Indicator[]

export type IndicatorCode = (typeof INDICATORS)[number]['code']

/** 61 bodies in 2018; the commitment says 90. */
export const AFFILIATED_TARGET = { from: 61, to: 90 } as const

/** Fewer closed complaints than this and a body is not compared with others (ux G62). */
export const COMPARED_FROM = 30

/** Bodies are compared with those that receive about as many in a year. */
export const SIZE_GROUPS = [
  { code: 'small', below: 200 },
  { code: 'middle', below: 2_000 },
  { code: 'large', below: Number.POSITIVE_INFINITY },
] as const
export type SizeGroup = (typeof SIZE_GROUPS)[number]['code']

/** Which of them a body belongs to that receives so many filings a year, of all kinds. */
export const sizeGroup = (yearly: number): SizeGroup =>
  SIZE_GROUPS.find(({ below }) => yearly < below)?.code ?? 'large'

/** True or false against the target; undefined without one or without anything to judge. */
export const meetsTarget = ({ target }: Pick<Indicator, 'target'>, value: number | undefined) => {
  if (target === undefined || value === undefined) return undefined
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
