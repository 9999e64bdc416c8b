import { createHash } from 'node:crypto'
import type { DoorMemory, InboundEvent } from '../../src/core/channel.ts'

/** What a door remembers, without a database: for tests of a door alone. */
export const memoryOf = (events: readonly InboundEvent[]): DoorMemory => {
  const answered = new Set<string>()
  const digest = ({ raw }: InboundEvent) =>
    'body' in raw ? createHash('sha256').update(raw.body).digest('hex') : raw.sha256
  return {
    find: async ({ channel, sender, sha256, since }) => {
      const like = events.findLast(
        (event) =>
          event.channel === channel &&
          event.sender === sender &&
          event.receivedAt >= since &&
          digest(event) === sha256,
      )
      return like && { externalId: like.externalId, isAnswered: answered.has(like.externalId) }
    },
    noteAnswered: async (named) => {
      for (const { externalId } of named) answered.add(externalId)
    },
  }
}
