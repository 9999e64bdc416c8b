import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/console/routes.ts'
import type { ObjectStore } from '../../src/core/object-store.ts'
import type { StaffRole } from '../../src/core/staff-role.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { securityHeaders } from '../../src/http/security-headers.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { inviteStaff, signInUrl } from '../../src/staff/members.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'

const PUBLIC = 'https://wasl.test'
const OWN = { 'sec-fetch-site': 'same-origin' }

let open: Awaited<ReturnType<typeof openTestDatabase>>
let accept: Accept
let app: FastifyInstance
let store: ObjectStore
let folder: string
const done: unknown[] = []
const log: string[] = []
const deps = () => ({ db: open.db, clock: systemClock, newId: newUuidV7 })

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  await seedAdministrations(deps())
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-console-'))
  store = createFileStore({ folder })
  app = await createApp({
    logger: pino({}, { write: (line) => log.push(line) }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  await securityHeaders(app, { publicUrl: PUBLIC })
  consoleRoutes(app, {
    ...deps(),
    secrets: testSecrets,
    store,
    publicUrl: PUBLIC,
    officeZone: 'Africa/Casablanca',
    origins: ['file'],
    work: {
      suggest: async () => [
        { code: 'SANTE', names: { fr: 'Ministère de la Santé' }, service: undefined, score: 1 },
      ],
      route: async (decision) => void done.push(decision),
      transfer: async (decision) => void done.push(decision),
      retryAsset: async () => {},
      retryFetch: async () => {},
    },
  })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await open.close()
  await fs.rm(folder, { recursive: true, force: true })
})

const linkFor = async (role: StaffRole, administrationCode?: string): Promise<string> => {
  const email = `${role}.${administrationCode ?? 'ministry'}@example.org`
  const { token } = await inviteStaff(deps(), {
    email,
    role,
    opens: 'session',
    ...(administrationCode ? { administrationCode } : {}),
  })
  return signInUrl('', token)
}

/** Opens the link as a person does and gives the session's cookie. */
const signIn = async (role: StaffRole, administrationCode?: string): Promise<string> => {
  const response = await app.inject({
    method: 'POST',
    url: await linkFor(role, administrationCode),
    headers: OWN,
  })
  expect(response.statusCode).toBe(303)
  return String(response.headers['set-cookie']).split(';')[0]!
}

const get = (cookie: string, url: string) => app.inject({ url, headers: { cookie, 'accept-language': 'fr' } })
const post = (cookie: string, url: string, fields: Record<string, string> = {}, headers = OWN) =>
  app.inject({
    method: 'POST',
    url,
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })

describe('signing in', () => {
  it('shows a button, opens once, and gives a cookie no script or other site can use', async () => {
    const link = await linkFor('auditor')
    for (let i = 0; i < 3; i += 1) {
      const page = await app.inject({ url: link })
      expect([page.statusCode, page.headers['set-cookie']]).toEqual([200, undefined])
    }
    const first = await app.inject({ method: 'POST', url: link, headers: OWN })
    expect(first.headers['set-cookie']).toMatch(
      /^__Host-wasl-staff=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    )
    expect((await app.inject({ method: 'POST', url: link, headers: OWN })).statusCode).toBe(410)
  })

  it('sends whoever has no session to the sign-in page, from every page', async () => {
    for (const url of ['/console', '/console/failures', '/console/ledger', '/console/complaints/2612345678'])
      for (const cookie of ['', '__Host-wasl-staff=forged'])
        expect((await get(cookie, url)).headers.location, url).toBe('/console/sign-in')
  })

  it('ends at once when the person signs out', async () => {
    const cookie = await signIn('triage')
    expect((await get(cookie, '/console')).statusCode).toBe(200)
    expect((await post(cookie, '/console/sign-out')).statusCode).toBe(303)
    expect((await get(cookie, '/console')).headers.location).toBe('/console/sign-in')
  })
})

describe('the desk', () => {
  it('shows what citizens wrote as text, never as markup, under the strictest policy', async () => {
    const cookie = await signIn('ministry-supervisor')
    const { reference } = await accept(
      submissionOf({ text: '<script>alert(1)</script><img src=x onerror=alert(1)>', language: 'ar' }),
    )
    for (const url of ['/console', `/console/complaints/${reference}`]) {
      const page = await get(cookie, url)
      expect(page.payload).not.toContain('<script>alert')
      expect(page.payload).toMatch(/&lt;script&gt;|&#60;script/)
      expect(page.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.not.stringContaining('unsafe'),
      })
    }
  })

  it.each(['ar', 'fr', 'en'])('speaks %s and remembers it', async (lang) => {
    const cookie = await signIn('ministry-supervisor')
    const asked = await get(cookie, `/console?lang=${lang}`)
    expect(asked.payload).toContain(`<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">`)
    const kept = String(asked.headers['set-cookie']).split(';')[0]
    expect((await get(`${cookie}; ${kept}`, '/console/failures')).payload).toContain(`<html lang="${lang}"`)
  })

  it('filters, searches and pages', async () => {
    const cookie = await signIn('auditor')
    for (let n = 0; n < 52; n += 1)
      await accept(submissionOf({ channel: 'counter', text: `chameau numéro ${n}` }))
    const first = await get(cookie, '/console?channel=counter&q=chameau')
    expect(first.payload.match(/\/console\/complaints\/\d{10}/g)).toHaveLength(50)
    expect(first.payload.length).toBeLessThan(80_000)
    const next = /href="([^"]+)" rel="next"/.exec(first.payload)?.[1] ?? ''
    const address = next.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll('&amp;', '&')
    const second = await get(cookie, address)
    expect(second.payload.match(/\/console\/complaints\/\d{10}/g)).toHaveLength(2)
  })

  it('lets triage choose a ranked body or write another code', async () => {
    const cookie = await signIn('triage')
    const { reference, complaintId } = await accept(submissionOf())
    await open.db.sql`update complaints set status = 'triage' where id = ${complaintId}`
    const page = await get(cookie, `/console/complaints/${reference}`)
    expect(page.payload).toContain('value="SANTE" checked')
    await post(cookie, `/console/complaints/${reference}/route`, { administration: 'SANTE', other: '' })
    expect(done.at(-1)).toMatchObject({ complaintId, administration: 'SANTE' })
    await post(cookie, `/console/complaints/${reference}/route`, { administration: 'SANTE', other: 'onee' })
    expect(done.at(-1)).toMatchObject({ administration: 'ONEE' })
  })

  it('plays a rendition in parts, within the viewer’s scope only', async () => {
    const cookie = await signIn('ministry-supervisor')
    const id = newUuidV7()
    const { reference } = await accept(
      submissionOf({
        media: [{ id, name: 'a.ogg', declaredType: 'audio/ogg', bytes: 3, sha256: 'ab', objectKey: 'k' }],
      }),
    )
    const put = await store.put('renditions/r', Readable.from([Buffer.from('abcdef')]), { maxBytes: 10 })
    if (!put.ok) throw new Error('put')
    const rendition = newUuidV7()
    await open.db.sql`update media_assets set kind = 'audio', state = 'ready', scan = 'off' where id = ${id}`
    await open.db.sql`
      insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
      values (${rendition}, ${id}, 'playback', 'audio/mp4', 6, ${put.object.sha256}, 'renditions/r', now())`
    const page = await get(cookie, `/console/complaints/${reference}`)
    const source = /<audio[^>]* src="([^"]+)"/.exec(page.payload)?.[1] ?? ''
    const part = await app.inject({ url: source, headers: { cookie, range: 'bytes=1-2' } })
    expect([part.statusCode, part.payload]).toEqual([206, 'bc'])
    const other = await signIn('manager', 'ONEE')
    expect((await get(other, source)).statusCode).toBe(404)
    expect((await get(other, `/console/complaints/${reference}`)).statusCode).toBe(404)
    expect(log.some((line) => line.includes('staff.denied'))).toBe(true)
  })

  it('shows failures with their reason, tries again, and lists the ledger', async () => {
    const cookie = await signIn('ministry-supervisor')
    const { complaintId } = await accept(submissionOf())
    const [message] = await open.db.sql`
      update outbox_messages set dead_at = now(), attempts = 3,
        last_error = '{"code": "http_503", "message": "the office is away", "retryable": true}'
      where complaint_id = ${complaintId} returning id`
    expect((await get(cookie, '/console/failures')).payload).toContain('the office is away')
    const again = await post(cookie, `/console/deliveries/${message?.['id']}/redrive?back=//evil.example`)
    expect(again.headers.location).toBe('/console/failures')
    const [redriven] = await open.db.sql`select dead_at from outbox_messages where id = ${message?.['id']}`
    expect(redriven?.['dead_at']).toBeNull()
    const ledger = await get(cookie, '/console/ledger?from=2026-11-01&to=2026-11-30')
    expect(ledger.payload).toContain('2026-11-21')
  })
})

