import type { Topic } from '../core/topics.ts'
import type { Sql } from '../db/client.ts'
import type { Logger } from '../platform/logger.ts'
import {
  type Claimed,
  claimMessages,
  LEASE_SECONDS,
  releaseLeases,
  renewLeases,
  takeOverLostLeases,
} from './claim.ts'
import { LANES, TOPICS } from './lanes.ts'
import { createPlaces } from './places.ts'
import { createWork, type WorkDeps } from './work.ts'

/** NOTIFY wakes the relay; this poll is the backstop, in milliseconds. */
const POLL_MS = 1_000
const HEARTBEAT_MS = (LEASE_SECONDS / 3) * 1000
/** Every so many claims of a lane the newest come first. */
const NEWEST_FIRST_EVERY = 3

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

/** Claims for every lane that has free places, and sets what it claimed to work. */
const createClaimer = (deps: WorkDeps, begin: (message: Claimed, done: () => void) => void) => {
  const topics = TOPICS.filter((topic) => deps.handlers[topic] !== undefined)
  const places = new Map(topics.map((topic) => [topic, createPlaces(topic)]))
  let claims = 0

  const claimInto = async (topic: Topic): Promise<number> => {
    const lane = places.get(topic)
    const limit = lane?.free() ?? 0
    if (lane === undefined || limit <= 0) return 0
    const claimed = await claimMessages(deps.sql, {
      worker: deps.worker,
      topic,
      limit,
      placesPerKey: LANES[topic].placesPerKey,
      inOrder: LANES[topic].inOrder ?? false,
      fullKeys: lane.fullKeys(),
      newestFirst: claims % NEWEST_FIRST_EVERY === NEWEST_FIRST_EVERY - 1,
      now: deps.clock.now(),
    })
    for (const message of claimed) {
      lane.take(message.key)
      begin(message, () => lane.leave(message.key))
    }
    return claimed.length
  }

  /** Gives how many were claimed in all lanes. */
  return async (): Promise<number> => {
    const counts = await Promise.all(topics.map(claimInto))
    claims += 1
    return counts.reduce((sum, count) => sum + count, 0)
  }
}

/** postgres.js keeps the subscription over reconnections; only the first try needs patience. */
const listenForWork = async (
  sql: Sql,
  wake: () => void,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      const { unlisten } = await sql.listen('outbox', wake)
      signal.addEventListener('abort', () => void unlisten().catch(() => {}), { once: true })
      return
    } catch (error) {
      logger.warn({ event: 'outbox.listen_failed', err: error })
      await pause(POLL_MS)
    }
  }
}

/** Renews the leases of what is under way and takes over those that nobody renews any more. */
const keepLeases = async (
  { sql, clock, logger, worker }: WorkDeps,
  underWay: Iterable<string>,
): Promise<void> => {
  try {
    await renewLeases(sql, worker, [...underWay])
    const count = await takeOverLostLeases(sql, clock.now())
    if (count > 0) logger.warn({ event: 'outbox.taken_over', count })
  } catch (error) {
    logger.error({ event: 'outbox.heartbeat_failed', err: error })
  }
}

/** A bell that many may ring and one waits for. */
const createBell = () => {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => rung.resolve(),
    wait: async (ms: number): Promise<void> => {
      const timer = setTimeout(() => rung.resolve(), ms)
      await rung.promise
      clearTimeout(timer)
      rung = Promise.withResolvers()
    },
  }
}

/**
 * Makes what was promised happen: claims under a lease, works outside any transaction, settles in batches. At least once:
 * a handler may see a message again after a crash. Any number of relays may run over one database.
 */
export const createRelay = (deps: WorkDeps) => {
  const stopping = new AbortController()
  const cut = new AbortController()
  const bell = createBell()
  const work = createWork(deps, cut.signal)
  const running = new Map<string, Promise<void>>()

  const claimAll = createClaimer(deps, (message, done) => {
    const task = work(message).finally(() => {
      if (running.get(message.id) === task) running.delete(message.id)
      done()
      bell.ring()
    })
    running.set(message.id, task)
  })

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const claimed = await claimAll().catch((error: unknown) => {
        deps.logger.error({ event: 'outbox.claim_failed', err: error })
        return 0
      })
      if (claimed === 0) await bell.wait(POLL_MS)
    }
  }

  return {
    /** Works until it is told to stop. */
    start: () => {
      const heartbeat = setInterval(() => void keepLeases(deps, running.keys()), HEARTBEAT_MS)
      const looping = keepLeases(deps, []).then(loop)
      void listenForWork(deps.sql, bell.ring, stopping.signal, deps.logger)
      return {
        /** Takes no more, waits for what runs up to `graceMs`, cuts the rest short and gives it back. */
        stop: async (graceMs: number): Promise<void> => {
          stopping.abort()
          bell.ring()
          clearInterval(heartbeat)
          await Promise.race([Promise.all([looping, ...running.values()]), pause(graceMs)])
          cut.abort()
          await releaseLeases(deps.sql, deps.worker).catch((error: unknown) =>
            deps.logger.error({ event: 'outbox.release_failed', err: error }),
          )
        },
      }
    },
    /** Works until nothing is due: for tests and tools, which need no waiting. Gives the number of tries made. */
    drain: async (): Promise<number> => {
      for (let tries = 0; ; ) {
        const claimed = await claimAll()
        tries += claimed
        await Promise.all(running.values())
        if (claimed === 0) return tries
      }
    },
  }
}

export type Relay = ReturnType<typeof createRelay>
