import { expect, it } from 'vitest'
import { rateFor } from './voice-note.ts'

// 512 kB: the most at which a messenger shows the play icon (ux G28).
it.each([
  [20, 32_000],
  [150, 24_000],
  [240, 12_000],
  [540, 6_000],
  [900, undefined],
])('of %i seconds of speech, a voice note has %s bits a second', (seconds, rate) => {
  expect(rateFor(seconds * 1000)).toBe(rate)
})
