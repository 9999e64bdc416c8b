import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readForm, requireTwilio } from '../../channels/twilio.ts'
import { createTwilioClient } from '../../channels/twilio-client.ts'
import { WELL_BEHAVED } from '../../src/simulator/phone/state.ts'
import { parseTwiml } from '../../src/simulator/phone/twiml.ts'
import { pollUntil } from '../support/poll-until.ts'
import {
  SIMULATED_ACCOUNT,
  type SimulatedProvider,
  startSimulatedProvider,
} from '../support/simulated-provider.ts'

const PUBLIC = 'https://wasl.example'
const PHONE = '+212612345678'
const signal = AbortSignal.timeout(60_000)

/** A gateway that notes what it hears and answers with what it was given. */
const heard: { path: string; fields: Record<string, string | string[]>; signed: boolean }[] = []
const answers = new Map<string, string>()
const gate = requireTwilio({ authTokens: [SIMULATED_ACCOUNT.token], publicUrl: PUBLIC })
const gateway = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const url = request.url ?? ''
    const asked = { method: 'POST', url, headers: request.headers, body, receivedAt: new Date() }
    heard.push({ path: url, fields: { ...readForm(body) }, signed: gate(asked) === undefined })
    response.end(answers.get(url) ?? '<Response/>')
  })
})
let provider: SimulatedProvider
beforeAll(async () => {
  await new Promise<void>((done) => {
    gateway.listen(0, '127.0.0.1', done)
  })
  const { port } = gateway.address() as AddressInfo
  provider = await startSimulatedProvider({ publicUrl: PUBLIC, deliverTo: `http://127.0.0.1:${port}` })
})
afterAll(async () => {
  await provider.stop()
  gateway.close()
})
afterEach(() => {
  heard.length = 0
  answers.clear()
  Object.assign(provider.exchange.state.misbehaviour, WELL_BEHAVED)
})

const write = (
  text: string,
  line: 'sms' | 'whatsapp' = 'sms',
  files: { type: string; bytes: Buffer }[] = [],
) => provider.exchange.write({ line, phone: PHONE, text, files })
const client = () =>
  createTwilioClient({
    accountSid: SIMULATED_ACCOUNT.sid,
    authTokens: [SIMULATED_ACCOUNT.token],
    apiUrl: provider.apiUrl,
  })
const send = (to: string, body = 'Bonjour') =>
  client().sendMessage(
    { from: SIMULATED_ACCOUNT.sms, to, body, statusCallback: `${PUBLIC}/webhooks/twilio/status` },
    signal,
  )

describe('the simulated phone', () => {
  it('writes over signed webhooks, as SMS and on WhatsApp', async () => {
    await write('شكاية  ')
    await write('Bonjour', 'whatsapp', [{ type: 'image/png', bytes: Buffer.from('png') }])
    expect(heard).toMatchObject([
      {
        path: '/webhooks/twilio/messages',
        signed: true,
        fields: { Body: 'شكاية  ', From: PHONE, NumMedia: '0' },
      },
      { signed: true, fields: { From: `whatsapp:${PHONE}`, NumMedia: '1', MediaContentType0: 'image/png' } },
    ])
  })

  it.each([
    ['twice', { duplicate: true }, ['a', 'a', 'b', 'b']],
    ['the other way round', { reorder: true }, ['b', 'a']],
    ['never', { drop: true }, []],
  ])('may have its messages arrive %s', async (_label, misbehaviour, bodies) => {
    Object.assign(provider.exchange.state.misbehaviour, misbehaviour)
    await write('a')
    await write('b')
    expect(heard.map(({ fields }) => fields['Body'])).toEqual(bodies)
  })

  it('gets what the gateway sends, and tells its states', async () => {
    const result = await send(PHONE)
    expect(result).toMatchObject({ ok: true, providerId: expect.stringMatching(/^SM/) })
    await pollUntil(() => heard.length === 2)
    expect(heard.map(({ fields, signed }) => [fields['MessageStatus'], signed])).toEqual([
      ['sent', true],
      ['delivered', true],
    ])
  })

  it.each([
    ['a landline', '+212522000000', 0, 'twilio_21614', false],
    ['a refusal', PHONE, 21612, 'twilio_21612', false],
    ['too many', PHONE, 20429, 'twilio_20429', true],
    ['a broken provider', PHONE, 500, 'twilio_500', true],
  ])('may not be reached: %s', async (_label, to, refuse, code, retryable) => {
    provider.exchange.state.misbehaviour.refuse = refuse
    const result = await send(to)
    expect(result).toMatchObject({ ok: false, error: { code, retryable } })
    expect(JSON.stringify(result)).not.toMatch(/\+212|token/)
  })

  it('that said STOP is no longer written to, until START', async () => {
    await write('STOP')
    expect(await send(PHONE)).toMatchObject({ ok: false, error: { code: 'twilio_21610' } })
    await write('START')
    expect(await send(PHONE)).toMatchObject({ ok: true })
  })

  it('on WhatsApp takes free text only within a day of its own', async () => {
    const to = 'whatsapp:+212611111111'
    const from = `whatsapp:${SIMULATED_ACCOUNT.whatsapp}`
    await client().sendMessage({ from, to, body: 'x', statusCallback: `${PUBLIC}/s` }, signal)
    await pollUntil(() => heard.some(({ fields }) => fields['ErrorCode'] === '63016'))
    expect(await client().sendMessage({ from, to, contentSid: 'HX1' }, signal)).toMatchObject({ ok: true })
  })
})

