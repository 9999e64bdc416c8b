import fs from 'node:fs'
import type { CallFacts, CallRequest, CallState } from '../../src/core/call.ts'
import type { ChannelAdapter, HttpReply, HttpRequest, HttpRoute } from '../../src/core/channel.ts'
import { requireTwilio, type TwilioTrust } from '../twilio.ts'
import { eventsOf, readCallRequest } from './parse.ts'
import { type SpeakDeps, speak } from './speak.ts'
import { speech } from './speech.ts'
import { twiml, type Verb } from './twiml.ts'

export const VOICE_PATH = '/webhooks/twilio/voice'

export interface VoiceDeps {
  readonly trust: TwilioTrust
  readonly speaking: SpeakDeps
  /** Takes the call one step on (src/intake/calls/answer-call.ts), with what has to be read to speak the state it led to. */
  readonly answer: (request: CallRequest) => Promise<{
    readonly state: CallState
    readonly facts: CallFacts
    /** Number of the request that the answer leads to. */
    readonly next: number
    /** A copy of this request is still being answered. */
    readonly pending: boolean
  }>
}

/** A form of some fields; the provider sends well under a kilobyte. */
const BODY_LIMIT = 64 * 1024

const xml = (body: string): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' },
  body,
})

const document = (name: string): HttpReply =>
  xml(fs.readFileSync(new URL(`fallback/${name}.xml`, import.meta.url), 'utf8'))

/** Served when the gateway cannot think: a voicemail in two languages that needs no database. */
export const FALLBACK = document('voicemail')
const THANKS = document('thanks')
const HEARD: HttpReply = { status: 204 }

const spoken = async (deps: VoiceDeps, request: CallRequest): Promise<HttpReply> => {
  const { state, facts, next, pending } = await deps.answer(request)
  const base = `${deps.trust.publicUrl}${VOICE_PATH}`
  const to = { next: `${base}?step=${next}`, recording: `${base}/recording` }
  const verbs: readonly Verb[] = pending
    ? [
        ...speech(deps.speaking, state.language, [{ part: 'word', word: 'voice.wait' }]),
        { verb: 'redirect', to: to.next },
      ]
    : speak(deps.speaking, state, facts, to)
  return xml(twiml(verbs))
}

/**
 * The hotline's doors. `/voice` is the conversation, one request a step; `/voice/recording` and `/voice/status` tell of
 * recordings and ends; `/voice/fallback` is what the provider asks for when the others do not answer. A recording is an
 * event of its own wherever it is told of, durable before the answer.
 */
export const createVoiceChannel = (deps: VoiceDeps): ChannelAdapter => {
  const authenticate = requireTwilio(deps.trust)
  const route = (path: string, receive: HttpRoute['receive']): HttpRoute => ({
    method: 'POST',
    path: `${VOICE_PATH}${path}`,
    bodyLimit: BODY_LIMIT,
    authenticate,
    receive,
  })
  const told = (reply: (request: HttpRequest) => HttpReply) => (request: HttpRequest) => ({
    events: eventsOf(request),
    reply: reply(request),
  })
  return {
    id: 'voice',
    routes: [
      route('', (request) => {
        const asked = readCallRequest(request)
        return { events: eventsOf(request), reply: () => spoken(deps, asked), fallback: FALLBACK }
      }),
      route(
        '/recording',
        told(() => HEARD),
      ),
      route(
        '/status',
        told(() => HEARD),
      ),
      // The first time to speak, then with what was recorded.
      route(
        '/fallback',
        told(({ body }) => (body.includes('RecordingUrl=') ? THANKS : FALLBACK)),
      ),
    ],
  }
}
