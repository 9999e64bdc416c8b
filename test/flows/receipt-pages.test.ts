import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyReceiptBytes } from '../../src/cli/receipt-verify.ts'
import { AppError } from '../../src/core/errors.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { Accepted } from '../../src/core/submission.ts'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { createApp } from '../../src/http/app.ts'
import { codeCookieName, type ReceiptRoutesDeps, receiptRoutes } from '../../src/http/receipts.ts'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { grantCode } from '../../src/receipts/code-grant.ts'
import { receiptToken } from '../../src/receipts/link.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { publishedKeys, publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { sendReceipt } from '../../src/receipts/send-receipt.ts'
import { signingKeyOf, signReceipt } from '../../src/receipts/sign-receipt.ts'
import { mailboxRoutes } from '../../src/simulator/mailbox.ts'
import { readKeptLine } from '../../src/staff/anchor-audit.ts'
import { verifyAudit } from '../../src/staff/verify-audit.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'

const publicUrl = 'https://wasl.example'
const SECRET_TEXT = 'Le guichet numéro trois <b>est fermé</b>.'
const now = new Date('2026-11-21T10:05:00Z')

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let deps: ReceiptRoutesDeps
let filed: Accepted
let token: string
let folder: string
let isFlooded = false

beforeAll(async () => {
  open = await openTestDatabase()
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-box-'))
  const { accept } = await acceptanceOver(open.db)
  const clock = { now: () => now }
  const locales: Locale[] = ['ar', 'fr', 'en']
  const localeOf: ReceiptRoutesDeps['localeOf'] = (request) =>
    locales.find((locale) => request.headers['accept-language']?.startsWith(locale)) ?? 'ar'
  deps = {
    sql: open.db.sql,
    orm: open.db.orm,
    secrets: testSecrets,
    publicUrl,
    officeZone: 'Africa/Casablanca',
    clock,
    pdf: createPdfRenderer(),
    accessCodeOf: (complaintId) => accessCodeOf(testSecrets, complaintId),
    localeOf,
    limit: async () => {
      if (isFlooded) throw new AppError('too_many_requests')
    },
  }
  await publishReceiptKey({ ...deps, clock })
  app = await createApp({
    logger: createLogger('silent'),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply, error) => reply.code(STATUS_OF[error.code]).send(error.code),
  })
  await securityHeaders(app, { publicUrl })
  receiptRoutes(app, deps)
  const mailbox = createMailbox(path.join(folder, 'mailbox'), newUuidV7)
  mailboxRoutes(app, { mailbox, officeZone: 'Africa/Casablanca', localeOf })
  filed = await accept(
    submissionOf({ text: SECRET_TEXT, contact: { email: 'amina@example.ma', name: 'Amina' } }),
  )
  token = receiptToken(testSecrets, filed.receiptId)
  const mailer = createMailer({
    url: undefined,
    mailbox,
    from: 'Plaintes <p@wasl.example>',
    clock,
    secrets: testSecrets,
  })
  const send = sendReceipt({
    ...deps,
    newId: newUuidV7,
    mailer,
    intakeAddress: 'p@wasl.example',
    createUploadLink: async () => 'https://wasl.example/u/link',
    writeLetter: receiptLetter,
  })
  await send(
    { receiptId: filed.receiptId },
    { messageId: newUuidV7(), attempt: 1, signal: AbortSignal.timeout(5000) },
  )
})
afterAll(async () => {
  await app.close()
  await deps.pdf.close()
  await open.close()
  await fs.rm(folder, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
const withGrant = () => ({
  cookie: `x=1; ${codeCookieName(publicUrl)}=${grantCode(testSecrets, filed.receiptId, now)}`,
})

describe('the receipt by its link', () => {
  it('says the facts in the language of the filing or of the address, and keeps the code', async () => {
    const french = await get(`/receipts/${token}`)
    expect(french.statusCode).toBe(200)
    for (const said of [
      'lang="fr"',
      filed.reference,
      '6 décembre 2026',
      '4 février 2027',
      'Médiateur',
      'SHA-256',
    ])
      expect(french.body).toContain(said)
    expect(french.body).not.toContain(filed.accessCode)
    expect(french.body).not.toContain('guichet')
    expect(french.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    const arabic = await get(`/ar/receipts/${token}`)
    expect(arabic.body).toContain('<html lang="ar" dir="rtl">')
    expect(arabic.body).toContain(`<bdi dir="ltr" class="digits">${filed.reference}</bdi>`)
    expect(arabic.body).toContain('6 دجنبر 2026')
  })

  it('needs no script and no inline style', async () => {
    const { body } = await get(`/receipts/${token}`, withGrant())
    expect(body).not.toMatch(/<script(?! type="module" src="\/assets\/)|style=|onclick/)
    expect(Buffer.byteLength(body)).toBeLessThan(30_000)
  })

  it('shows the code to the browser that filed, for a quarter of an hour', async () => {
    const fresh = await get(`/receipts/${token}`, withGrant())
    expect(fresh.body).toContain(filed.accessCode)
    expect(fresh.body).toContain('id="print-code"')
    const wrong = [
      grantCode(testSecrets, newUuidV7(), now),
      grantCode(testSecrets, filed.receiptId, new Date(now.getTime() - 15 * 60_000)),
      grantCode(testSecrets, filed.receiptId, now).replace(/^\d+/, '9999999999'),
      'nonsense',
      '',
    ]
    for (const grant of wrong) {
      const { body } = await get(`/receipts/${token}`, { cookie: `${codeCookieName(publicUrl)}=${grant}` })
      expect(body).not.toContain(filed.accessCode)
    }
  })

  it('comes as a PDF, a JSON and a signed line, each proving itself with the published key', async () => {
    const jwks = (await get('/.well-known/jwks.json')).json()
    expect(jwks.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        use: 'sig',
        alg: 'EdDSA',
        kid: expect.any(String),
        x: expect.any(String),
      },
    ])
    for (const [ending, type] of [
      ['pdf', 'application/pdf'],
      ['json', 'application/json'],
      ['jws', 'application/jose'],
    ]) {
      const answer = await get(`/receipts/${token}.${ending}`)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toContain(type)
      const check = verifyReceiptBytes(answer.rawPayload, { publicKeys: jwks.keys })
      expect(check).toMatchObject({
        ok: true,
        claims: { reference: filed.reference, contentSha256: filed.contentSha256 },
      })
    }
  })

  it('says of an audit that nothing was anchored yet, signed, as the page of checking links to it', async () => {
    const jwks = (await get('/.well-known/jwks.json')).json()
    const empty = await get('/.well-known/audit.jws')
    expect([empty.statusCode, empty.headers['cache-control']]).toEqual([200, 'no-cache'])
    const kept = readKeptLine(empty.payload, jwks.keys)
    expect(kept).toEqual({ tenant: 'anchors', entries: 0, head: '0'.repeat(64) })
    expect(await verifyAudit(open.db, kept ? [kept] : [])).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ anchored: false })]),
    )
  })

  it('prints the code only when asked, and only for the browser that filed', async () => {
    const size = async (query: string, headers = {}) =>
      (await get(`/receipts/${token}.pdf${query}`, headers)).rawPayload.length
    const without = await size('')
    expect(await size('?code=1')).toBe(without)
    expect(await size('', withGrant())).toBe(without)
    expect(await size('?code=1', withGrant())).toBeGreaterThan(without)
  })

  it.each(['x', 'A'.repeat(43), '../../etc/passwd', '%00', ''])('knows no receipt %j', async (bad) => {
    expect((await get(`/receipts/${encodeURIComponent(bad)}`)).statusCode).toBe(404)
  })
})

