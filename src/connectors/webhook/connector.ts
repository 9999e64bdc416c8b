import { Webhook } from 'standardwebhooks'
import { type Dispatcher, request } from 'undici'
import { z } from 'zod'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { type DeliveryError, type DeliveryResult, delivered, failed } from '../../core/delivery.ts'
import type { OutboundGuard } from '../../platform/outbound-guard.ts'
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
/** The answer is not used, only drained so that the connection can serve again. */
const ANSWER_BYTES = 64 * 1024

const signedHeaders = ({ id, at, secrets }: ConnectorMessage, body: string): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
})

/** Reads what little of the answer is allowed, then hangs up. The status line has said all. */
const drain = async (body: Dispatcher.ResponseData['body']): Promise<void> => {
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length
      if (bytes > ANSWER_BYTES) break
    }
  } catch {
    // A body that breaks off changes nothing of the status before it.
  }
  body.destroy()
}

/** Statuses by which the other side says "not now"; any other 4xx and every redirect is "not like this". */
const isRetryable = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status)

const refusalOf = (status: number, retryAfter: number | undefined): DeliveryError => ({
  code: `http_${status}`,
  message: status < 400 ? `Answered ${status}; redirects are not followed.` : `Answered ${status}.`,
  retryable: isRetryable(status),
  ...(retryAfter === undefined ? {} : { retryAfter }),
  ...(status === 410 ? { disablesDestination: true } : {}),
})

/** Says what broke without the address, which may hold a secret in its path. */
const breakageOf = (error: unknown, timedOut: boolean): DeliveryError => {
  const code = (error as { code?: unknown }).code
  if (code === 'FORBIDDEN_ADDRESS')
    return {
      code: 'forbidden_address',
      message: 'The address leads to a place that outbound calls may not reach.',
      retryable: false,
    }
  if (timedOut) return { code: 'timeout', message: 'No whole answer in time.', retryable: true }
  const name = typeof code === 'string' ? code.toLowerCase().replace(/^und_err_/, '') : 'failed'
  return { code: `network_${name}`, message: 'The connection could not be made or broke.', retryable: true }
}

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
    await drain(response.body)
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
