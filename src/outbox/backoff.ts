/** First wait and its growth, in seconds: 5 s, 15 s, 45 s, … */
const FIRST = 5
const GROWTH = 3
/** Share of the wait that is drawn by lot, so that what failed together does not come back together. */
const JITTER = 0.2
/** An administration may ask for patience, but not for ever. */
const LONGEST_RETRY_AFTER = 24 * 3600

export interface Rhythm {
  /** Longest wait between two tries, in seconds. */
  readonly ceiling: number
  /** Tries before a message becomes a dead letter. */
  readonly attempts: number
}

/** With these waits, about three days. */
export const RHYTHM: Rhythm = { ceiling: 12 * 3600, attempts: 14 }

/**
 * Seconds to wait after the given failed attempt (1 is the first). `retryAfter` of the other side is obeyed when it is longer.
 * @param chance gives a number in [0, 1), as Math.random does.
 */
export const waitAfter = (
  attempt: number,
  retryAfter = 0,
  chance: () => number = Math.random,
  { ceiling } = RHYTHM,
): number => {
  const base = Math.min(FIRST * GROWTH ** (attempt - 1), ceiling)
  const wait = base * (1 - JITTER / 2 + JITTER * chance())
  return Math.max(wait, Math.min(retryAfter, LONGEST_RETRY_AFTER))
}
