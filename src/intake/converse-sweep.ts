import { and, eq, sql } from 'drizzle-orm'
import { conversations } from '../db/schema/index.ts'
import { holdConversation } from '../messages/find-way.ts'
import { hear, takeTurn } from './converse.ts'
import type { ConverseDeps } from './converse-deps.ts'
import { gatherRest, overdueParts } from './glue-parts.ts'

/** Taken in one round of the sweep. */
const AT_ONCE = 200

/** Someone said "send it again" and gave no reason within the day: it is sent again without one. Gives how many. */
export const sweepConversations = async (deps: ConverseDeps): Promise<number> => {
  const now = deps.clock.now()
  const due = await deps.db.orm
    .select()
    .from(conversations)
    .where(
      and(
        sql`${conversations.state} -> 'waiting' ->> 'for' = 'why'`,
        sql`(${conversations.state} -> 'waiting' ->> 'until')::timestamptz <= ${now.toISOString()}::timestamptz`,
      ),
    )
    .limit(AT_ONCE)
  for (const { channel, phone, line, driver } of due)
    await deps.db.orm.transaction(async (tx) => {
      const held = await holdConversation(tx, { channel, driver, sender: line, recipient: phone }, now)
      const turn = deps.converse(held.state, { type: 'time', at: now })
      await takeTurn(tx, deps, held, turn, {
        occasion: `${channel}:${phone}:${held.state.waiting?.until ?? ''}`,
      })
    })
  return due.length
}

/** A part of a longer text is missing for ten minutes: what is there is taken as it is. Gives how many texts. */
export const sweepParts = async (deps: ConverseDeps): Promise<number> => {
  const now = deps.clock.now()
  const waiting = await overdueParts(deps.db.orm, now, AT_ONCE)
  for (const first of waiting)
    await deps.db.orm.transaction(async (tx) => {
      const [held] = await tx
        .select()
        .from(conversations)
        .where(and(eq(conversations.channel, first.channel), eq(conversations.phone, first.sender)))
        .for('update')
      const whole = held && (await gatherRest(tx, now, first))
      if (held === undefined || whole === undefined) return
      const { channel, sender: from, line } = first
      const media: [] = []
      await hear(
        tx,
        deps,
        held,
        { channel, from, line, text: whole.text, media, optOutUpstream: false },
        whole,
        undefined,
      )
    })
  return waiting.length
}
