import type { InboundEvent } from '../core/channel.ts'
import { AppError } from '../core/errors.ts'
import type { ReceiveEvent } from './receive-events.ts'
import type { Spool } from './spool.ts'

/** A provider hangs up after some seconds: a database that is slower than this is away, as far as it is concerned. */
const PATIENCE_MS = 1_200

export interface DoorDeps {
  readonly receive: ReceiveEvent
  readonly spool: Spool
  /** Hears why the spool was used. */
  readonly onAway?: (reason: unknown) => void
}

const inTime = async (work: Promise<unknown>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new AppError('unavailable')), PATIENCE_MS)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Makes events durable whatever the database does: in it, or on this machine's disk until it is back. While events wait on
 * disk, later ones queue behind them, so that a conversation keeps its order. Resolves with where they are; throws
 * `unavailable` when neither took them: then nothing was promised.
 */
export const createDoor =
  ({ receive, spool, onAway }: DoorDeps) =>
  async (events: readonly InboundEvent[]): Promise<'recorded' | 'spooled'> => {
    if (events.length === 0) return 'recorded'
    if (spool.waiting() === 0)
      try {
        await inTime(Promise.all(events.map(receive)))
        return 'recorded'
      } catch (error) {
        onAway?.(error)
      }
    try {
      await spool.put(events)
      return 'spooled'
    } catch (error) {
      throw new AppError('unavailable', { retryAfter: 30, cause: error })
    }
  }

export type Door = ReturnType<typeof createDoor>

/** SQLSTATE classes that blame what was sent: data exception, integrity, program limit. Anything else may pass. */
const FAULT_OF_THE_EVENT = /^(22|23|54)/

/** How the recording of a spooled event ended, in the spool's words. */
export const recordSpooled =
  (receive: ReceiveEvent) =>
  async (event: InboundEvent): Promise<'recorded' | 'later' | 'refused'> => {
    try {
      await receive(event)
      return 'recorded'
    } catch (error) {
      return FAULT_OF_THE_EVENT.test(String((error as { code?: unknown }).code)) ? 'refused' : 'later'
    }
  }
