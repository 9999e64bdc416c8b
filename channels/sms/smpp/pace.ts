import type { Clock } from '../../../src/core/clock.ts'

/** Messages that may be without an answer at once: more is what SMSCs throttle for. */
const WINDOW = 10
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * How fast one SMSC is written to. Once it says "throttled" everybody holds still, longer each time it says so again; a
 * message that goes through ends that.
 */
export const createPace = (clock: Clock) => {
  const now = () => clock.now().getTime()
  let wait = FIRST_WAIT_MS
  let until = 0
  let free = WINDOW
  const queue: (() => void)[] = []
  return {
    /** Milliseconds to hold still; 0: go. */
    hold: (): number => Math.max(0, Math.ceil(until - now())),
    throttled: (): void => {
      // Those that were on their way when the first heard it tell nothing new.
      if (until > now()) return
      until = now() + wait
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    },
    taken: (): void => {
      wait = FIRST_WAIT_MS
    },
    /** Runs a request once there is room for it. */
    within: async <T>(ask: () => Promise<T>): Promise<T> => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => queue.push(resolve))
      try {
        return await ask()
      } finally {
        const next = queue.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}

export type Pace = ReturnType<typeof createPace>
