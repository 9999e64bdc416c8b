import { setTimeout as sleep } from 'node:timers/promises'
import { isAway } from '../core/away.ts'
import type { Clock } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, failed } from '../core/delivery.ts'
import type { Topic, TopicHandler, TopicHandlers, Topics } from '../core/topics.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Sql } from '../db/client.ts'
import type { Logger } from '../platform/logger.ts'
import { type Claimed, LEASE_SECONDS } from './claim.ts'
import { LANES } from './lanes.ts'
import { type Ended, fateOf, settleMessages } from './settle.ts'

/** Called once a message has become a dead letter, so that its feature can say so on the record. */
export type DeadLetterHooks = {
  readonly [T in Topic]?: (payload: Topics[T], error: DeliveryError) => Promise<void>
}

export interface WorkDeps {
  readonly sql: Sql
  readonly clock: Clock
  readonly logger: Logger
  readonly handlers: TopicHandlers
  readonly onDead?: DeadLetterHooks
  /** Names this process in its leases. */
  readonly worker: string
}

const SETTLE_TOGETHER = 256
/** Shorter than a lease, which nobody can renew while the database is away. */
const SETTLE_PATIENCE_MS = (LEASE_SECONDS / 2) * 1000
const SETTLE_AGAIN_MS = 500

const TIMED_OUT = failed({
  code: 'timeout',
  message: 'the work did not end within its patience',
  retryable: true,
})

const unexpected = (error: unknown): DeliveryResult =>
  failed({
    code: 'unexpected',
    message: error instanceof Error ? error.name : typeof error,
    retryable: true,
  })

/** Resolves with `instead` when the signal aborts first: work that ignores its signal must not hold a place for ever. */
const orWhenAborted = <T>(work: Promise<T>, signal: AbortSignal, instead: T): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(instead), { once: true })
    work.then(resolve, reject)
  })

const attempt = async (deps: WorkDeps, message: Claimed, cut: AbortSignal): Promise<DeliveryResult> => {
  const handler = deps.handlers[message.topic] as TopicHandler<Topic> | undefined
  if (handler === undefined) return unexpected(new Error('no handler'))
  const signal = AbortSignal.any([cut, AbortSignal.timeout(LANES[message.topic].patienceMs)])
  const context = { messageId: message.id, attempt: message.attempt, signal }
  try {
    return await orWhenAborted(handler(message.payload, context), signal, TIMED_OUT)
  } catch (error) {
    deps.logger.error({
      event: 'outbox.handler_threw',
      topic: message.topic,
      messageId: message.id,
      err: error,
    })
    return unexpected(error)
  }
}

/**
 * Works on one claimed message and writes how it ended; ends of the same moment share a statement. Never rejects: an end
 * that could not be written (database away) leaves the lease to run out, and the message comes again.
 */
export const createWork = (deps: WorkDeps, cut: AbortSignal) => {
  const settle = createBatcher<Ended, true>({
    limit: SETTLE_TOGETHER,
    inFlight: 1,
    sharedFate: isAway,
    runAll: async (batch) => {
      await settleMessages(deps.sql, deps.worker, batch, deps.clock.now())
      return batch.map(() => true as const)
    },
  })

  /** What was delivered would be delivered again: so the word of it waits for a database that is away, as long as it may. */
  const settleWhenThere = async (ended: Ended): Promise<void> => {
    for (const end = performance.now() + SETTLE_PATIENCE_MS; ; await sleep(SETTLE_AGAIN_MS))
      try {
        return void (await settle(ended))
      } catch (error) {
        if (!isAway(error) || cut.aborted || performance.now() > end) throw error
      }
  }

  const noteEnd = async (ended: Ended): Promise<void> => {
    const { message, result } = ended
    await settleWhenThere(ended)
    if (result.ok) return
    const fate = fateOf(ended)
    const { topic, id: messageId, attempt: number } = message
    const facts = { event: `outbox.${fate}`, topic, messageId, attempt: number, code: result.error.code }
    if (fate === 'again') return deps.logger.warn(facts)
    deps.logger.error(facts)
    await (deps.onDead?.[topic] as DeadLetterHooks[Topic])?.(message.payload as never, result.error)
  }

  return async (message: Claimed): Promise<void> => {
    const startedAt = deps.clock.now()
    const start = performance.now()
    try {
      const result = await attempt(deps, message, cut)
      // Cut short by our own stop, not failed: it is given back and taken up by another.
      if (cut.aborted && !result.ok) return
      await noteEnd({ message, result, startedAt, tookMs: Math.round(performance.now() - start) })
    } catch (error) {
      deps.logger.error({ event: 'outbox.settle_failed', messageId: message.id, err: error })
    }
  }
}
