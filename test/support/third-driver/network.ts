import { z } from 'zod'
import type { NetworkDeps, NetworkKind, TextNetwork } from '../../../channels/sms/network.ts'
import type { ChannelAdapter, HttpRequest, InboundEvent } from '../../../src/core/channel.ts'
import { delivered, failed } from '../../../src/core/delivery.ts'
import {
  type InboundText,
  type SentStatus,
  STATUS_CHANNEL,
  type TextDriver,
} from '../../../src/core/text-message.ts'

// What this aggregator posts: {"id":"m1","from":"+212612345678","to":"3737","text":"…"}
// and of what we sent:        {"id":"s1","state":"delivered"}
const RAW_TYPE = 'application/vnd.example.sms+json'
const parse = (raw: Uint8Array) => JSON.parse(Buffer.from(raw).toString()) as Record<string, string>

const readText = (raw: Uint8Array): InboundText | undefined => {
  const { from = '', to = '', text } = parse(raw)
  return text === undefined
    ? undefined
    : { channel: 'sms', from, line: to, text, media: [], optOutUpstream: false }
}
const readStatus = (raw: Uint8Array): SentStatus | undefined => {
  const { id = '', state } = parse(raw)
  return state === 'delivered' || state === 'failed' ? { providerId: id, state } : undefined
}

const driverOf = (url: string, token: string, line: string): TextDriver => ({
  id: 'example',
  rawType: RAW_TYPE,
  channels: ['sms'],
  defaultLine: { sms: line },
  readText,
  readStatus,
  send: async ({ id, from, to, text }, signal) => {
    const body = JSON.stringify({ key: id, from, to, text })
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body,
        signal,
      })
      if (answer.ok) return delivered(((await answer.json()) as { id: string }).id)
      const retryable = answer.status === 429 || answer.status >= 500
      return failed({ code: `example_${answer.status}`, message: `Answered ${answer.status}.`, retryable })
    } catch {
      return failed({ code: 'example_away', message: 'The aggregator did not answer.', retryable: true })
    }
  },
})

const doorOf = (token: string): ChannelAdapter => {
  const eventOf = ({ body, receivedAt }: HttpRequest): InboundEvent => {
    const { id = '', from, state } = parse(body)
    const [channel, externalId] = from === undefined ? [STATUS_CHANNEL, `${id}:${state}`] : ['sms', id]
    return { channel, externalId, sender: from ?? id, receivedAt, raw: { type: RAW_TYPE, body } }
  }
  return {
    id: 'sms',
    routes: [
      {
        method: 'POST',
        path: '/webhooks/example/messages',
        bodyLimit: 64 * 1024,
        authenticate: ({ headers }) => (headers['x-token'] === token ? undefined : { status: 403 }),
        receive: (request) => ({ events: [eventOf(request)], reply: { status: 204 } }),
      },
    ],
  }
}

const text = (purpose: string) => ({ schema: z.string().min(1), purpose, wanted: 'a text', absent: 'off' })

/** A third driver, whole: this folder and a line in channels/sms/networks.ts. */
export const EXAMPLE: NetworkKind = {
  keys: { EXAMPLE_URL: text('Aggregator'), EXAMPLE_TOKEN: { ...text('Its token'), secret: true } },
  configure: ({ EXAMPLE_URL: url, EXAMPLE_TOKEN: token }, problems) => {
    if (url === undefined) return undefined
    if (token === undefined) problems.push({ variable: 'EXAMPLE_TOKEN', seen: 'nothing', wanted: 'a text' })
    const [at, secret] = [String(url), String(token)]
    const open = async (_deps: NetworkDeps): Promise<TextNetwork> => ({
      driver: driverOf(at, secret, '3737'),
      channel: doorOf(secret),
    })
    return { id: 'example', open }
  },
}
