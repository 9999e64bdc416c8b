import { createHash } from 'node:crypto'

/** SMPP names no message, and a network that saw no answer of ours brings it again, octet for octet, within minutes. */
const SAME_WITHIN_MS = 10 * 60_000
/** An answer written so shortly before the link was lost may not have arrived. */
const DOUBTFUL_MS = 10_000

/**
 * Names events by what they hold, so that a message brought again is the same event, also after a restart, while a person
 * who sends "1" twice is heard twice: what was answered on a link that lasted is over, and its like is a new message.
 */
export const createEventNames = () => {
  const answered = new Map<string, { times: number; at: Date }>()

  const windowOf = (now: Date): number => Math.floor(now.getTime() / SAME_WITHIN_MS)
  const keyOf = (body: Uint8Array, now: Date): string =>
    `${createHash('sha256').update(body).digest('hex').slice(0, 40)}:${windowOf(now)}`

  return {
    nameOf: (body: Uint8Array, now: Date): string => {
      const key = keyOf(body, now)
      return `smpp:${key}:${answered.get(key)?.times ?? 0}`
    },
    /** The network has been told that we have it. */
    answered: (body: Uint8Array, received: Date, now: Date): void => {
      const key = keyOf(body, received)
      answered.set(key, { times: (answered.get(key)?.times ?? 0) + 1, at: now })
      for (const [old, { at }] of answered)
        if (now.getTime() - at.getTime() > 2 * SAME_WITHIN_MS) answered.delete(old)
    },
    linkLost: (now: Date): void => {
      for (const [key, { times, at }] of answered)
        if (now.getTime() - at.getTime() < DOUBTFUL_MS)
          answered.set(key, { times: times - 1, at: new Date(0) })
    },
  }
}

export type EventNames = ReturnType<typeof createEventNames>
