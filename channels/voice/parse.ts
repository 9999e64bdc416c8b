import {
  type CallEvent,
  type CallNotice,
  type CallRequest,
  SHORTEST_TAKE,
  type Take,
} from '../../src/core/call.ts'
import type { HttpRequest, InboundEvent } from '../../src/core/channel.ts'
import { answerableNumber } from '../../src/core/phone-number.ts'
import { type FormFields, field, readForm } from '../twilio.ts'

// A request about a call, as Twilio posts it (here the end of a recording, by #):
//
//   CallSid=CA1ea4…&AccountSid=AC12…&From=%2B212612345678&To=%2B212537000000&CallStatus=in-progress&Direction=inbound
//   &RecordingUrl=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FAC12…%2FRecordings%2FRE55…
//   &RecordingSid=RE55…&RecordingDuration=42&Digits=%23
//
// The recording's own callback has the Recording… fields and CallSid, but neither From nor To.

export const RAW_TYPE = 'application/x-www-form-urlencoded; source=twilio-call'

const SID = /^[A-Za-z0-9]{8,64}$/
const ENDED: readonly string[] = ['completed', 'busy', 'failed', 'no-answer', 'canceled']

const partiesOf = (fields: FormFields) => ({
  callSid: field(fields, 'CallSid'),
  caller: answerableNumber(field(fields, 'From')),
  called: answerableNumber(field(fields, 'To')),
})

/** The recording a request tells of. Its id also ends its address, where some requests lack it. */
const takeOf = (fields: FormFields): (Take & { url: string }) | undefined => {
  const url = field(fields, 'RecordingUrl')
  const sid = field(fields, 'RecordingSid') || (url.split('/').at(-1) ?? '').replace(/\.\w+$/, '')
  if (url === '' || !SID.test(sid)) return undefined
  const seconds = Number.parseInt(field(fields, 'RecordingDuration'), 10)
  // Of unknown length: taken for speech rather than thrown away.
  return { sid, url, seconds: Number.isNaN(seconds) ? SHORTEST_TAKE : seconds }
}

const keysOf = (text: string): string | undefined => {
  const keys = text.replace(/[^0-9*#+]/g, '').slice(0, 32)
  return keys === '' ? undefined : keys
}

const eventOf = (fields: FormFields): CallEvent => {
  const take = takeOf(fields)
  if (take !== undefined) return { type: 'recorded', take: { sid: take.sid, seconds: take.seconds } }
  const dialled = field(fields, 'DialCallStatus')
  if (dialled !== '') return { type: 'dialled', answered: dialled === 'completed' || dialled === 'answered' }
  const keys = keysOf(field(fields, 'Digits'))
  return keys === undefined ? { type: 'silence' } : { type: 'keys', keys }
}

const stepOf = (url: string): number => {
  const step = Number(new URL(url, 'http://wasl.invalid').searchParams.get('step') ?? '0')
  return Number.isSafeInteger(step) && step > 0 && step < 10_000 ? step : 0
}

/** Reads a request of the conversation. Throws when it names no call. */
export const readCallRequest = ({ body, url }: HttpRequest): CallRequest => {
  const fields = readForm(body)
  const parties = partiesOf(fields)
  if (!SID.test(parties.callSid)) throw new Error('no CallSid')
  const step = stepOf(url)
  return { ...parties, step, event: step === 0 ? undefined : eventOf(fields) }
}

/** Reads what is told beside the conversation; undefined when there is nothing to do about it. */
export const readNotice = (raw: Buffer): CallNotice | undefined => {
  const fields = readForm(raw)
  const parties = partiesOf(fields)
  if (!SID.test(parties.callSid)) return undefined
  const take = takeOf(fields)
  const status = field(fields, 'RecordingStatus')
  if (take !== undefined && (status === '' || status === 'completed')) {
    const { url, ...rest } = take
    return { type: 'recording', ...parties, take: rest, url }
  }
  return ENDED.includes(field(fields, 'CallStatus')) ? { type: 'ended', ...parties } : undefined
}

/** What of a request has to be kept as an event of its own: a recording, the end of a call. */
export const eventsOf = ({ body, receivedAt }: HttpRequest): readonly InboundEvent[] => {
  const notice = readNotice(body)
  if (notice === undefined) return []
  const externalId = notice.type === 'recording' ? notice.take.sid : `${notice.callSid}:ended`
  const raw = { type: RAW_TYPE, body: new Uint8Array(body) }
  return [{ channel: 'voice', externalId, sender: notice.callSid, receivedAt, raw }]
}
