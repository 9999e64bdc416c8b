import type { Readable } from 'node:stream'
import type { DeliveryResult } from './delivery.ts'
import type { Locale } from './locale.ts'

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
  readonly language?: Locale
  readonly replyTo?: string
  /** Message-IDs of the thread, oldest first; the last one is what this mail answers. */
  readonly thread?: readonly string[]
  /**
   * Written by the machine (RFC 3834): marked so that no responder answers it, and sent with the null return path so that
   * no bounce of it can loop.
   */
  readonly automatic?: 'auto-replied' | 'auto-generated'
  readonly attachments?: readonly {
    readonly name: string
    readonly type: string
    readonly content: string | Buffer | Readable
  }[]
}

/** Hands one mail to the server, or says why it could not. Never throws for what a server may answer. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<DeliveryResult>

export interface Mailer {
  /** Tries once. Refusals (5xx) are final, everything else may be tried again. `providerId` is the Message-ID. */
  readonly send: SendMail
  close(): void
}
