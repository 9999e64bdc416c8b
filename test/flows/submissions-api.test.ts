import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { submissionRoutes } from '../../src/http/api/submissions.ts'
import { createApp } from '../../src/http/app.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance

beforeAll(async () => {
  open = await openTestDatabase()
  const { accept } = await acceptanceOver(open.db)
  app = await createApp({
    logger: pino({ level: 'silent' }),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: sendProblem,
  })
  await submissionRoutes(app, {
    accept,
    clock: systemClock,
    newId: newUuidV7,
    publicUrl: 'https://wasl.example',
    findUploads: async () => [],
    administration: async (code) =>
      code === 'SANTE'
        ? { anonymousAllowed: true }
        : code === 'JUSTICE'
          ? { anonymousAllowed: false }
          : undefined,
    receiptToken: (id) => id,
    roleOf: async () => undefined,
    limit: async () => {},
  })
})
afterAll(async () => {
  await app.close()
  await open.close()
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/submissions',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })

const GOOD = { kind: 'complaint', text: 'Le guichet est fermé.' }

describe('POST /api/v1/submissions', () => {
  it('answers 201 with everything the citizen must hold', async () => {
    const response = await post({
      ...GOOD,
      administration: 'SANTE',
      contact: { phone: '06 12 34 56 78', preferred: 'sms' },
    })
    expect(response.statusCode).toBe(201)
    expect(response.json()).toMatchObject({
      reference: expect.stringMatching(/^\d{10}$/),
      accessCode: expect.stringMatching(/^\d{6}$/),
      receiptUrl: expect.stringMatching(/^https:\/\/wasl\.example\/receipts\//),
      media: [],
    })
    const [row] = await open.db.sql`
      select phone from complainants join complaints on id = complaint_id where reference = ${response.json().reference}`
    expect(row?.['phone']).toBe('+212612345678')
  })

  it('gives the same answer to the same key, twenty times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(GOOD, { 'idempotency-key': 'k-1' })),
    )
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(19)
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  })

  it('tells a sender whose key was used for something else', async () => {
    await post(GOOD, { 'idempotency-key': 'k-2' })
    const response = await post({ ...GOOD, text: 'Autre chose.' }, { 'idempotency-key': 'k-2' })
    expect(response.statusCode).toBe(409)
    expect(response.json()).toMatchObject({ code: 'idempotency_mismatch' })
  })

  it.each([
    ['no text and no file', { kind: 'complaint' }, 400, 'text_or_media_required'],
    ['only spaces', { kind: 'complaint', text: ' \n ' }, 400, 'text_or_media_required'],
    ['too long', { kind: 'complaint', text: 'x'.repeat(10_001) }, 400, 'text_too_long'],
    ['unknown kind', { kind: 'rant', text: 'x' }, 400, 'validation'],
    ['no kind', { text: 'x' }, 400, 'validation'],
    ['text that is no text', { kind: 'complaint', text: 7 }, 400, 'validation'],
    ['broken JSON', '{"kind":', 400, 'validation'],
    ['an array', '[]', 400, 'validation'],
    ['unknown administration', { ...GOOD, administration: 'NOWHERE' }, 422, 'administration_unknown'],
    [
      'anonymous where the policy asks for a name',
      { ...GOOD, administration: 'JUSTICE', anonymous: true },
      422,
      'anonymous_not_allowed',
    ],
    ['impossible phone', { ...GOOD, contact: { phone: '12' } }, 400, 'phone_invalid'],
    ['impossible e-mail', { ...GOOD, contact: { email: 'a@b\r\nBcc: c@d.e' } }, 400, 'email_invalid'],
    ['too many files', { ...GOOD, uploads: Array(6).fill('x') }, 400, 'too_many_files'],
  ])('refuses %s with its own code', async (_, body, status, code) => {
    const response = await post(body)
    expect(response.json()).toMatchObject({ code, status })
    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toContain('application/problem+json')
  })

  it.each([
    ['NUL and a lone surrogate', '{"kind":"complaint","text":"a\\u0000b\\ud800c"}', 'a\uFFFDb\uFFFDc'],
    [
      'a long Arabic text',
      JSON.stringify({ kind: 'complaint', text: 'ش'.repeat(10_000) }),
      'ش'.repeat(10_000),
    ],
  ])('stores %s and keeps the bytes that came', async (_, body, text) => {
    const response = await post(body)
    expect(response.statusCode).toBe(201)
    const [row] = await open.db.sql<{ text: string; raw_body: Buffer }[]>`
      select c.text, raw_body from complaints c join submissions on complaint_id = c.id where reference = ${response.json().reference}`
    expect(row?.text).toBe(text)
    expect(row?.raw_body.toString('utf8')).toBe(body)
  })

  it('is described by the OpenAPI document', async () => {
    await app.ready()
    expect(app.swagger().paths?.['/api/v1/submissions']).toHaveProperty('post')
  })
})
