import { z } from 'zod'
import type { Connector, ConnectorMessage } from '../../core/connector.ts'
import { delivered, failed } from '../../core/delivery.ts'
import { type PostOptions, postToBody, refuseAddress } from '../post-to-body.ts'

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

/** Files the dossier at the body's own Open311 endpoint; the number it gives is kept as the provider's. */
export const createOpen311Connector = (options: PostOptions): Connector => ({
  type: 'open311',
  settingsSchema,
  destination: 'url',
  signs: false,
  secretField: 'key',
  refuse: (settings) => refuseAddress(options, settingsSchema.parse(settings).url),
  deliver: async (message, signal) => {
    const endpoint = settingsSchema.parse(message.settings).url.replace(/\/+$/, '')
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'idempotency-key': message.id,
    }
    const form = {
      url: `${endpoint}/requests.json`,
      headers,
      body: formOf(message).toString(),
      at: message.at,
    }
    const posted = await postToBody(options, form, signal)
    if (!posted.ok) return posted
    const number = numberIn(posted.answer)
    return number === undefined
      ? failed({ code: 'no_number', message: 'The answer holds no service_request_id.', retryable: true })
      : delivered(number)
  },
})
