import { createHash } from 'node:crypto'
import type {
  ChannelAdapter,
  HttpReply,
  HttpRequest,
  HttpRoute,
  InboundEvent,
} from '../../../src/core/channel.ts'
import { STATUS_CHANNEL } from '../../../src/core/text-message.ts'
import { readForm, requireTwilio, type TwilioTrust } from '../../twilio.ts'
import { STATUS_PATH } from './driver.ts'
import { channelOf, readTwilioStatus, senderOf, sidOf, statusOf } from './parse.ts'

export const MESSAGES_PATH = '/webhooks/twilio/messages'

/** Forms of a message with ten media are under 8 kB; WhatsApp texts may hold 4,096 characters. */
const BODY_LIMIT = 64 * 1024

const RAW_TYPE = 'application/x-www-form-urlencoded'

/** TwiML that says nothing: answers go out by the outbox, so that each can be followed. */
const HEARD: HttpReply = {
  status: 200,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
}
const NOTED: HttpReply = { status: 204 }

/** A form without the provider's name for it is known by what it holds. */
const nameOf = (sid: string, body: Buffer): string =>
  sid === '' ? `sha256:${createHash('sha256').update(body).digest('hex')}` : sid

const messageOf = ({ body, receivedAt }: HttpRequest): InboundEvent => {
  const fields = readForm(body)
  return {
    channel: channelOf(fields),
    externalId: nameOf(sidOf(fields), body),
    sender: senderOf(fields),
    receivedAt,
    raw: { type: RAW_TYPE, body },
  }
}

const statusEvents = ({ url, body, receivedAt }: HttpRequest): InboundEvent[] => {
  const status = readTwilioStatus(body)
  if (status === undefined) return []
  const ours = new URL(url, 'http://wasl.invalid').searchParams.get('message')
  return [
    {
      channel: STATUS_CHANNEL,
      externalId: `${status.providerId}:${statusOf(readForm(body))}`,
      sender: ours ?? status.providerId,
      receivedAt,
      raw: { type: RAW_TYPE, body },
    },
  ]
}

/** The doors through which Twilio brings messages and what became of ours. */
export const twilioTexts = (trust: TwilioTrust): ChannelAdapter => {
  const authenticate = requireTwilio(trust)
  const route = (path: string, receive: HttpRoute['receive']): HttpRoute => ({
    method: 'POST',
    path,
    bodyLimit: BODY_LIMIT,
    authenticate,
    receive,
  })
  return {
    id: 'sms',
    routes: [
      route(MESSAGES_PATH, (request) => ({ events: [messageOf(request)], reply: HEARD })),
      route(STATUS_PATH, (request) => ({ events: statusEvents(request), reply: NOTED })),
    ],
  }
}
