import type { SimulatedCall } from './execute-call.ts'
import type { PhoneState, SimulatedMedia, SimulatedMessage, SimulatedRecording } from './state.ts'

/** RFC 2822, as the provider writes instants. */
const instant = (at: Date): string => at.toUTCString().replace('GMT', '+0000')

const address = ({ line }: SimulatedMessage, number: string): string =>
  line === 'whatsapp' ? `whatsapp:${number}` : number

const base = ({ account }: PhoneState): string => `/2010-04-01/Accounts/${account.sid}`

export const messageResource = (state: PhoneState, message: SimulatedMessage) => ({
  sid: message.sid,
  account_sid: state.account.sid,
  api_version: '2010-04-01',
  body: message.body,
  date_created: instant(message.at),
  date_sent: instant(message.at),
  date_updated: instant(message.at),
  direction: message.direction,
  error_code: message.errorCode ?? null,
  error_message: null,
  from: address(message, message.from),
  to: address(message, message.to),
  num_media: String(message.media.length),
  num_segments: '1',
  price: null,
  price_unit: null,
  messaging_service_sid: null,
  status: message.status,
  uri: `${base(state)}/Messages/${message.sid}.json`,
  subresource_uris: { media: `${base(state)}/Messages/${message.sid}/Media.json` },
})

export const mediaResource = (
  state: PhoneState,
  message: SimulatedMessage,
  { sid, type }: SimulatedMedia,
) => ({
  sid,
  account_sid: state.account.sid,
  parent_sid: message.sid,
  content_type: type,
  date_created: instant(message.at),
  date_updated: instant(message.at),
  uri: `${base(state)}/Messages/${message.sid}/Media/${sid}.json`,
})

export const callResource = (state: PhoneState, call: SimulatedCall) => ({
  sid: call.sid,
  account_sid: state.account.sid,
  api_version: '2010-04-01',
  direction: 'inbound',
  from: call.from,
  to: call.to,
  status: call.status,
  duration: String(call.endedAt ? Math.round((call.endedAt.getTime() - call.at.getTime()) / 1000) : 0),
  start_time: instant(call.at),
  end_time: call.endedAt ? instant(call.endedAt) : null,
  date_created: instant(call.at),
  date_updated: instant(call.endedAt ?? call.at),
  uri: `${base(state)}/Calls/${call.sid}.json`,
  subresource_uris: {},
})

export const recordingResource = (state: PhoneState, { sid, callSid, seconds, at }: SimulatedRecording) => ({
  sid,
  account_sid: state.account.sid,
  api_version: '2010-04-01',
  call_sid: callSid,
  channels: 1,
  source: 'RecordVerb',
  status: 'completed',
  duration: String(seconds),
  start_time: instant(at),
  date_created: instant(at),
  date_updated: instant(at),
  price: null,
  price_unit: 'USD',
  error_code: null,
  uri: `${base(state)}/Recordings/${sid}.json`,
  subresource_uris: {},
})
