import { AsyncLocalStorage } from 'node:async_hooks'
import twilio from 'twilio'
import type RequestClient from 'twilio/lib/base/RequestClient.js'
import { type DeliveryResult, delivered, failed } from '../src/core/delivery.ts'
import type { TwilioConfig } from './twilio-config.ts'

/** A call that has not been answered by then is given up; the outbox tries again. */
const PATIENCE_MS = 10_000
/** What one page of a list holds; the most Twilio gives. */
const PAGE = 1_000

export interface OutgoingMessage {
  /** As the channel writes it: `+212…` or `whatsapp:+212…`; `MG…` is a messaging service. */
  readonly from: string
  readonly to: string
  readonly body?: string
  readonly mediaUrls?: readonly string[]
  /** An approved template, for WhatsApp outside its 24-hour window. */
  readonly contentSid?: string
  readonly contentVariables?: Readonly<Record<string, string>>
  /** Where the provider tells what became of it. */
  readonly statusCallback?: string
}

export interface ListedMessage {
  readonly sid: string
  readonly direction: string
  readonly from: string
  readonly to: string
  readonly body: string
  readonly status: string
  readonly media: number
  readonly sentAt: Date
}

export interface ListedCall {
  readonly sid: string
  readonly direction: string
  readonly from: string
  readonly to: string
  readonly status: string
  /** Seconds. */
  readonly duration: number
  readonly startedAt: Date
}

export interface ListedRecording {
  readonly sid: string
  readonly callSid: string
  readonly status: string
  /** Seconds. */
  readonly duration: number
  /** Without a suffix; `.wav` and `.mp3` may follow. */
  readonly url: string
  readonly startedAt: Date
}

/** Twilio as we use it. Lists throw what the call threw, without secrets; what is delivered comes back as data. */
export interface TwilioClient {
  readonly accountSid: string
  sendMessage(message: OutgoingMessage, signal: AbortSignal): Promise<DeliveryResult>
  /** Messages either way since an instant, oldest page last, as the provider keeps them. */
  listMessages(since: Date, signal: AbortSignal): Promise<readonly ListedMessage[]>
  /** URLs of what came with a message. */
  listMedia(messageSid: string, signal: AbortSignal): Promise<readonly { url: string; type: string }[]>
  listCalls(since: Date, signal: AbortSignal): Promise<readonly ListedCall[]>
  listRecordings(since: Date, signal: AbortSignal): Promise<readonly ListedRecording[]>
  /** Deleting what is gone succeeds. */
  deleteRecording(sid: string, signal: AbortSignal): Promise<DeliveryResult>
  deleteMedia(messageSid: string, sid: string, signal: AbortSignal): Promise<DeliveryResult>
}

/** The SDK knows no signal of its own: the one of the call under way is found by its asynchronous context. */
const calling = new AsyncLocalStorage<AbortSignal>()

/** Sends the SDK's requests to another base: edge and region cannot do that. */
class RebasedClient extends twilio.RequestClient {
  readonly #base: string
  constructor(base: string) {
    super({ timeout: PATIENCE_MS, autoRetry: false })
    this.#base = base
    this.axios.interceptors.request.use((config) => {
      const signal = calling.getStore()
      return signal === undefined ? config : { ...config, signal }
    })
  }
  override request<T>(asked: RequestClient.RequestOptions<T>) {
    const { pathname, search } = new URL(asked.uri)
    return super.request<T>({ ...asked, uri: `${this.#base}${pathname}${search}` })
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/**
 * A failed call as data. The provider's own words stay out: they repeat the number that was written to. Wrong credentials
 * are tried again, because they are mended by an operator and not by losing what waits.
 */
export const twilioFailure = (error: unknown): DeliveryResult => {
  const { status, code } = error as { status?: unknown; code?: unknown }
  const http = numberOf(status)
  if (http === undefined)
    return failed({ code: 'twilio_unreachable', message: 'Twilio did not answer.', retryable: true })
  const own = numberOf(code)
  return failed({
    code: own === undefined ? `twilio_http_${http}` : `twilio_${own}`,
    message: `Twilio answered HTTP ${http}${own === undefined ? '' : ` with error ${own}`}.`,
    retryable: http >= 500 || http === 429 || http === 401 || http === 408,
  })
}

/** An error that says what happened and holds neither token nor number. */
const withoutSecrets = (error: unknown): Error => {
  const result = twilioFailure(error)
  return new Error(result.ok ? 'Twilio failed' : result.error.message)
}

const withSignal = <T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> =>
  calling.run(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]), call)