describe('the client', () => {
  it('lists what the provider knows, over pages', async () => {
    const before = new Date(Date.now() - 1000)
    provider.exchange.state.misbehaviour.drop = true
    await write('lost')
    const messages = await client().listMessages(before, signal)
    expect(messages).toContainEqual(
      expect.objectContaining({ direction: 'inbound', body: 'lost', from: PHONE }),
    )
    expect(await client().listMessages(new Date(Date.now() + 60_000), signal)).toEqual([])
  })

  it.each([
    ['nobody there', 'http://127.0.0.1:9', 'twilio_unreachable', true],
    ['a wrong token', undefined, 'twilio_20003', true],
  ])('gives %s as data, without secrets', async (_label, apiUrl, code, retryable) => {
    const wrong = createTwilioClient({
      accountSid: SIMULATED_ACCOUNT.sid,
      authTokens: ['secret-that-is-wrong'],
      apiUrl: apiUrl ?? provider.apiUrl,
    })
    const result = await wrong.sendMessage({ from: '+1', to: PHONE, body: 'x' }, signal)
    expect(result).toMatchObject({ ok: false, error: { code, retryable } })
    expect(JSON.stringify(result)).not.toContain('secret')
    await expect(wrong.listCalls(new Date(0), signal)).rejects.toThrow(/^Twilio/)
  })

  it('honours an abort', async () => {
    const silent = http.createServer(() => {})
    await new Promise<void>((done) => {
      silent.listen(0, '127.0.0.1', done)
    })
    const { port } = silent.address() as AddressInfo
    const hanging = createTwilioClient({
      accountSid: 'AC1',
      authTokens: ['t'],
      apiUrl: `http://127.0.0.1:${port}`,
    })
    const start = performance.now()
    const result = await hanging.sendMessage({ from: '+1', to: PHONE, body: 'x' }, AbortSignal.timeout(100))
    expect(result).toMatchObject({ ok: false, error: { retryable: true } })
    expect(performance.now() - start).toBeLessThan(8_000)
    silent.closeAllConnections()
    silent.close()
  })
})

describe('a simulated call', () => {
  const VOICE = '/webhooks/twilio/voice'
  const doc = (verbs: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`

  it('goes through the verbs step by step', async () => {
    answers.set(
      VOICE,
      doc(
        `<Say language="fr-FR">Bienvenue &amp; bonjour</Say><Gather numDigits="1" action="${VOICE}?step=1"><Play>/clip.mp3</Play></Gather><Redirect>${VOICE}?step=9</Redirect>`,
      ),
    )
    answers.set(
      `${VOICE}?step=1`,
      doc(
        `<Record action="${VOICE}?step=2" recordingStatusCallback="${VOICE}/recording" maxLength="180" finishOnKey="#"/>`,
      ),
    )
    answers.set(`${VOICE}?step=2`, doc('<Say>Merci</Say><Hangup/>'))
    const { calls } = provider.exchange
    const call = await calls.dial(PHONE)
    expect(call.heard.map(({ text }) => text)).toEqual(['Bienvenue & bonjour', '/clip.mp3'])
    await calls.press(call, '1')
    expect(call.awaits.for).toBe('speech')
    await calls.speak(call, { type: 'audio/x-wav', bytes: Buffer.from('wav'), seconds: 9 }, '#')
    expect(call).toMatchObject({ status: 'completed', heard: [{ text: 'Merci' }] })
    expect(heard.every(({ signed }) => signed)).toBe(true)
    expect(heard.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        VOICE,
        `${VOICE}?step=1`,
        `${VOICE}?step=2`,
        `${VOICE}/recording`,
        `${VOICE}/status`,
      ]),
    )
    const spoken = heard.find(({ path }) => path.endsWith('step=2'))!.fields
    expect(spoken).toMatchObject({ Digits: '#', RecordingDuration: '9', CallSid: call.sid })
    const [recording] = await client().listRecordings(new Date(0), signal)
    expect(recording).toMatchObject({ sid: spoken['RecordingSid'], duration: 9, url: spoken['RecordingUrl'] })
    expect(await client().deleteRecording(recording!.sid, signal)).toMatchObject({ ok: true })
    expect(await client().deleteRecording(recording!.sid, signal)).toMatchObject({ ok: true })
    expect(await client().listRecordings(new Date(0), signal)).toEqual([])
    expect(await client().listCalls(new Date(0), signal)).toMatchObject([
      { sid: call.sid, status: 'completed' },
    ])
  })

  it('goes on after silence, and ends when the document does', async () => {
    answers.set(
      VOICE,
      doc(`<Gather action="${VOICE}?keys"><Say>?</Say></Gather><Redirect>${VOICE}?silent</Redirect>`),
    )
    answers.set(`${VOICE}?silent`, doc('<Say>fin</Say>'))
    const call = await provider.exchange.calls.dial(PHONE)
    await provider.exchange.calls.press(call, '')
    expect(call).toMatchObject({ status: 'completed', heard: [{ text: 'fin' }] })
  })

  it.each([
    ['an open tag', '<Response><Say>x</Response>'],
    ['a bare ampersand', '<Response><Say>a & b</Say></Response>'],
    ['an attribute without quotes', '<Response><Say voice=x>a</Say></Response>'],
    ['two roots', '<Response/><Response/>'],
    ['no Response', '<Other/>'],
    ['nothing', ''],
  ])('ends at a document with %s, as a real one would', async (_label, xml) => {
    expect(() => parseTwiml(xml)).toThrow()
    answers.set(VOICE, xml || ' ')
    expect((await provider.exchange.calls.dial(PHONE)).status).toBe('completed')
  })
})