describe('the public check', () => {
  const arabicDigits = (digits: string) =>
    digits.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))

  it('tells that a number is real, when and for what, and nothing of the content', async () => {
    const { statusCode, body } = await get(`/fr/verify/${filed.reference}`)
    expect(statusCode).toBe(200)
    for (const said of [filed.reference, '21 novembre 2026', 'Plainte', filed.contentSha256])
      expect(body).toContain(said)
    for (const hidden of ['guichet', 'Amina', 'amina', filed.accessCode, token, 'caractères'])
      expect(body).not.toContain(hidden)
  })

  it('answers programs in JSON', async () => {
    const { statusCode, headers, body } = await get(`/verify/${filed.reference}`, {
      accept: 'application/json',
    })
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toContain('application/json')
    expect(JSON.parse(body)).toEqual({
      reference: filed.reference,
      known: true,
      receipts: [
        {
          receivedAt: '2026-11-21T10:00:00.000Z',
          kind: 'complaint',
          administration: null,
          round: 1,
          contentSha256: filed.contentSha256,
          signature: { valid: true, kid: (await publishedKeys(open.db.orm))[0]?.kid },
        },
      ],
    })
  })

  it('takes a number as people type it', async () => {
    const { reference } = filed
    const spaced = `${reference.slice(0, 2)} ${reference.slice(2, 5)}-${reference.slice(5)}`
    for (const typed of [spaced, arabicDigits(reference)]) {
      expect((await get(`/verify/${encodeURIComponent(typed)}`)).statusCode).toBe(200)
      const held = await get(`/fr/verify?receipt=${encodeURIComponent(typed)}`)
      expect([held.statusCode, held.headers.location]).toEqual([303, `/fr/verify/${reference}`])
    }
  })

  it.each([
    ['an unknown number', '9912345673', 404, 'Nous ne trouvons aucun reçu'],
    ['a swapped pair', '9921345673', 400, 'inversés'],
    ['a short number', '991234', 400, '10 chiffres'],
    ['markup', '<script>alert(1)</script>', 400, '&#60;script&#62;'],
  ])('says clearly what is wrong with %s', async (_, typed, status, said) => {
    const { statusCode, body } = await get(`/fr/verify/${encodeURIComponent(typed)}`)
    expect([statusCode, body.includes(said)]).toEqual([status, true])
    expect(body).not.toContain('<script>')
  })

  const hold = (text: string) => get(`/fr/verify?receipt=${encodeURIComponent(text)}`)

  it('judges a signed receipt, its JSON and its link', async () => {
    const { body: jws } = await get(`/receipts/${token}.jws`)
    const { body: json } = await get(`/receipts/${token}.json`)
    for (const genuine of [jws, json, `  ${jws}\n`]) {
      const { statusCode, body } = await hold(genuine)
      expect([statusCode, body.includes('authentique')]).toEqual([200, true])
    }
    for (const link of [token, `${publicUrl}/receipts/${token}`, `${publicUrl}/receipts/${token}.pdf`])
      expect((await hold(link)).headers.location).toBe(`/fr/verify/${filed.reference}`)
  })

  it('refuses what was changed, signed by another, or is not ours', async () => {
    const { body: jws } = await get(`/receipts/${token}.jws`)
    const stranger = signingKeyOf({ ...testSecrets, derive: () => Buffer.alloc(32, 7) })
    const ownKey = signingKeyOf(testSecrets)
    const claims = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())
    const cases = [
      [jws.replace(/\.eyJ2/, '.eyJ3'), 'est faux'],
      [signReceipt(stranger, claims), 'pas été signé par ce service'],
      [signReceipt(ownKey, { ...claims, reference: '9912345673' }), 'notre registre ne contient pas'],
      ['A'.repeat(43), 'ni un numéro, ni un reçu'],
      ['bonjour', 'ni un numéro, ni un reçu'],
      ['x'.repeat(7000), 'ni un numéro, ni un reçu'],
    ] as const
    for (const [held, said] of cases) {
      const { statusCode, body } = await hold(held)
      expect([statusCode, body.includes(said), body.includes('authentique')]).toEqual([422, true, false])
    }
  })

  it('is limited', async () => {
    isFlooded = true
    for (const url of [`/verify/${filed.reference}`, '/verify?receipt=1', `/receipts/${token}`])
      expect((await get(url)).statusCode).toBe(429)
    isFlooded = false
  })

  it('needs nothing to be typed to be looked at', async () => {
    for (const url of ['/verify', '/ar/verify', '/en/verify']) expect((await get(url)).statusCode).toBe(200)
    const { body } = await get('/verify', { 'accept-language': 'en' })
    expect(body).toContain('lang="en"')
    expect(body).toMatch(/<textarea[^>]*>\n<\/textarea>/)
  })
})

