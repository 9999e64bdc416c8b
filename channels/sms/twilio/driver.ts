import type { DeliveryResult } from '../../../src/core/delivery.ts'
import type { OutgoingText, TextChannel, TextDriver } from '../../../src/core/text-message.ts'
import type { TwilioClient } from '../../twilio-client.ts'
import { readTwilioStatus, readTwilioText } from './parse.ts'

/** Where Twilio tells what became of a message; our own name for it travels in the signed URL. */
export const STATUS_PATH = '/webhooks/twilio/status'

export interface TwilioDriverDeps {
  readonly client: Pick<TwilioClient, 'sendMessage'>
  readonly publicUrl: string
  readonly smsFrom: string | undefined
  readonly whatsappFrom: string | undefined
}

/** Refusals that say something beyond this message, by Twilio's code. */
const STOPPED = 'twilio_21610'
/** Full queues and daily limits: the same message may go later. */
const LATER: Readonly<Record<string, number>> = {
  twilio_21611: 60,
  twilio_14107: 30,
  twilio_20429: 10,
  twilio_63018: 30,
}

const judged = (result: DeliveryResult): DeliveryResult => {
  if (result.ok) return result
  const { error } = result
  if (error.code === STOPPED)
    return { ok: false, error: { ...error, retryable: false, disablesDestination: true } }
  const retryAfter = LATER[error.code]
  return retryAfter === undefined ? result : { ok: false, error: { ...error, retryable: true, retryAfter } }
}

const addressed = (channel: TextChannel, number: string): string =>
  channel === 'whatsapp' && !number.startsWith('MG') ? `whatsapp:${number}` : number

/** SMS and WhatsApp through Twilio. */
export const createTwilioDriver = (deps: TwilioDriverDeps): TextDriver => ({
  id: 'twilio',
  rawType: 'application/x-www-form-urlencoded',
  channels: ['sms', 'whatsapp'],
  defaultLine: {
    ...(deps.smsFrom === undefined ? {} : { sms: deps.smsFrom }),
    ...(deps.whatsappFrom === undefined ? {} : { whatsapp: deps.whatsappFrom }),
  },
  send: async ({ id, channel, from, to, text, sound, template }: OutgoingText, signal) =>
    judged(
      await deps.client.sendMessage(
        {
          from: addressed(channel, from),
          to: addressed(channel, to),
          ...(template === undefined
            ? // WhatsApp plays a sound that stands alone; words beside it would be left out.
              sound === undefined
              ? { body: text }
              : { mediaUrls: [sound] }
            : { contentSid: template.id, contentVariables: template.variables }),
          statusCallback: `${deps.publicUrl}${STATUS_PATH}?message=${id}`,
        },
        signal,
      ),
    ),
  readText: readTwilioText,
  readStatus: readTwilioStatus,
})
