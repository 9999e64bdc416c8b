import { createHash } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { describe, expect, it } from 'vitest'
import { readForm, requireTwilio } from '../../channels/twilio.ts'
import { ConfigError, readConfig } from '../../src/config.ts'

const PUBLIC = 'https://wasl.example'
const PATH = '/webhooks/twilio/messages'
const FORM = 'application/x-www-form-urlencoded'
const trust = { authTokens: ['new-token', 'old-token'], publicUrl: PUBLIC }
const gate = requireTwilio(trust)

interface Call {
  readonly url?: string
  readonly body?: string
  readonly type?: string | undefined
  readonly token?: string
  /** What was signed instead of what is sent. */
  readonly signedUrl?: string
  readonly signedBody?: string
  readonly headers?: Record<string, string>
}

const request = (call: Call) => {
  const { url = PATH, body = 'Body=x&From=%2B212600000001', token = 'new-token' } = call
  const type = 'type' in call ? call.type : FORM
  const params = type?.startsWith(FORM) ? readForm(Buffer.from(call.signedBody ?? body)) : {}
  const signature = getExpectedTwilioSignature(token, call.signedUrl ?? `${PUBLIC}${url}`, { ...params })
  return {
    method: 'POST',
    url,
    body: Buffer.from(body),
    receivedAt: new Date('2026-11-21T10:00:00Z'),
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      'x-twilio-signature': signature,
      ...call.headers,
    },
  }
}

const JSON_BODY = '{"a":1}'
const hashed = (body: string) => `${PATH}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`

describe('a webhook of Twilio (P60, P61, P63, P67)', () => {
  it.each<[string, Call]>([
    ['a form', {}],
    ['a form with a charset', { type: `${FORM}; charset=UTF-8` }],
    ['a query', { url: `${PATH}?a=1&b=%20x%27y` }],
    ['unknown fields', { body: 'Zeta=1&alpha=2&Body=x' }],
    ['an empty field', { body: 'Body=&From=' }],
    ['a repeated field', { body: 'To=b&To=a&To=b' }],
    ['untrimmed values', { body: 'Body=++a+b%0D%0A+' }],
    ['Arabic and emoji', { body: `Body=${encodeURIComponent('شكاية 🚰')}` }],
    ['a field called __proto__', { body: '__proto__=1&constructor=2' }],
    ['no fields at all', { body: '' }],
    ['the older token while rotating', { token: 'old-token' }],
    ['a URL signed with its port', { signedUrl: `https://wasl.example:443${PATH}` }],
    ['JSON with its hash in the URL', { type: 'application/json', url: hashed(JSON_BODY), body: JSON_BODY }],
    [
      'another host in the headers',
      { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } },
    ],
  ])('is let in: %s', (_label, call) => {
    expect(gate(request(call))).toBeUndefined()
  })

  it.each<[string, Call]>([
    ['a foreign token', { token: 'other' }],
    ['an empty token', { token: '' }],
    ['no signature', { headers: { 'x-twilio-signature': '' } }],
    ['a signature of another text', { signedBody: 'Body=y&From=%2B212600000001' }],
    ['a field added', { body: 'Body=x&More=1', signedBody: 'Body=x' }],
    ['a field left out', { body: 'Body=x', signedBody: 'Body=x&More=1' }],
    ['a value trimmed', { body: 'Body=x', signedBody: 'Body=x+' }],
    ['another path', { signedUrl: `${PUBLIC}/webhooks/twilio/status` }],
    ['another query', { url: `${PATH}?a=1`, signedUrl: `${PUBLIC}${PATH}?a=2` }],
    [
      'a URL of the host header',
      { signedUrl: `https://evil.example${PATH}`, headers: { host: 'evil.example' } },
    ],
    [
      'a URL of X-Forwarded-Proto',
      { signedUrl: `http://wasl.example${PATH}`, headers: { 'x-forwarded-proto': 'http' } },
    ],
    ['JSON without its hash', { type: 'application/json', body: JSON_BODY }],
    ['JSON with the hash of another', { type: 'application/json', url: hashed('{"a":2}'), body: JSON_BODY }],
    ['a body without a type', { type: undefined, body: 'Body=x' }],
    ['a form that says it is text', { type: 'text/plain', body: 'Body=x' }],
  ])('is refused: %s', (_label, call) => {
    expect(gate(request(call))).toEqual({ status: 403 })
  })
})

describe('the configuration of Twilio', () => {
  const sid = `AC${'0'.repeat(32)}`
  it.each([
    ['an account without a token', { TWILIO_ACCOUNT_SID: sid }, 'TWILIO_AUTH_TOKEN'],
    [
      'an account with a token of commas',
      { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: ', ,' },
      'TWILIO_AUTH_TOKEN',
    ],
    ['a token without an account', { TWILIO_AUTH_TOKEN: 'secret-token' }, 'TWILIO_ACCOUNT_SID'],
    ['a sender that is a name', { SMS_FROM: 'Wasl' }, 'SMS_FROM'],
    ['a media host with a path', { TWILIO_MEDIA_HOSTS: 'a.example/x' }, 'TWILIO_MEDIA_HOSTS'],
  ])('refuses the start: %s', (_label, env, variable) => {
    let problem: unknown
    try {
      readConfig(env)
    } catch (error) {
      problem = error
    }
    expect(problem).toBeInstanceOf(ConfigError)
    expect((problem as ConfigError).problems.map((one) => one.variable)).toEqual([variable])
    expect((problem as ConfigError).message).not.toContain('secret-token')
  })

  it('is read whole', () => {
    expect(
      readConfig({
        TWILIO_ACCOUNT_SID: sid,
        TWILIO_AUTH_TOKEN: 'new, old',
        TWILIO_API_URL: 'http://127.0.0.1:9/',
        WHATSAPP_FROM: 'whatsapp:+212600000000',
      }).twilio,
    ).toMatchObject({
      authTokens: ['new', 'old'],
      apiUrl: 'http://127.0.0.1:9',
      mediaHosts: expect.arrayContaining(['127.0.0.1:9']),
      whatsappFrom: '+212600000000',
      smsFrom: undefined,
    })
    expect(readConfig({}).twilio).toBeUndefined()
  })
})
