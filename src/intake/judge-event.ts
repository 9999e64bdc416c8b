import { and, eq } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { type DeliveryError, type DeliveryResult, delivered } from '../core/delivery.ts'
import type { DeliveryContext, TopicHandler, Topics } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { inboundEvents, ledgerEntries } from '../db/schema/index.ts'
import { failEvent, type RecordedEvent } from './settle-event.ts'

/** Understands one event of a channel and gives it its end in the ledger. Called again after a crash: must be idempotent. */
export type Judge = (event: RecordedEvent, context: DeliveryContext) => Promise<DeliveryResult>

export interface JudgeDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  /** By channel. */
  readonly judges: Readonly<Record<string, Judge>>
}

const read = async ({ db }: JudgeDeps, eventId: string) => {
  const [found] = await db.orm
    .select({ event: inboundEvents, outcome: ledgerEntries.outcome })
    .from(inboundEvents)
    .innerJoin(
      ledgerEntries,
      and(
        eq(ledgerEntries.channel, inboundEvents.channel),
        eq(ledgerEntries.externalId, inboundEvents.externalId),
      ),
    )
    .where(eq(inboundEvents.id, eventId))
  return found
}

/** Topic `inbound.judge`: hands a recorded event to its channel's judge, unless it has met its end already. */
export const createJudgeEvent =
  (deps: JudgeDeps): TopicHandler<'inbound.judge'> =>
  async ({ eventId, channel }, context) => {
    const found = await read(deps, eventId)
    // Erased at the person's request, or settled before a crash could be noted by the relay. A failed one may be judged again.
    if (found === undefined || (found.outcome !== null && found.outcome !== 'failed')) return delivered()
    const judge = deps.judges[channel]
    if (judge === undefined)
      return {
        ok: false,
        error: { code: 'no_judge', message: `No channel ${channel} runs here.`, retryable: true },
      }
    return judge(found.event, context)
  }

/** The event's message became a dead letter: the ledger says so, and the deliveries page offers to judge it again. */
export const eventFailed = async (
  deps: JudgeDeps,
  { eventId }: Topics['inbound.judge'],
  error: DeliveryError,
): Promise<void> => {
  const found = await read(deps, eventId)
  if (found === undefined) return
  await deps.db.orm.transaction((tx) =>
    failEvent(tx, { now: deps.clock.now(), newId: deps.newId }, found.event, error.code),
  )
}