const asResult = async (signal: AbortSignal, call: () => Promise<string>): Promise<DeliveryResult> => {
  try {
    return delivered(await withSignal(signal, call))
  } catch (error) {
    return twilioFailure(error)
  }
}

const orThrow = async <T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> => {
  try {
    return await withSignal(signal, call)
  } catch (error) {
    throw withoutSecrets(error)
  }
}

const createOptions = (message: OutgoingMessage) => {
  const { from, to, body, mediaUrls, contentSid, contentVariables, statusCallback } = message
  return {
    to,
    ...(from.startsWith('MG') ? { messagingServiceSid: from } : { from }),
    ...(body === undefined ? {} : { body }),
    ...(mediaUrls === undefined ? {} : { mediaUrl: [...mediaUrls] }),
    ...(contentSid === undefined ? {} : { contentSid }),
    ...(contentVariables === undefined ? {} : { contentVariables: JSON.stringify(contentVariables) }),
    ...(statusCallback === undefined ? {} : { statusCallback }),
  }
}

type Sdk = twilio.Twilio

const listMessages = async (sdk: Sdk, since: Date): Promise<ListedMessage[]> => {
  const found = await sdk.messages.list({ dateSentAfter: since, pageSize: PAGE })
  return found.map(({ sid, direction, from, to, body, status, numMedia, dateSent, dateCreated }) => ({
    sid,
    direction,
    from,
    to,
    body: body ?? '',
    status,
    media: Number(numMedia ?? 0),
    sentAt: dateSent ?? dateCreated,
  }))
}

const listCalls = async (sdk: Sdk, since: Date): Promise<ListedCall[]> => {
  const found = await sdk.calls.list({ startTimeAfter: since, pageSize: PAGE })
  return found.map(({ sid, direction, from, to, status, duration, startTime, dateCreated }) => ({
    sid,
    direction,
    from,
    to,
    status,
    duration: Number(duration ?? 0),
    startedAt: startTime ?? dateCreated,
  }))
}

const listRecordings = async (sdk: Sdk, since: Date, base: string): Promise<ListedRecording[]> => {
  const found = await sdk.recordings.list({ dateCreatedAfter: since, pageSize: PAGE })
  return found.map(({ sid, callSid, status, duration, uri, startTime, dateCreated }) => ({
    sid,
    callSid,
    status,
    duration: Number(duration ?? 0),
    url: `${base}${uri.replace(/\.json$/, '')}`,
    startedAt: startTime ?? dateCreated,
  }))
}

const listMedia = async (sdk: Sdk, messageSid: string, base: string) => {
  const found = await sdk.messages(messageSid).media.list({ pageSize: 50 })
  return found.map(({ uri, contentType }) => ({
    url: `${base}${uri.replace(/\.json$/, '')}`,
    type: contentType,
  }))
}

const erase = (signal: AbortSignal, sid: string, remove: () => Promise<boolean>): Promise<DeliveryResult> =>
  asResult(signal, async () => {
    try {
      await remove()
    } catch (error) {
      if ((error as { status?: unknown }).status !== 404) throw error
    }
    return sid
  })

/** Opens the client; nothing is sent until the first call. No retries inside: the outbox has its own. */
export const createTwilioClient = ({
  accountSid,
  authTokens,
  apiUrl,
}: Pick<TwilioConfig, 'accountSid' | 'authTokens' | 'apiUrl'>): TwilioClient => {
  const sdk = new twilio.Twilio(accountSid, authTokens[0], { httpClient: new RebasedClient(apiUrl) })
  return {
    accountSid,
    sendMessage: (message, signal) =>
      asResult(signal, async () => (await sdk.messages.create(createOptions(message))).sid),
    listMessages: (since, signal) => orThrow(signal, () => listMessages(sdk, since)),
    listMedia: (messageSid, signal) => orThrow(signal, () => listMedia(sdk, messageSid, apiUrl)),
    listCalls: (since, signal) => orThrow(signal, () => listCalls(sdk, since)),
    listRecordings: (since, signal) => orThrow(signal, () => listRecordings(sdk, since, apiUrl)),
    deleteRecording: (sid, signal) => erase(signal, sid, () => sdk.recordings(sid).remove()),
    deleteMedia: (messageSid, sid, signal) =>
      erase(signal, sid, () => sdk.messages(messageSid).media(sid).remove()),
  }
}
