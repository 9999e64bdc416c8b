import type { IncomingHttpHeaders } from 'node:http'
import type { RawForm } from './submission.ts'

/** An event as it came in at a door, before anyone has judged it. (channel, externalId) is its identity. */
export interface InboundEvent {
  readonly channel: string
  readonly externalId: string
  /** Who sent it, as the channel names them. Events of one sender are judged one after the other. */
  readonly sender: string
  readonly receivedAt: Date
  readonly raw: RawForm
}

/** A request as a channel sees it: the raw bytes, because signatures are computed over them. */
export interface HttpRequest {
  readonly method: string
  /** Path and query as received. The host is never taken from the request: see PUBLIC_URL. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly receivedAt: Date
}

export interface HttpReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a channel read from a request: the events to record, and the answer to give once they are durable. */
export interface Inbound {
  readonly events: readonly InboundEvent[]
  /** A function is run once the events are durable: for an answer that depends on what is known by then (a call). */
  readonly reply: HttpReply | ((signal: AbortSignal) => Promise<HttpReply>)
  /** Said instead when that function fails or is slow; without it the provider is asked to come again (503). */
  readonly fallback?: HttpReply
}

export interface HttpRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly bodyLimit: number
  /** Refuses before anything is read of the meaning; undefined lets the request in. */
  authenticate(request: HttpRequest): HttpReply | undefined
  /** Pure: reads the request, asks nobody. What cannot be read may throw; the provider then hears 400. */
  receive(request: HttpRequest): Inbound
}

/** Hands events over; resolves once they are durable, and only then may the channel move on. */
export type Receive = (events: readonly InboundEvent[]) => Promise<void>

/** What was recorded before, for networks that give a message no name: the way to know one that is brought again. */
export interface DoorMemory {
  /** The newest event of a sender with these octets since an instant. `isAnswered`: the network surely has our answer. */
  find(wanted: {
    readonly channel: string
    readonly sender: string
    /** Of the raw form, lower-case hex. */
    readonly sha256: string
    readonly since: Date
  }): Promise<{ readonly externalId: string; readonly isAnswered: boolean } | undefined>
  noteAnswered(events: readonly Pick<InboundEvent, 'channel' | 'externalId'>[]): Promise<void>
}

/** A channel describes its doors; the host mounts, records, answers, logs and retries. The id is text in the database. */
export interface ChannelAdapter {
  readonly id: string
  /** Doors that others knock at. */
  readonly routes?: readonly HttpRoute[]
  /** A door that is watched: runs until the signal aborts. */
  readonly watch?: (receive: Receive, signal: AbortSignal, memory: DoorMemory) => Promise<void>
}
