import { Webhook } from 'standardwebhooks'
import { request } from 'undici'
import { z } from 'zod'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { type DeliveryResult, delivered, failed } from '../../core/delivery.ts'
import type { OutboundGuard } from '../../platform/outbound-guard.ts'
import { breakageOf, readLittle, refusalOf } from '../outbound-answer.ts'
import { retryAfterSeconds } from './retry-after.ts'

/*
 * Standard Webhooks 1.0.0, as sent:
 *
 *   POST /hook
 *   webhook-id: 019aa6c0-…            the outbox message: the same at every try
 *   webhook-timestamp: 1795258800     this try
 *   webhook-signature: v1,K5oZfz… v1,p9xQ…    one for each secret while a rotation lasts
 *
 *   { "type": "complaint.referred", "timestamp": "2026-11-21T10:00:00.000Z", "data": { "version": "1", "reference": … } }
 */

const settingsSchema = z.object({ url: z.url().max(2000).describe('https:// address that takes the events') })

export interface WebhookOptions {
  readonly guard: Pick<OutboundGuard, 'checkUrl' | 'dispatcher'>
  /** Milliseconds from the first byte sent to the last one read. */
  readonly timeout?: number
}

const TIMEOUT_MS = 30_000
const signedHeaders = ({ id, at, secrets }: ConnectorMessage, body: string): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
})

const post = async (
  { guard, timeout = TIMEOUT_MS }: WebhookOptions,
  message: ConnectorMessage,
  url: string,
  signal: AbortSignal,
): Promise<DeliveryResult> => {
  const { event, at, dossier } = message
  const body = JSON.stringify({ type: event, timestamp: at.toISOString(), data: dossier })
  const deadline = AbortSignal.timeout(timeout)
  try {
    const response = await request(url, {
      method: 'POST',
      dispatcher: guard.dispatcher,
      signal: AbortSignal.any([signal, deadline]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Wasl',
        // Nothing is ever decompressed here; this only asks not to be sent it.
        'accept-encoding': 'identity',
        ...signedHeaders(message, body),
      },
      body,
    })
    // The status line has said all; what follows is read so that the connection can serve again.
    await readLittle(response.body)
    const { statusCode, headers } = response
    if (statusCode >= 200 && statusCode < 300) return delivered()
    return failed(refusalOf(statusCode, retryAfterSeconds(headers['retry-after'] as string | undefined, at)))
  } catch (error) {
    return failed(breakageOf(error, deadline.aborted))
  }
}

/** Sends the dossier as a signed event to the body's own address. */
export const createWebhookConnector = (options: WebhookOptions): Connector => ({
  type: 'webhook',
  settingsSchema,
  destination: 'url',
  signs: true,
  refuse: (settings) => {
    const verdict = options.guard.checkUrl(settingsSchema.parse(settings).url)
    return verdict.ok ? undefined : { code: 'address_forbidden', detail: verdict.reason }
  },
  deliver: async (message, signal) => {
    const { url } = settingsSchema.parse(message.settings)
    const verdict = options.guard.checkUrl(url)
    if (!verdict.ok) return failed(breakageOf({ code: 'FORBIDDEN_ADDRESS' }, false))
    if (message.secrets.length === 0)
      return failed({
        code: 'secret_missing',
        message: 'The connector has no secret to sign with.',
        retryable: false,
      })
    return post(options, message, url, signal)
  },
})
