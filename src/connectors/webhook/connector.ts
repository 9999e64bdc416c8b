import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { delivered, failed } from '../../core/delivery.ts'
import { type PostOptions, postToBody, refuseAddress } from '../post-to-body.ts'

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

const signedHeaders = ({ id, at, secrets }: ConnectorMessage, body: string): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
})

/** Sends the dossier as a signed event to the body's own address. */
export const createWebhookConnector = (options: PostOptions): Connector => ({
  type: 'webhook',
  settingsSchema,
  destination: 'url',
  signs: true,
  refuse: (settings) => refuseAddress(options, settingsSchema.parse(settings).url),
  deliver: async (message, signal) => {
    if (message.secrets.length === 0)
      return failed({
        code: 'secret_missing',
        message: 'The connector has no secret to sign with.',
        retryable: false,
      })
    const { url } = settingsSchema.parse(message.settings)
    const { event, at, dossier } = message
    const body = JSON.stringify({ type: event, timestamp: at.toISOString(), data: dossier })
    const headers = { 'content-type': 'application/json', ...signedHeaders(message, body) }
    const posted = await postToBody(options, { url, headers, body, at }, signal)
    return posted.ok ? delivered() : posted
  },
})
