import type { Readable } from 'node:stream'
import type { DeliveryResult } from './delivery.ts'

/** A mail as a use case writes it. The sender is the mailer's; header values never hold a line break. */
export interface Mail {
  /** One address: a receipt or dossier goes to one place. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** With angle brackets. Stable over retries, so that a repeat can be recognised. */
  readonly messageId: string
  readonly headers?: Readonly<Record<string, string>>
  readonly attachments?: readonly {
    readonly name: string
    readonly type: string
    readonly content: string | Buffer | Readable
  }[]
}

/** Hands one mail to the server, or says why it could not. Never throws for what a server may answer. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<DeliveryResult>
