import { setTimeout as pause } from 'node:timers/promises'
import type { ChannelAdapter, Receive } from '../core/channel.ts'
import { createDoorMemory } from '../intake/door-memory.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'

/** A watch that ends by itself is begun again after this long. */
const AGAIN_MS = 5_000

/**
 * Runs the doors that are watched (a link to an operator, a mailbox) beside the relay, which sends over the same links. Gives
 * the way to stop them.
 */
export const startWatches = (
  { db, clock, logger }: Parts,
  { receive }: Features,
  channels: readonly ChannelAdapter[],
): (() => Promise<void>) => {
  const stopping = new AbortController()
  const { signal } = stopping
  const memory = createDoorMemory({ db, clock })
  const receiveAll: Receive = async (events) => {
    await Promise.all(events.map(receive))
  }
  const keep = async ({ id, watch }: ChannelAdapter): Promise<void> => {
    while (watch !== undefined && !signal.aborted) {
      await watch(receiveAll, signal, memory).catch((error: unknown) =>
        logger.error({ event: 'watch.failed', channel: id, err: error }),
      )
      await pause(AGAIN_MS, undefined, { signal, ref: false }).catch(() => {})
    }
  }
  const running = channels.map(keep)
  return async () => {
    stopping.abort()
    await Promise.all(running)
  }
}
