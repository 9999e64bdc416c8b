import { request } from 'undici'
import { z } from 'zod'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { type DeliveryResult, delivered, failed } from '../../core/delivery.ts'
import type { OutboundGuard } from '../../platform/outbound-guard.ts'
import { breakageOf, readLittle, refusalOf } from '../outbound-answer.ts'
import { retryAfterSeconds } from '../webhook/retry-after.ts'

/*
 * GeoReport v2, as sent:
 *
 *   POST {url}/requests.json
 *   Idempotency-Key: 019aa6c0-…          the outbox message: the same at every try
 *   Content-Type: application/x-www-form-urlencoded
 *
 *   api_key=…&service_code=…&description=…&account_id=2612345678&media_url=…&media_url=…&attribute[message_id]=019aa6c0-…
 *
 * GeoReport knows one media_url; it is given as often as there are files, as a form does with a list. What GeoReport has no word
 * for travels as attributes, the whole dossier among them.
 */

const settingsSchema = z.object({
  url: z.url().max(2000).describe('Endpoint of the body, up to and with its version: https://…/open311/v2'),
  key: z.string().min(1).max(200).optional().describe('API key the body gave us; kept sealed'),
  jurisdiction: z.string().max(200).optional().describe('jurisdiction_id, where the endpoint serves several'),
  service: z.string().max(100).default('complaint').describe('service_code that dossiers are filed under'),
})

export interface Open311Options {
  readonly guard: Pick<OutboundGuard, 'checkUrl' | 'dispatcher'>
  /** Milliseconds from the first byte sent to the last one read. */
  readonly timeout?: number
}

const TIMEOUT_MS = 30_000

/** A time-limited address for each file: what was made to be played where there is such a thing, else the file itself. */
const mediaUrls = ({ dossier }: ConnectorMessage): string[] =>
  dossier.media.flatMap(({ original, renditions }) => {
    const made = renditions.flatMap(({ url }) => url ?? [])
    return made.length > 0 ? made : original.url === null ? [] : [original.url]
  })

const formOf = (message: ConnectorMessage): URLSearchParams => {
  const { jurisdiction, service } = settingsSchema.parse(message.settings)
  const { id, event, dossier, secrets } = message
  const { reference, text, place } = dossier
  const form = new URLSearchParams({
    service_code: service,
    description: text,
    account_id: reference,
    'attribute[message_id]': id,
    'attribute[event]': event,
    'attribute[reference]': reference,
    'attribute[dossier]': JSON.stringify(dossier),
  })
  const [key] = secrets
  if (key !== undefined) form.set('api_key', key)
  if (jurisdiction !== undefined) form.set('jurisdiction_id', jurisdiction)
  if (place !== null) form.set('address_string', place)
  for (const url of mediaUrls(message)) form.append('media_url', url)
  return form
}

const numbersSchema = z
  .array(z.object({ service_request_id: z.coerce.string().optional(), token: z.coerce.string().optional() }))
  .min(1)

/** The number the body gave, or the token that leads to one; undefined in an answer that is neither. */
const numberIn = (answer: string): string | undefined => {
  try {
    const [first] = numbersSchema.parse(JSON.parse(answer))
    return first?.service_request_id ?? first?.token
  } catch {
    return undefined
  }
}

const post = async (
  { guard, timeout = TIMEOUT_MS }: Open311Options,
  message: ConnectorMessage,
  url: string,
  signal: AbortSignal,
): Promise<DeliveryResult> => {
  const deadline = AbortSignal.timeout(timeout)
  try {
    const { statusCode, headers, body } = await request(`${url.replace(/\/+$/, '')}/requests.json`, {
      method: 'POST',
      dispatcher: guard.dispatcher,
      signal: AbortSignal.any([signal, deadline]),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'Wasl',
        'idempotency-key': message.id,
      },
      body: formOf(message).toString(),
    })
    const answer = await readLittle(body)
    if (statusCode < 200 || statusCode >= 300)
      return failed(
        refusalOf(statusCode, retryAfterSeconds(headers['retry-after'] as string | undefined, message.at)),
      )
    const number = numberIn(answer)
    return number === undefined
      ? failed({ code: 'no_number', message: 'The answer holds no service_request_id.', retryable: true })
      : delivered(number)
  } catch (error) {
    return failed(breakageOf(error, deadline.aborted))
  }
}

/** Files the dossier at the body's own Open311 endpoint; the number it gives is kept as the provider's. */
export const createOpen311Connector = (options: Open311Options): Connector => ({
  type: 'open311',
  settingsSchema,
  destination: 'url',
  signs: false,
  secretField: 'key',
  refuse: (settings) => {
    const verdict = options.guard.checkUrl(settingsSchema.parse(settings).url)
    return verdict.ok ? undefined : { code: 'address_forbidden', detail: verdict.reason }
  },
  deliver: async (message, signal) => {
    const { url } = settingsSchema.parse(message.settings)
    const verdict = options.guard.checkUrl(url)
    if (!verdict.ok) return failed(breakageOf({ code: 'FORBIDDEN_ADDRESS' }, false))
    return post(options, message, url, signal)
  },
})
