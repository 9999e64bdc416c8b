/** First wait, its growth and its ceiling, in seconds: 5 s, 15 s, 45 s, … 12 h. */
const FIRST = 5
const GROWTH = 3
const CEILING = 12 * 3600
/** Share of the wait that is drawn by lot, so that what failed together does not come back together. */
const JITTER = 0.2
/** An administration may ask for patience, but not for ever. */
const LONGEST_RETRY_AFTER = 24 * 3600

/** Tries before a message becomes a dead letter: with these waits, about three days. */
export const MAX_ATTEMPTS = 14

/**
 * Seconds to wait after the given failed attempt (1 is the first). `retryAfter` of the other side is obeyed when it is longer.
 * @param chance gives a number in [0, 1), as Math.random does.
 */
export const waitAfter = (attempt: number, retryAfter = 0, chance: () => number = Math.random): number => {
  const base = Math.min(FIRST * GROWTH ** (attempt - 1), CEILING)
  const wait = base * (1 - JITTER / 2 + JITTER * chance())
  return Math.max(wait, Math.min(retryAfter, LONGEST_RETRY_AFTER))
}
