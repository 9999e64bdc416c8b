import type { HttpRequest } from '../src/core/channel.ts'
import type { ListedCall, ListedMessage, ListedRecording, TwilioClient } from './twilio-client.ts'

/** Paths of the doors that the provider's list stands in for. */
export const LISTED_PATHS = {
  messages: '/webhooks/twilio/messages',
  recording: '/webhooks/twilio/voice/recording',
  callStatus: '/webhooks/twilio/voice/status',
} as const

const OVER: readonly string[] = ['completed', 'busy', 'failed', 'no-answer', 'canceled']

/** The request that Twilio would have posted, made of what its list says; nobody signs it, because we asked ourselves. */
const requestOf = (url: string, receivedAt: Date, fields: Readonly<Record<string, string>>): HttpRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(new URLSearchParams(fields).toString()),
  receivedAt,
})

const messageRequest = async (
  client: TwilioClient,
  { sid, from, to, body, media, sentAt }: ListedMessage,
  signal: AbortSignal,
): Promise<HttpRequest> => {
  const files = media > 0 ? await client.listMedia(sid, signal) : []
  return requestOf(LISTED_PATHS.messages, sentAt, {
    MessageSid: sid,
    AccountSid: client.accountSid,
    From: from,
    To: to,
    Body: body,
    NumMedia: String(files.length),
    ...Object.fromEntries(
      files.flatMap(({ url, type }, i) => [
        [`MediaUrl${i}`, url],
        [`MediaContentType${i}`, type],
      ]),
    ),
  })
}

const partiesOf = (call: ListedCall | undefined): Record<string, string> =>
  call === undefined ? {} : { From: call.from, To: call.to, Direction: call.direction }

const recordingRequest = (
  { accountSid }: TwilioClient,
  recording: ListedRecording,
  call: ListedCall | undefined,
): HttpRequest =>
  requestOf(LISTED_PATHS.recording, recording.startedAt, {
    CallSid: recording.callSid,
    AccountSid: accountSid,
    ...partiesOf(call),
    RecordingSid: recording.sid,
    RecordingUrl: recording.url,
    RecordingDuration: String(recording.duration),
    RecordingStatus: recording.status,
  })

const callRequest = ({ accountSid }: TwilioClient, call: ListedCall): HttpRequest =>
  requestOf(LISTED_PATHS.callStatus, call.startedAt, {
    CallSid: call.sid,
    AccountSid: accountSid,
    ...partiesOf(call),
    CallStatus: call.status,
    CallDuration: String(call.duration),
  })

/** The lists tell whole seconds: what came within one keeps its order by a millisecond each. Oldest first. */
const apart = (messages: readonly ListedMessage[]): readonly ListedMessage[] => {
  let last = 0
  return messages.map((message) => {
    last = Math.max(message.sentAt.getTime(), last + 1)
    return { ...message, sentAt: new Date(last) }
  })
}

/**
 * Everything people sent since an instant, by the provider's own lists, as the requests it would have posted: messages,
 * then recordings with their caller, then ends of calls. Throws what the calls threw.
 */
export const listTwilioRequests = async (
  client: TwilioClient,
  since: Date,
  signal: AbortSignal,
): Promise<readonly HttpRequest[]> => {
  const messages = (await client.listMessages(since, signal)).filter(
    ({ direction }) => direction === 'inbound',
  )
  const calls = (await client.listCalls(since, signal)).filter(({ direction }) => direction === 'inbound')
  const recordings = await client.listRecordings(since, signal)
  const byCall = new Map(calls.map((call) => [call.sid, call]))
  const requests: HttpRequest[] = []
  // The lists begin with the newest.
  for (const message of apart(messages.toReversed()))
    requests.push(await messageRequest(client, message, signal))
  for (const recording of recordings.filter(({ status }) => status === 'completed'))
    requests.push(recordingRequest(client, recording, byCall.get(recording.callSid)))
  for (const call of calls.filter(({ status }) => OVER.includes(status)))
    requests.push(callRequest(client, call))
  return requests
}
