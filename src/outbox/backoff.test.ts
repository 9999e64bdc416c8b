import { expect, it } from 'vitest'
import { RHYTHM, waitAfter } from './backoff.ts'

it('grows, over about three days in all', () => {
  const waits = Array.from({ length: RHYTHM.attempts - 1 }, (_, i) => waitAfter(i + 1, 0, () => 0.5))
  expect(waits.slice(0, 3)).toEqual([5, 15, 45])
  expect(waits.every((wait, i) => i === 0 || wait >= waits[i - 1]!)).toBe(true)
  const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400
  expect(days).toBeGreaterThan(2)
  expect(days).toBeLessThan(4)
})

it('is jittered', () => {
  expect(waitAfter(3, 0, () => 0)).toBeLessThan(waitAfter(3, 0, () => 0.99))
})

it.each([
  [600, 600],
  [1, 5],
  [10 * 86_400, 86_400],
])('obeys Retry-After of %d s within reason', (asked, wanted) => {
  expect(waitAfter(1, asked, () => 0.5)).toBe(wanted)
})

it('keeps to the ceiling of a lane', () => {
  expect(waitAfter(40, 0, () => 0.99, { ceiling: 80, attempts: 180 })).toBeLessThan(90)
})
