import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { InboundEvent } from '../../src/core/channel.ts'
import type { Clock, NewId } from '../../src/core/clock.ts'
import type { ObjectStore } from '../../src/core/object-store.ts'
import { HEAD_BYTES, readHead } from './read-head.ts'

export const EMAIL = 'email'
const RAW_TYPE = 'message/rfc822'

export interface MailDoorDeps {
  readonly store: Pick<ObjectStore, 'put'>
  readonly clock: Clock
  readonly newId: NewId
  /** Makes an event durable; says whether it had come before. */
  readonly receive: (event: InboundEvent) => Promise<{ repeat: boolean }>
}

export interface ComingMail {
  /** The message as it comes over the wire. */
  readonly body: AsyncIterable<Buffer>
  /** Header lines that the last server on the way adds (RFC 5321, 4.4). */
  readonly above?: string
  readonly maxBytes: number
  /** Size of the whole message, where `body` is only its beginning. */
  readonly wholeBytes?: number
  readonly signal: AbortSignal
}

export type RecordedAs =
  | { readonly ok: true; readonly externalId: string; readonly repeat: boolean }
  | { readonly ok: false; readonly reason: 'too_large' }

/** A message is named by its bytes: a Message-ID may be another's, and a UID another mail's after a restore. */
export const externalIdOf = (hash: Hash): string => `sha256:${hash.digest('hex')}`

/** What is left in its mailbox because of its size is named apart, so that the whole one would be another event. */
export const BEGINNING = 'beginning:'

/** The sender's address orders what one person writes; who gives none stands alone. */
const senderOf = (head: Buffer, externalId: string): string =>
  readHead(head).from[0]?.address.toLowerCase() ?? externalId

/** Watches what flows by: hash of the message, and its beginning. */
const createWitness = (above: string) => {
  const hash = createHash('sha256')
  const heads: Buffer[] = []
  let kept = 0
  const watch = async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    if (above !== '') yield Buffer.from(above)
    for await (const chunk of body) {
      hash.update(chunk)
      if (kept < HEAD_BYTES) heads.push(chunk)
      kept += chunk.length
      yield chunk
    }
  }
  return { watch, hash, head: () => Buffer.concat(heads) }
}

/**
 * The way in that all inlets share: the raw message into the store, then the event into the database. Once it gives `ok` the
 * message is durable and may be taken off its sender's hands. Throws when store or database are away; nothing was taken then.
 */
export const createMailDoor =
  ({ store, clock, newId, receive }: MailDoorDeps) =>
  async ({ body, above = '', maxBytes, wholeBytes, signal }: ComingMail): Promise<RecordedAs> => {
    const objectKey = `mail/${newId()}`
    const witness = createWitness(above)
    const stream = Readable.from(witness.watch(body), { objectMode: false })
    const put = await store.put(objectKey, stream, { maxBytes: maxBytes + Buffer.byteLength(above), signal })
    if (!put.ok) return put
    const named = externalIdOf(witness.hash)
    const externalId = wholeBytes === undefined ? named : `${BEGINNING}${named}`
    const { sha256, bytes } = put.object
    // The object stays whatever comes of this: a statement that seemed to fail may be durable all the same, and an object
    // that nothing names is swept in a day.
    const { repeat } = await receive({
      channel: EMAIL,
      externalId,
      sender: senderOf(witness.head(), externalId),
      receivedAt: clock.now(),
      raw: { type: RAW_TYPE, objectKey, sha256, bytes: wholeBytes ?? bytes },
    })
    return { ok: true, externalId, repeat }
  }

export type MailDoor = ReturnType<typeof createMailDoor>
