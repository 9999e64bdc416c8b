import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { InboundText, PartOf } from '../core/text-message.ts'
import type { Tx } from '../db/client.ts'
import { inboundEvents, messageParts } from '../db/schema/index.ts'
import type { RecordedEvent } from './settle-event.ts'

/** A text in one piece, with the events that carried it: the first stands for all. */
export interface Whole {
  readonly text: string
  readonly event: RecordedEvent
  readonly others: readonly RecordedEvent[]
}

type Arrived = InboundText & { readonly part: PartOf }

const sameText = ({ channel, from, line, part }: Arrived) =>
  and(
    eq(messageParts.channel, channel),
    eq(messageParts.sender, from),
    eq(messageParts.line, line),
    eq(messageParts.reference, part.reference),
    eq(messageParts.total, part.total),
    isNull(messageParts.gluedAt),
  )

/** Puts what is there in its order, and marks it as read. */
const glue = async (
  tx: Tx,
  now: Date,
  parts: readonly (typeof messageParts.$inferSelect)[],
): Promise<Whole | undefined> => {
  const ids = parts.map(({ eventId }) => eventId)
  await tx.update(messageParts).set({ gluedAt: now }).where(inArray(messageParts.eventId, ids))
  const events = await tx.select().from(inboundEvents).where(inArray(inboundEvents.id, ids))
  const [event, ...others] = ids.flatMap((id) => events.find((known) => known.id === id) ?? [])
  return event && { text: parts.map(({ text }) => JSON.parse(text) as string).join(''), event, others }
}

export type Gathered =
  | { readonly end: 'waiting' }
  | { readonly end: 'whole'; readonly whole: Whole }
  /** The network delivered a part twice. */
  | { readonly end: 'repeat' }
  /** The sender's phone took a number again before its last text was complete: it stands alone. */
  | { readonly end: 'alone' }

/**
 * Keeps one part of a longer text; with the last of them the text is whole, in whatever order they came. The conversation
 * must be held.
 */
export const gatherPart = async (
  tx: Tx,
  now: Date,
  event: RecordedEvent,
  arrived: Arrived,
): Promise<Gathered> => {
  const { channel, from: sender, line, part } = arrived
  // As JSON, because a phone may cut a surrogate pair between two parts, and PostgreSQL stores whole characters only.
  const text = JSON.stringify(arrived.text)
  const kept = await tx
    .insert(messageParts)
    .values({ ...part, eventId: event.id, channel, sender, line, text, receivedAt: event.receivedAt })
    .onConflictDoNothing()
    .returning()
  const parts = await tx
    .select()
    .from(messageParts)
    .where(sameText(arrived))
    .orderBy(asc(messageParts.number))
  if (kept.length === 0) {
    const twin = parts.find(({ number }) => number === part.number)
    // A repeat of this very event (a crash) is still waiting for its fellows.
    if (twin?.eventId === event.id) return { end: 'waiting' }
    return { end: twin?.text === text ? 'repeat' : 'alone' }
  }
  if (parts.length < part.total) return { end: 'waiting' }
  const whole = await glue(tx, now, parts)
  return whole ? { end: 'whole', whole } : { end: 'alone' }
}

/** How long a text waits for a part that is missing; then it is taken as it is. */
export const PARTS_WAIT_MS = 10 * 60_000

/** The oldest part of each text that has waited long enough. */
export const overdueParts = (tx: Pick<Tx, 'selectDistinctOn'>, now: Date, limit: number) =>
  tx
    .selectDistinctOn([
      messageParts.channel,
      messageParts.sender,
      messageParts.line,
      messageParts.reference,
      messageParts.total,
    ])
    .from(messageParts)
    .where(
      and(
        isNull(messageParts.gluedAt),
        sql`${messageParts.receivedAt} < ${new Date(now.getTime() - PARTS_WAIT_MS).toISOString()}`,
      ),
    )
    .limit(limit)

/** What there is of a text that will not be complete. */
export const gatherRest = async (
  tx: Tx,
  now: Date,
  first: typeof messageParts.$inferSelect,
): Promise<Whole | undefined> => {
  const { channel, sender: from, line, reference, total, number } = first
  const arrived = {
    channel,
    from,
    line,
    part: { reference, total, number },
    text: '',
    media: [],
    optOutUpstream: false,
  }
  const parts = await tx
    .select()
    .from(messageParts)
    .where(sameText(arrived))
    .orderBy(asc(messageParts.number))
  return parts.length === 0 ? undefined : glue(tx, now, parts)
}
