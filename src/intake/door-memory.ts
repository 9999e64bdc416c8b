import { and, desc, eq, gte, inArray } from 'drizzle-orm'
import type { DoorMemory } from '../core/channel.ts'
import type { Clock } from '../core/clock.ts'
import type { Database } from '../db/client.ts'
import { inboundEvents } from '../db/schema/index.ts'
import { eventName } from './receive-events.ts'

/** What watched doors have recorded, for networks that bring a message again without a name. */
export const createDoorMemory = ({
  db,
  clock,
}: {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
}): DoorMemory => ({
  find: async ({ channel, sender, sha256, since }) => {
    const [like] = await db.orm
      .select({ externalId: inboundEvents.externalId, answeredAt: inboundEvents.answeredAt })
      .from(inboundEvents)
      .where(
        and(
          eq(inboundEvents.channel, channel),
          eq(inboundEvents.sender, eventName(sender)),
          gte(inboundEvents.receivedAt, since),
          eq(inboundEvents.rawSha256, sha256),
        ),
      )
      .orderBy(desc(inboundEvents.receivedAt))
      .limit(1)
    return like && { externalId: like.externalId, isAnswered: like.answeredAt !== null }
  },
  noteAnswered: async (events) => {
    const names = Map.groupBy(events, ({ channel }) => channel)
    for (const [channel, named] of names)
      await db.orm
        .update(inboundEvents)
        .set({ answeredAt: clock.now() })
        .where(
          and(
            eq(inboundEvents.channel, channel),
            inArray(
              inboundEvents.externalId,
              named.map(({ externalId }) => eventName(externalId)),
            ),
          ),
        )
  },
})
