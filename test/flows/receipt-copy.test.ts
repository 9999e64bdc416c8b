import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Accepted } from '../../src/core/submission.ts'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { createApp } from '../../src/http/app.ts'
import { codeCookieName, receiptRoutes } from '../../src/http/receipts.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { copyReceipt } from '../../src/messages/text-on-request.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { grantCode } from '../../src/receipts/code-grant.ts'
import { askReceiptCopy, sendReceiptCopy } from '../../src/receipts/copy-by-mail.ts'
import { receiptToken } from '../../src/receipts/link.ts'
import { publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'
import { keepMail } from '../support/kept-mail.ts'
import { webTexts } from '../support/web-texts.ts'

const publicUrl = 'https://wasl.example'
const now = new Date('2026-11-21T10:05:00Z')
const clock = { now: () => now }
const texts = webTexts()
const { mails, mailer } = keepMail()

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let filed: Accepted
let token: string
let isFlooded = false

const receiptDeps = () => ({
  sql: open.db.sql,
  orm: open.db.orm,
  secrets: testSecrets,
  publicUrl,
  officeZone: 'Africa/Casablanca',
  clock,
  newId: newUuidV7,
  accessCodeOf: (complaintId: string) => accessCodeOf(testSecrets, complaintId),
})

beforeAll(async () => {
  open = await openTestDatabase()
  const { accept } = await acceptanceOver(open.db)
  await publishReceiptKey({ ...receiptDeps(), clock })
  app = await createApp({
    logger: createLogger('silent'),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply, error) => reply.code(STATUS_OF[error.code]).send(error.code),
  })
  const { writing } = texts.parts({ db: open.db, clock })
  receiptRoutes(app, {
    ...receiptDeps(),
    pdf: { render: async () => new Uint8Array(), close: async () => {} },
    localeOf: () => 'fr',
    limit: async () => {},
    copies: {
      byText: (complaintId, phone) => copyReceipt(writing, complaintId, phone),
      byMail: (wish) => askReceiptCopy(receiptDeps(), wish),
      admit: async () => (isFlooded ? { pass: false, retryAfter: 600 } : { pass: true }),
    },
  })
  filed = await accept(submissionOf({ text: 'Le guichet est fermé.' }))
  token = receiptToken(testSecrets, filed.receiptId)
})
afterAll(async () => {
  await app.close()
  await open.close()
})
beforeEach(() => {
  isFlooded = false
})

const granted = () => ({
  cookie: `${codeCookieName(publicUrl)}=${grantCode(testSecrets, filed.receiptId, now)}`,
})
const sendTo = (to: string, headers: Record<string, string> = granted(), locale = 'fr') =>
  app.inject({
    method: 'POST',
    url: `/${locale}/receipts/${token}/send`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ to }).toString(),
  })

const workMail = async () => {
  const rows = await open.db.sql<{ payload: { copyId: string } }[]>`
    select payload from outbox_messages where topic = 'receipt.copy'`
  const send = sendReceiptCopy({
    ...receiptDeps(),
    writeLetter: receiptLetter,
    mailer,
  })
  for (const { payload } of rows)
    await send(payload, { messageId: newUuidV7(), attempt: 1, signal: new AbortController().signal })
}

describe('sending a receipt on (G44)', () => {
  it('texts number and code to another telephone', async () => {
    const answer = await sendTo('06 61 23 45 67')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('Nous envoyons le reçu à')
    await texts.deliver({ db: open.db, clock })
    expect(texts.sent.at(-1)?.to).toBe('+212661234567')
    expect(texts.sent.at(-1)?.text).toContain(filed.reference)
    expect(texts.sent.at(-1)?.text).toContain(filed.accessCode)
  })

  it('mails the letter in the language of the page, once, and forgets the address', async () => {
    expect((await sendTo('Soeur@Exemple.MA', granted(), 'ar')).statusCode).toBe(200)
    await workMail()
    await workMail()
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({ to: 'Soeur@exemple.ma', language: 'ar', automatic: 'auto-generated' })
    expect(mails[0]?.text).toContain(filed.accessCode)
    expect(mails[0]?.text).not.toContain('guichet')
    expect(await open.db.sql`select 1 from receipt_copies`).toHaveLength(0)
  })

  it.each([
    ['', 'Écrivez un numéro ou une adresse en entier'],
    ['0612', 'Écrivez un numéro ou une adresse en entier'],
    ['quelqu’un@', 'Écrivez un numéro ou une adresse en entier'],
    ['0522 20 00 00', 'ne peut pas recevoir de SMS'],
  ])('says what is wrong with "%s", with an example, and keeps it', async (typed, words) => {
    const answer = await sendTo(typed)
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('<a href="#to">')
    expect(answer.body).toContain(words)
    expect(answer.body).toContain('0612345678')
    expect(answer.body).toContain(`value="${typed}"`)
    expect(answer.body).toContain('<title>Erreur')
    expect(answer.body, 'the code is still there').toContain(filed.accessCode)
  })

  it('sends nothing for somebody who only has the link, and nothing for another site', async () => {
    const before = texts.sent.length
    expect((await sendTo('0661234568', {})).headers['location']).toBe(`/fr/receipts/${token}`)
    expect((await sendTo('0661234568', { ...granted(), 'sec-fetch-site': 'cross-site' })).statusCode).toBe(
      403,
    )
    await texts.deliver({ db: open.db, clock })
    expect(texts.sent).toHaveLength(before)
  })

  it('tells a flood how long to wait', async () => {
    isFlooded = true
    const answer = await sendTo('0661234569')
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('dans 10')
  })
})
