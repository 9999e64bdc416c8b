import { setTimeout as sleep } from 'node:timers/promises'

export interface Watch {
  /** Whether the server is there; asked four times a second, so it must be cheap. */
  isUp(): boolean
  restart(): Promise<void>
  report(name: 'lost' | 'restarted' | 'restart_failed', milliseconds: number, reason?: unknown): void
}

const INTERVAL = 250
const LONGEST_PAUSE = 10_000
/** A server that lived this long has earned an immediate restart again. */
const TRUSTED_AFTER = 60_000

/**
 * Watches a server and restarts it when it is gone: at once the first time, then with pauses that double up to ten
 * seconds. Gives a function that ends the watch and waits for a restart under way.
 */
export const keepAlive = (watch: Watch): (() => Promise<void>) => {
  const end = new AbortController()
  /** False when the watch ended meanwhile. */
  const pause = (milliseconds: number): Promise<boolean> =>
    sleep(milliseconds, true, { signal: end.signal, ref: false }).catch(() => false)

  const revive = async (since: number): Promise<boolean> => {
    try {
      await watch.restart()
      watch.report('restarted', performance.now() - since)
      return true
    } catch (reason) {
      watch.report('restart_failed', performance.now() - since, reason)
      return false
    }
  }

  const run = async (): Promise<void> => {
    let delay = 0
    let upSince = performance.now()
    while (await pause(INTERVAL)) {
      if (watch.isUp()) continue
      const lostAt = performance.now()
      if (lostAt - upSince > TRUSTED_AFTER) delay = 0
      watch.report('lost', 0)
      do {
        if (!(await pause(delay))) return
        delay = Math.min(LONGEST_PAUSE, Math.max(500, delay * 2))
      } while (!(await revive(lostAt)))
      upSince = performance.now()
    }
  }

  const running = run()
  return () => {
    end.abort()
    return running
  }
}
