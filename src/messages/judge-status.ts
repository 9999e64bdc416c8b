import { and, eq, inArray } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { delivered, failed } from '../core/delivery.ts'
import type { SentStatus, TextDriver } from '../core/text-message.ts'
import type { Database, Tx } from '../db/client.ts'
import { outgoingMessages } from '../db/schema/index.ts'
import type { Judge } from '../intake/judge-event.ts'
import { ignoreEvent } from '../intake/settle-event.ts'
import { messageDelivered, messageFailed, messageSent } from './settle-message.ts'

export interface StatusDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly drivers: readonly TextDriver[]
}

/** A provider may report before we have noted what it called the message; after this long the message is not ours. */
const UNKNOWN_FOR_MS = 2 * 60_000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** By our own name where the provider gave it back (it is then the event's sender), else by the provider's. */
const findMessage = async (tx: Tx, driver: TextDriver, name: string, status: SentStatus) => {
  const { providerId, alsoNamed = [], recipient } = status
  const isOurs = UUID.test(name)
    ? eq(outgoingMessages.id, name)
    : and(
        eq(outgoingMessages.driver, driver.id),
        inArray(outgoingMessages.providerId, [providerId, ...alsoNamed]),
      )
  const { id, providerId: called, recipient: to } = outgoingMessages
  const found = await tx.select({ id, called, to }).from(outgoingMessages).where(isOurs)
  // Two messages may share a name that is written in two ways; the same person had one of them.
  const theirs = found.filter((row) => row.to === recipient)
  const exact = (row: { called: string | null }) => row.called === providerId
  return (theirs.find(exact) ?? theirs[0] ?? found.find((row) => UUID.test(name) || exact(row)))?.id
}

const apply = async (deps: StatusDeps, tx: Tx, messageId: string, status: SentStatus): Promise<void> => {
  const act = { now: deps.clock.now(), newId: deps.newId }
  if (status.state === 'sent') await messageSent(tx, act, messageId, status.providerId)
  if (status.state === 'delivered') await messageDelivered(tx, act, messageId, status.providerId)
  if (status.state === 'failed')
    await messageFailed(tx, act, deps, messageId, {
      code: status.code ?? 'undelivered',
      isFinal: status.isFinal ?? false,
      disablesDestination: status.stops ?? false,
    })
}

/** Understands a provider's word on a message we sent. Words may come twice and in any order; none moves a state backwards. */
export const createStatusJudge =
  (deps: StatusDeps): Judge =>
  async (event) => {
    const driver = deps.drivers.find(({ rawType }) => rawType === event.rawType)
    const status = driver?.readStatus(event.rawBody ?? Buffer.alloc(0))
    const settling = { now: deps.clock.now(), newId: deps.newId }
    const isKnown = await deps.db.orm.transaction(async (tx) => {
      const messageId = driver && status ? await findMessage(tx, driver, event.sender, status) : undefined
      const mayStillCome = settling.now.getTime() - event.receivedAt.getTime() < UNKNOWN_FOR_MS
      if (status !== undefined && messageId === undefined && mayStillCome) return false
      if (status !== undefined && messageId !== undefined) await apply(deps, tx, messageId, status)
      await ignoreEvent(tx, settling, event, messageId === undefined ? 'no_message_of_ours' : 'status')
      return true
    })
    return isKnown
      ? delivered()
      : failed({
          code: 'message_unknown',
          message: 'No message of ours bears this name yet.',
          retryable: true,
        })
  }
