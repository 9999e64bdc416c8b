import { createHash } from 'node:crypto'
import type { DoorMemory } from '../../../src/core/channel.ts'

/** A network that saw no answer of ours brings a message again, octet for octet, within minutes. */
const SAME_WITHIN_MS = 10 * 60_000
/** An answer written so shortly before the link was lost may not have arrived; one that was so long in coming was not waited for. */
const DOUBTFUL_MS = 10_000

export interface Named {
  readonly channel: string
  readonly externalId: string
}

interface Brought {
  readonly channel: string
  readonly sender: string
  readonly receivedAt: Date
  readonly body: Uint8Array
}

const digestOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

/**
 * SMPP names no message. A message brought again is the same event, also after a restart or by another process, while a
 * person who sends "1" twice is heard twice: what was surely answered is over, and its like is a new message.
 */
export const createEventNames = (memory: DoorMemory) => {
  /** Copies that come while the first is being recorded share its name. */
  const underWay = new Map<string, Promise<Named>>()
  /** Answered on the present link, too lately to be sure of. */
  const answered = new Map<string, { named: Named; at: Date }>()
  let count = 0

  const choose = async ({ body, ...event }: Brought): Promise<Named> => {
    const { channel, receivedAt } = event
    const since = new Date(receivedAt.getTime() - SAME_WITHIN_MS)
    const sha256 = digestOf(body)
    const like = await memory.find({ ...event, sha256, since })
    if (like !== undefined && !like.isAnswered && !answered.has(like.externalId))
      return { channel, externalId: like.externalId }
    count += 1
    return { channel, externalId: `smpp:${sha256.slice(0, 40)}:${receivedAt.toISOString()}:${count}` }
  }

  return {
    /** The name of a message; to be ended by `settle` whatever comes of it. */
    nameOf: (event: Brought): Promise<Named> => {
      const key = `${event.sender}:${digestOf(event.body)}`
      const name = underWay.get(key) ?? choose(event)
      underWay.set(key, name)
      return name
    },
    settle: (event: Brought): void => {
      underWay.delete(`${event.sender}:${digestOf(event.body)}`)
    },
    /** The network has been told that we have it. */
    answered: (named: Named, received: Date, now: Date): void => {
      if (now.getTime() - received.getTime() < DOUBTFUL_MS) answered.set(named.externalId, { named, at: now })
    },
    /** The link still stands: what was answered long enough ago has arrived, and everybody may know. */
    linkStands: async (now: Date): Promise<void> => {
      const sure = [...answered.values()].filter(({ at }) => now.getTime() - at.getTime() >= DOUBTFUL_MS)
      await memory.noteAnswered(sure.map(({ named }) => named))
      for (const { named } of sure) answered.delete(named.externalId)
    },
    linkLost: (): void => answered.clear(),
  }
}

export type EventNames = ReturnType<typeof createEventNames>
