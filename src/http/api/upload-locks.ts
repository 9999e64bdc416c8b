import type { Lock, Locker, RequestRelease } from '@tus/server'

/** How long a request waits for the one before it, which was told to end. */
const WAIT_MS = 30_000

interface Holder {
  readonly release: RequestRelease
  readonly over: Promise<void>
}

/**
 * One request at a time for each upload of this process. A newcomer asks the holder to end: most often it is the same
 * client, back on another network, while its old connection has not been noticed dead. (The library's own lock spins on
 * the processor while it waits.)
 */
export const createUploadLocks = (): Locker => {
  const holders = new Map<string, Holder>()
  return {
    newLock: (id): Lock => {
      let unlock = () => {}
      return {
        lock: async (signal, release) => {
          const giveUp = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)])
          for (let holder = holders.get(id); holder !== undefined; holder = holders.get(id)) {
            await holder.release()
            await Promise.race([holder.over, aborted(giveUp)])
          }
          const { promise, resolve } = Promise.withResolvers<void>()
          unlock = () => {
            holders.delete(id)
            resolve()
          }
          holders.set(id, { release, over: promise })
        },
        unlock: async () => unlock(),
      }
    },
  }
}

/** Rejects, in the form the library answers with, when the signal aborts. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const refuse = () =>
      reject(
        Object.assign(new Error('The upload is in use'), { status_code: 423, body: 'The upload is in use' }),
      )
    if (signal.aborted) refuse()
    else signal.addEventListener('abort', refuse, { once: true })
  })
