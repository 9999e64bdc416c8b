import { createHash } from 'node:crypto'
import { isAway } from '../core/away.ts'
import type { InboundEvent } from '../core/channel.ts'
import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Sql } from '../db/client.ts'
import { createWaker } from '../outbox/wake-relays.ts'
import { storableText } from './normalise.ts'
import { withPatience } from './statement-patience.ts'

const BATCH_LIMIT = 64
const STATEMENTS_IN_FLIGHT = 2

const rawColumns = ({ raw }: InboundEvent) =>
  'body' in raw
    ? {
        rawType: raw.type,
        rawSha256: createHash('sha256').update(raw.body).digest('hex'),
        rawBytes: raw.body.byteLength,
        rawBody: Buffer.from(raw.body).toString('base64'),
      }
    : { rawType: raw.type, rawSha256: raw.sha256, rawBytes: raw.bytes, rawObject: raw.objectKey }

const IDENTITY_CHARACTERS = 200

/** Names as the index takes them, whatever a sender made of them: storable, and a digest where they are too long. */
export const eventName = (name: string): string =>
  name.length <= IDENTITY_CHARACTERS
    ? storableText(name)
    : `sha256:${createHash('sha256').update(name).digest('hex')}`

const memberOf = (newId: NewId, event: InboundEvent) => ({
  id: newId(),
  ledgerId: newId(),
  messageId: newId(),
  channel: event.channel,
  externalId: eventName(event.externalId),
  sender: eventName(event.sender),
  receivedAt: event.receivedAt,
  ...rawColumns(event),
})

/**
 * The door of channels that cannot wait for judgement. Resolves once the event is durable, with whether it had come before;
 * what waits at the same moment shares a statement. Throws AppError `unavailable` when the database is away: the caller
 * spools the request or asks its sender to come again.
 */
export const createReception = (deps: { readonly sql: Sql; readonly newId: NewId }) => {
  const wakeRelays = createWaker(deps.sql)
  const enqueue = createBatcher<ReturnType<typeof memberOf>, { repeat: boolean }>({
    limit: BATCH_LIMIT,
    inFlight: STATEMENTS_IN_FLIGHT,
    sharedFate: isAway,
    runAll: async (members) => {
      const rows = await withPatience(
        deps.sql<{ channel: string; external_id: string; is_repeat: boolean }[]>`
          select * from receive_events(${JSON.stringify(members)}::text::jsonb)`,
      )
      wakeRelays()
      const repeats = new Map(rows.map((row) => [`${row.channel}\u0000${row.external_id}`, row.is_repeat]))
      return members.map((member) => ({
        repeat: repeats.get(`${member.channel}\u0000${member.externalId}`) ?? false,
      }))
    },
  })
  return async (event: InboundEvent): Promise<{ repeat: boolean }> => {
    try {
      return await enqueue(memberOf(deps.newId, event))
    } catch (error) {
      if (isAway(error)) throw new AppError('unavailable', { cause: error })
      throw error
    }
  }
}

export type ReceiveEvent = ReturnType<typeof createReception>
