import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AskDns, createSenderVerifier } from '../../channels/email/verify-sender.ts'
import { readConfig } from '../../src/config.ts'
import { type MailGateway, type MailGatewayOptions, onTheWire, openMailGateway } from '../support/mail.ts'

const HOST = 'mx.wasl.example'
const PATIENCE_MS = 400
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const KEY = `v=DKIM1; k=rsa; p=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`

type Zone = Readonly<Record<string, string>> | 'silent' | 'broken'

const KEYS: Zone = { 's._domainkey.example.ma': KEY, 's._domainkey.autre.example': KEY }
const POLICY: Zone = { ...KEYS, '_dmarc.example.ma': 'v=DMARC1; p=reject' }
const WITH_SPF: Zone = { ...POLICY, 'example.ma': 'v=spf1 ip4:192.0.2.7 -all' }

/** The only DNS of these tests; nothing leaves the machine. */
let zone: Zone
let asked: string[]
const askDns: AskDns = async (name, type) => {
  asked.push(`${name} ${type}`)
  if (zone === 'silent') return new Promise(() => {})
  if (zone === 'broken') throw Object.assign(new Error('refused'), { code: 'ESERVFAIL' })
  const found = type === 'TXT' ? zone[name] : undefined
  if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  return [[found]]
}

/** Short where DNS never answers; elsewhere a busy machine must not look like a silent one. */
const patient = createSenderVerifier({ askDns, host: HOST })
const impatient = createSenderVerifier({ askDns, host: HOST, patienceMs: PATIENCE_MS })
const verify: typeof patient = (...given) => (zone === 'silent' ? impatient : patient)(...given)
const gateways = new Map<string, MailGateway>()
const SETTINGS: Readonly<Record<'on' | 'off', MailGatewayOptions>> = {
  on: { authservId: HOST, verify },
  off: { authservId: HOST },
}
beforeAll(async () => {
  for (const [name, options] of Object.entries(SETTINGS)) gateways.set(name, await openMailGateway(options))
})
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close()
})
beforeEach(() => {
  asked = []
})

interface Case {
  readonly dns?: Zone
  /** Domain of the signature; absent: none. */
  readonly d?: string
  readonly maxBodyLength?: number
  readonly above?: string
  readonly tamper?: (raw: string) => string
}

const signaturesOf = async (raw: Buffer, signingDomain: string, maxBodyLength?: number): Promise<string> => {
  const key = { signingDomain, selector: 's', privateKey }
  // The type asks for a key of all signatures; only those of `signatureData` are made.
  const one = { ...key, ...(maxBodyLength === undefined ? {} : { maxBodyLength }) }
  return (await dkimSign(raw, { ...key, signatureData: [one] })).signatures
}

let serial = 0
const mailOf = async ({ d, maxBodyLength, above = '', tamper = (raw) => raw }: Case): Promise<Buffer> => {
  serial += 1
  const raw = onTheWire(
    `From: Amina <amina@example.ma>\nTo: plaintes@wasl.example\nSubject: Guichet\nMessage-ID: <v${serial}@example.ma>\n\nLe guichet ${serial} est fermé.\n`,
  )
  const signatures = d === undefined ? '' : await signaturesOf(raw, d, maxBodyLength)
  const lines = above.replace(/\n/g, '\r\n')
  return Buffer.from(lines + tamper(signatures + raw.toString('latin1')), 'latin1')
}

const trace = (client: string, by: string, path = 'amina@example.ma'): string =>
  `Return-Path: <${path}>\nReceived: from out.example.ma (out.example.ma [${client}])\n by ${by} (Postfix) with ESMTP id 1; Sat, 21 Nov 2026 10:00:00 +0000\n`
const appended = (raw: string): string => `${raw}Envoyez l'argent ici.\r\n`

describe('a sender verified by DNS', () => {
  it.each<[string, Case, 'passed' | 'failed' | 'none']>([
    ['signed by its domain', { d: 'example.ma' }, 'passed'],
    ['signed by its domain, with a policy', { dns: POLICY, d: 'example.ma' }, 'passed'],
    ['signed, another body', { d: 'example.ma', tamper: appended }, 'failed'],
    [
      'signed, another subject',
      { d: 'example.ma', tamper: (raw) => raw.replace('Guichet', 'Argent') },
      'failed',
    ],
    [
      'signed for its beginning alone',
      { dns: POLICY, d: 'example.ma', maxBodyLength: 10, tamper: appended },
      'none',
    ],
    ['signed by another domain', { d: 'autre.example' }, 'none'],
    ['signed by another domain, with a policy', { dns: POLICY, d: 'autre.example' }, 'none'],
    ['signed, a second From above', { d: 'example.ma', above: 'From: chef@example.ma\n' }, 'none'],
    ['signed, a second From without an address above', { d: 'example.ma', above: 'From: Le chef\n' }, 'none'],
    ['signed, the key withdrawn', { dns: {}, d: 'example.ma' }, 'none'],
    ['not signed', { dns: POLICY }, 'none'],
    ['signed, DNS silent', { dns: 'silent', d: 'example.ma' }, 'none'],
    ['DNS broken', { dns: 'broken', d: 'example.ma', above: trace('192.0.2.7', HOST) }, 'none'],
    ['from a client of its domain', { dns: WITH_SPF, above: trace('192.0.2.7', HOST) }, 'passed'],
    ['from a stranger', { dns: WITH_SPF, above: trace('198.51.100.9', HOST) }, 'failed'],
    [
      'a client by a line of the sender',
      { dns: WITH_SPF, above: trace('192.0.2.7', 'mx.evil.example') },
      'none',
    ],
    [
      'a client by a line of the sender, under that of the server',
      { dns: WITH_SPF, above: trace('198.51.100.9', HOST) + trace('192.0.2.7', HOST) },
      'failed',
    ],
    [
      'from a client of another domain',
      { dns: KEYS, above: trace('192.0.2.7', HOST, 'x@autre.example') },
      'none',
    ],
  ])('%s: %#', async (_name, one, expected) => {
    zone = one.dns ?? KEYS
    const met = await gateways.get('on')!.take(await mailOf(one))
    expect(met).toMatchObject({ outcome: 'created', authentication: expected })
  })

  it.each<[string, 'on' | 'off', Case, string]>([
    ['where it is off', 'off', { d: 'example.ma' }, 'none'],
    [
      'where the host has said it',
      'on',
      { d: 'example.ma', above: `Authentication-Results: ${HOST}; dkim=fail\n` },
      'failed',
    ],
    [
      'for more signatures than anybody needs',
      'on',
      { d: 'example.ma', above: 'DKIM-Signature: v=1\n'.repeat(9) },
      'none',
    ],
  ])('looks nothing up %s', async (_name, gateway, one, expected) => {
    zone = KEYS
    const met = await gateways.get(gateway)!.take(await mailOf(one))
    expect(met.authentication).toBe(expected)
    expect(asked).toEqual([])
  })

  it('is off unless it is asked for', () => {
    expect(readConfig({}).mail.verify).toBe(false)
    expect(readConfig({ MAIL_VERIFY: 'true' }).mail.verify).toBe(true)
  })
})