describe('what is refused', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example', host: 'wasl.test' }],
    ['no origin at all', { host: 'wasl.test' }],
  ])('a form from %s', async (_, headers) => {
    const cookie = await signIn('ministry-supervisor')
    const response = await post(cookie, '/console/sign-out', {}, headers as never)
    expect(response.statusCode).toBe(403)
    expect((await get(cookie, '/console')).statusCode).toBe(200)
  })

  it('pages and buttons a role has no right to', async () => {
    const auditor = await signIn('auditor')
    const { reference, complaintId } = await accept(submissionOf())
    await open.db.sql`update complaints set status = 'triage' where id = ${complaintId}`
    const page = await get(auditor, `/console/complaints/${reference}`)
    expect(page.payload).not.toContain('/route"')
    const routed = await post(auditor, `/console/complaints/${reference}/route`, { administration: 'SANTE' })
    expect(routed.statusCode).toBe(403)
    const agent = await signIn('agent', 'SANTE')
    expect((await get(agent, '/console/failures')).statusCode).toBe(403)
    const denied = await get(agent, '/console/ledger')
    expect(denied.statusCode).toBe(403)
    expect(denied.headers['content-type'], 'a browser draws it').toMatch(/^text\/html/)
    expect(denied.body).toMatch(/<main id="main"[^>]*>\s*<h1>[\s\S]*<a class="button" href="\/console">/)
    expect((await get(agent, '/console')).payload).not.toContain('/console/ledger')
  })
})
