import { MOST_DAYS } from './measures.ts'

/** Of some complaints: how many ended after so many days, by what happened on that day. */
export interface DayCounts {
  readonly day: number
  readonly answered: number
  /** Still open at that age, or withdrawn at it: they waited at least so long. */
  readonly waited: number
}

export interface TimeToAnswer {
  /** How many the estimate stands on. */
  readonly complaints: number
  /** Days by which half, and nine in ten, have an answer; undefined: not reached yet. */
  readonly median: number | undefined
  readonly p90: number | undefined
  /** Share answered within so many days, of all that were filed, those that still wait counted in. */
  readonly within: readonly { readonly days: number; readonly share: number | undefined }[]
}

/** Ages in days of what waits; the last is beyond the law. */
export const WAITING_BANDS = [
  { key: 'up_to_15', from: 0, to: 15 },
  { key: 'up_to_30', from: 16, to: 30 },
  { key: 'up_to_60', from: 31, to: 60 },
  { key: 'up_to_75', from: 61, to: 75 },
  { key: 'beyond_75', from: 76, to: MOST_DAYS },
] as const

/** The steps of ux G61. */
export const STEPS = [5, 10, 15, 30, 60, 75] as const

/**
 * The product-limit estimate (Kaplan and Meier, 1958): a complaint that still waits after n days is known to take more than n,
 * and no more. Leaving it out, as published delays do, makes every newest month look fast. A share is undefined beyond the last
 * day on which anything was still followed.
 */
export const timeToAnswer = (counts: readonly DayCounts[]): TimeToAnswer => {
  const days = counts.toSorted((a, b) => a.day - b.day)
  const complaints = days.reduce((sum, { answered, waited }) => sum + answered + waited, 0)
  let atRisk = complaints
  let waiting = 1
  const curve = days.map(({ day, answered, waited }) => {
    if (answered > 0) waiting *= 1 - answered / atRisk
    atRisk -= answered + waited
    return { day, answered: 1 - waiting }
  })
  const last = curve.at(-1)
  const reached = (share: number) => curve.find(({ answered }) => answered >= share - 1e-12)?.day
  const shareWithin = (limit: number) => {
    // Nobody was followed for so long, and some still wait: nothing is known about that day.
    if (last === undefined || (limit > last.day && last.answered < 1 - 1e-12)) return undefined
    return curve.findLast(({ day }) => day <= limit)?.answered ?? 0
  }
  return {
    complaints,
    median: reached(0.5),
    p90: reached(0.9),
    within: STEPS.map((days) => ({ days, share: shareWithin(days) })),
  }
}
