import type { InboundText, RemoteMedia, SentStatus, TextChannel } from '../../../src/core/text-message.ts'
import { type FormFields, field, readForm } from '../../twilio.ts'

/*
 * POST /webhooks/twilio/messages, as Twilio sends it (SMS or MMS; WhatsApp writes `whatsapp:+212…` in From and To):
 *   MessageSid=SM1f…&AccountSid=AC…&From=%2B212612345678&To=%2B212530000100&Body=Le+guichet+est+ferm%C3%A9&NumMedia=1
 *   &MediaUrl0=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FAC…%2FMessages%2FMM…%2FMedia%2FME…&MediaContentType0=image%2Fjpeg
 * POST /webhooks/twilio/status?message=<our id>:
 *   MessageSid=SM1f…&MessageStatus=undelivered&ErrorCode=30005&From=…&To=…
 */

const WHATSAPP = 'whatsapp:'
/** More than Twilio ever gives, so that a forged count costs nothing. */
const MOST_MEDIA = 10

export const channelOf = (fields: FormFields): TextChannel =>
  field(fields, 'From').startsWith(WHATSAPP) || field(fields, 'To').startsWith(WHATSAPP) ? 'whatsapp' : 'sms'

const bareAddress = (address: string): string =>
  (address.startsWith(WHATSAPP) ? address.slice(WHATSAPP.length) : address).trim()

export const senderOf = (fields: FormFields): string => bareAddress(field(fields, 'From'))

export const sidOf = (fields: FormFields): string => field(fields, 'MessageSid') || field(fields, 'SmsSid')

const mediaOf = (fields: FormFields): RemoteMedia[] => {
  const count = Math.min(Number.parseInt(field(fields, 'NumMedia'), 10) || 0, MOST_MEDIA)
  return Array.from({ length: count }, (_, nth) => ({
    url: field(fields, `MediaUrl${nth}`),
    type: field(fields, `MediaContentType${nth}`) || 'application/octet-stream',
  })).filter(({ url }) => url !== '')
}

/** A place sent from WhatsApp's map, as words that an office can read. */
const placeOf = (fields: FormFields): string => {
  const [latitude, longitude] = [field(fields, 'Latitude'), field(fields, 'Longitude')]
  if (latitude === '' || longitude === '') return ''
  return [field(fields, 'Label'), field(fields, 'Address'), `${latitude}, ${longitude}`]
    .filter((words) => words !== '')
    .join(', ')
}

/** What the person wrote or pressed. */
const wordsOf = (fields: FormFields): string =>
  [field(fields, 'Body') || field(fields, 'ButtonText') || field(fields, 'ListTitle'), placeOf(fields)]
    .filter((words) => words !== '')
    .join('\n')

/** Reads a message from the form it came in; undefined when it names no sender or line. */
export const readTwilioText = (raw: Uint8Array): InboundText | undefined => {
  const fields = readForm(Buffer.from(raw))
  const line = bareAddress(field(fields, 'To'))
  if (line === '' && senderOf(fields) === '') return undefined
  const channel = channelOf(fields)
  return {
    channel,
    from: senderOf(fields),
    line,
    text: wordsOf(fields),
    media: mediaOf(fields),
    // Twilio answers STOP and START itself on numbers; WhatsApp leaves them to us.
    optOutUpstream: channel === 'sms',
  }
}

/** Failures after which the same way cannot help: unknown or landline numbers, blocks, filters, WhatsApp's closed window. */
const FINAL = new Set([
  '21211',
  '21214',
  '21614',
  '30004',
  '30005',
  '30006',
  '30007',
  '63003',
  '63016',
  '63024',
  '63032',
])
/** The person has texted STOP and Twilio keeps our messages from them. */
const STOPPED = '21610'

const STATES: Readonly<Record<string, SentStatus['state']>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
}

export const statusOf = (fields: FormFields): string =>
  (field(fields, 'MessageStatus') || field(fields, 'SmsStatus')).toLowerCase()

/** Reads a status callback; undefined for the steps before Twilio has sent anything. */
export const readTwilioStatus = (raw: Uint8Array): SentStatus | undefined => {
  const fields = readForm(Buffer.from(raw))
  const state = STATES[statusOf(fields)]
  const providerId = sidOf(fields)
  if (state === undefined || providerId === '') return undefined
  const code = field(fields, 'ErrorCode')
  return {
    providerId,
    state,
    ...(code === '' ? {} : { code: `twilio_${code}`, isFinal: FINAL.has(code), stops: code === STOPPED }),
  }
}
