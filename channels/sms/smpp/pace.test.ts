import { expect, it } from 'vitest'
import { createPace } from './pace.ts'

it('holds still longer each time it is throttled again, and forgets that once a message goes through', () => {
  let now = 0
  const pace = createPace({ now: () => new Date(now) })
  expect(pace.hold()).toBe(0)
  const holds = Array.from({ length: 7 }, () => {
    pace.throttled()
    // Answers to what was on its way count once.
    pace.throttled()
    const hold = pace.hold()
    now += hold
    return hold
  })
  expect(holds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  pace.taken()
  pace.throttled()
  expect(pace.hold()).toBe(1_000)
})