describe('the local mailbox', () => {
  it('lists what was sent and shows it with its headers, HTML in a frame that can do nothing', async () => {
    const list = await get('/simulator/mailbox', { 'accept-language': 'fr' })
    expect(list.body).toContain(`[${filed.reference}] Votre plainte est enregistrée`)
    const [, id = ''] = /\/simulator\/mailbox\/([\w-]{36})"/.exec(list.body) ?? []
    const mail = await get(`/simulator/mailbox/${id}`)
    for (const said of [
      'Auto-Submitted: auto-replied',
      'Return-Path: &#60;&#62;',
      filed.accessCode,
      'sandbox=""',
    ])
      expect(mail.body).toContain(said)
    expect(mail.headers['content-security-policy']).toContain("frame-src 'self'")
    const frame = await get(`/simulator/mailbox/${id}/html`)
    expect(frame.headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    )
    expect(frame.body).toContain(filed.accessCode)
    const source = await get(`/simulator/mailbox/${id}.eml`)
    expect(source.headers['content-type']).toContain('message/rfc822')
    expect(source.rawPayload.length).toBeLessThan(20_000)
    expect(source.body).not.toMatch(/guichet|Amina </)
  })

  it('knows no other message', async () => {
    for (const id of [newUuidV7(), '..%2f..%2fx', 'x.eml'])
      expect((await get(`/simulator/mailbox/${id}`)).statusCode).toBe(404)
  })
})
