import type { IncomingHttpHeaders } from 'node:http'
import type { DeliveryResult } from './delivery.ts'
import type { Accepted, Submission } from './submission.ts'

/** A request as a channel sees it: the raw bytes, because signatures are computed over them. */
export interface HttpRequest {
  readonly method: string
  /** Path and query as received. The host is never taken from the request: see PUBLIC_URL. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly remoteAddress: string
}

export interface HttpReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One event that came in. What it is decides where it goes; all five ends are in the ledger. */
export type InboundEvent =
  | { readonly type: 'submission'; readonly submission: Submission }
  | { readonly type: 'ignored'; readonly externalId: string; readonly reason: string }

/** What a channel understood of a request, and how it answers once that is durable. */
export interface Inbound {
  readonly events: readonly InboundEvent[]
  /** A function of what was accepted, so that the answer carries the reference and comes after the commit. */
  reply(accepted: readonly Accepted[]): HttpReply
}

export interface HttpInbound {
  readonly routes: readonly {
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly bodyLimit: number
    /** Refuses before anything is read of the meaning; undefined lets the request in. */
    authenticate(request: HttpRequest): HttpReply | undefined
    receive(request: HttpRequest): Promise<Inbound>
  }[]
}

export interface PollingInbound {
  /** Runs until the signal aborts; hands every event to `accept` and moves on only after it resolved. */
  run(
    accept: (events: readonly InboundEvent[]) => Promise<readonly Accepted[]>,
    signal: AbortSignal,
  ): Promise<void>
}

export interface ReceiptSender {
  send(receipt: { readonly receiptId: string; readonly signal: AbortSignal }): Promise<DeliveryResult>
}

/** A channel describes; the host mounts, accepts, logs and retries. The id is text in the database: no migration. */
export interface ChannelAdapter {
  readonly id: string
  readonly inbound: HttpInbound | PollingInbound
  /** 'inline': the reply itself was the receipt. */
  readonly receipts: ReceiptSender | 'inline'
}
