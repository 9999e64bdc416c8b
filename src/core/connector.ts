import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { DeliveryResult } from './delivery.ts'
import type { Dossier } from './dossier.ts'
import type { ErrorCode } from './errors.ts'
import type { ReferralEvent } from './topics.ts'

/** A file of the dossier that may travel with the message itself. */
export interface Enclosure {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly sha256: string
  open(): Promise<Readable>
}

/** One telling of one event to one body. */
export interface ConnectorMessage {
  /** Stable over retries: the body recognises a repeat by it. */
  readonly id: string
  readonly event: ReferralEvent
  readonly dossier: Dossier
  readonly enclosures: readonly Enclosure[]
  /** As `settingsSchema` reads them. */
  readonly settings: unknown
  /** Newest first; the second is there while a rotation lasts. */
  readonly secrets: readonly string[]
  readonly at: Date
}

/**
 * A way of reaching a body. It delivers and says how that went; choosing, retrying, recording and disabling are the
 * host's. Every implementation passes test/contract/connector.contract.ts.
 */
export interface Connector {
  readonly type: string
  /** What an administrator sets; the first key is the destination, which together with `type` is the connector's identity. */
  readonly settingsSchema: z.ZodObject
  readonly destination: string
  /** True: each connector of this type gets a shared secret to sign with. */
  readonly signs: boolean
  /** The setting that is a secret the body gave us: sealed, never shown again, and handed to `deliver` among the secrets. */
  readonly secretField?: string
  /** Says at save that a destination can never be delivered to; undefined lets it pass. */
  refuse?(settings: unknown): { readonly code: ErrorCode; readonly detail: string } | undefined
  deliver(message: ConnectorMessage, signal: AbortSignal): Promise<DeliveryResult>
}

/** The connectors by type. */
export type Connectors = Readonly<Record<string, Connector>>
