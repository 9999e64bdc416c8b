import type { FastifyInstance } from 'fastify'
import { Secret, TOTP } from 'otpauth'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/console/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { type Invitation, inviteStaff, signInUrl } from '../../src/staff/members.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'

const OWN = { 'sec-fetch-site': 'same-origin' }
const PASSWORD = 'les dossiers du lundi'
const MINUTE = 60_000

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let now = new Date('2026-11-21T10:00:00Z')
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * MINUTE)
}
const deps = () => ({ db: open.db, clock: { now: () => now }, newId: newUuidV7 })

beforeAll(async () => {
  open = await openTestDatabase()
  await seedAdministrations(deps())
  app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  consoleRoutes(app, {
    ...deps(),
    secrets: testSecrets,
    store: undefined as never,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    origins: ['file'],
    work: undefined as never,
  })
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await open.close()
})
beforeEach(() => pass(24 * 60))

let serial = 0
const someone = () => {
  serial += 1
  return `person${serial}@example.org`
}
const invite = async (facts: Partial<Invitation> = {}) => {
  const { token } = await inviteStaff(deps(), { email: someone(), role: 'auditor', ...facts })
  return signInUrl('', token)
}
const get = (cookie: string, url: string) => app.inject({ url, headers: { cookie, 'accept-language': 'en' } })
const post = (cookie: string, url: string, fields: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    headers: { cookie, ...OWN, 'accept-language': 'en', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
const cookieOf = (response: { headers: Record<string, unknown> }) =>
  String(response.headers['set-cookie'] ?? '').split(';')[0] ?? ''

const digits = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() })

/** Follows an invitation by reading the pages, as a person with an authenticator does. */
const enrol = async (email: string, facts: Partial<Invitation> = {}) => {
  const entered = await post('', await invite({ email, ...facts }))
  const early = cookieOf(entered)
  const page = await get(early, String(entered.headers.location))
  const secret = /<code dir="ltr">([A-Z2-7 ]+)<\/code>/.exec(page.payload)?.[1]?.replaceAll(' ', '') ?? ''
  const done = await post(early, '/console/enrol', { password: PASSWORD, code: digits(secret) })
  const codes = [...done.payload.matchAll(/<code>([0-9a-f-]{19})<\/code>/g)].map(([, code]) => code ?? '')
  return { email, early, secret, codes, cookie: cookieOf(done), status: done.statusCode }
}
const signIn = (email: string, code: string, password = PASSWORD) =>
  post('', '/console/sign-in', { email, password, code })
const isIn = async (cookie: string) => (await get(cookie, '/console')).statusCode === 200

describe('an invitation', () => {
  it('leads to a password and a second factor, and only then to the desk', async () => {
    const person = await enrol(someone())
    expect(person).toMatchObject({ status: 200, codes: { length: 10 } })
    expect(person.cookie).not.toBe(person.early)
    expect(await isIn(person.cookie)).toBe(true)
    expect(await isIn(person.early)).toBe(false)
  })
  it('gives no right to any page before that', async () => {
    const early = cookieOf(await post('', await invite({ role: 'ministry-supervisor' })))
    for (const url of ['/console', '/console/members', '/console/account', '/console/ledger'])
      expect((await get(early, url)).headers.location, url).toBe('/console/sign-in')
  })
  it('opens once, within 72 hours', async () => {
    const link = await invite()
    const tries = await Promise.all(Array.from({ length: 10 }, () => post('', link)))
    expect(tries.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1)
    const late = await invite()
    pass(72 * 60)
    expect((await post('', late)).statusCode).toBe(410)
  })
  it.each([
    ['a short password', 'court', undefined, 'too short'],
    ['the mailbox as password', 'person999 person999', undefined, 'too short'],
    ['wrong digits', PASSWORD, '000000', 'Wrong code'],
  ])('says what is wrong: %s', async (_, password, code, words) => {
    const entered = await post('', await invite({ email: 'person999@example.org' }))
    const early = cookieOf(entered)
    const page = await get(early, '/console/enrol')
    const secret = /<code dir="ltr">([A-Z2-7 ]+)<\/code>/.exec(page.payload)?.[1]?.replaceAll(' ', '') ?? ''
    const answer = await post(early, '/console/enrol', { password, code: code ?? digits(secret) })
    expect(answer.statusCode).toBe(400)
    expect(answer.payload).toContain(words)
  })
  it('asks for a body where the role belongs to one', async () => {
    for (const role of ['manager', 'agent', 'trainee', 'clerk'] as const)
      await expect(invite({ role })).rejects.toMatchObject({ code: 'validation' })
  })
  it('a link that signs in by itself is over after fifteen minutes', async () => {
    const link = await invite({ opens: 'session' })
    pass(15)
    expect((await post('', link)).statusCode).toBe(410)
  })
})

describe('signing in', () => {
  it('takes password and digits together, and the digits once', async () => {
    const { email, secret } = await enrol(someone())
    pass(1)
    const code = digits(secret)
    const first = await signIn(email, code)
    expect([first.statusCode, first.headers.location]).toEqual([303, '/console'])
    expect(cookieOf(first)).toMatch(/^__Host-wasl-staff=[\w-]{43}$/)
    expect((await signIn(email, code)).statusCode).toBe(401)
  })
  it('takes digits and a recovery code once, of many at the same moment too', async () => {
    const { email, secret, codes } = await enrol(someone())
    pass(1)
    for (const code of [digits(secret), codes[0] ?? '']) {
      const tries = await Promise.all(Array.from({ length: 4 }, () => signIn(email, code)))
      expect(tries.map(({ statusCode }) => statusCode).toSorted()).toEqual([303, 401, 401, 401])
    }
  })
  it('gives a new identity, whatever cookie was planted, and goes nowhere else', async () => {
    const { email, secret } = await enrol(someone())
    pass(1)
    const planted = `__Host-wasl-staff=${'p'.repeat(43)}`
    const fields = { email, password: PASSWORD, code: digits(secret), next: '//evil.example' }
    const entered = await post(
      planted,
      '/console/sign-in?next=https://evil.example&back=//evil.example',
      fields,
    )
    expect([entered.statusCode, entered.headers.location]).toEqual([303, '/console'])
    expect(cookieOf(entered)).not.toBe(planted)
    expect([await isIn(planted), await isIn(cookieOf(entered))]).toEqual([false, true])
  })
  it('tells a wrong address, password and code alike', async () => {
    const { email, secret } = await enrol(someone())
    pass(1)
    const answers = [
      await signIn('nobody@example.org', digits(secret)),
      await signIn(email, digits(secret), 'not the password at all'),
      await signIn(email, '123456'),
      await signIn(email, ''),
    ]
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([401]))
    const bare = answers.map(({ payload }) => payload.replace(/value="[^"]*"/g, ''))
    expect(new Set(bare).size).toBe(1)
    expect(answers.every((answer) => answer.headers['set-cookie'] === undefined)).toBe(true)
  })
  it('takes each recovery code once, however it is typed', async () => {
    const { email, codes } = await enrol(someone())
    const code = ` ${codes[0]?.toUpperCase().replaceAll('-', ' ')}`
    expect((await signIn(email, code)).statusCode).toBe(303)
    expect((await signIn(email, code)).statusCode).toBe(401)
    expect((await signIn(email, codes[1] ?? '')).statusCode).toBe(303)
  })
  it('stops guessing after ten wrong tries in a quarter of an hour', async () => {
    const { email, secret } = await enrol(someone())
    for (let n = 0; n < 10; n += 1)
      expect((await signIn(email, '000000', 'wrong wrong wrong')).statusCode).toBe(401)
    expect((await signIn(email, digits(secret))).statusCode).toBe(429)
    pass(16)
    expect((await signIn(email, digits(secret))).statusCode).toBe(303)
  }, 20_000)
  it('keeps no password, secret or code in the clear', async () => {
    const { email, secret, codes } = await enrol(someone())
    const rows = await open.db.sql`
      select m.*, (select json_agg(r) from recovery_codes r where r.staff_id = m.id) as codes,
             (select json_agg(s) from staff_sessions s where s.staff_id = m.id) as sessions
      from staff_members m where email = ${email}`
    const kept = JSON.stringify(rows)
    expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
    for (const clear of [PASSWORD, secret, ...codes]) expect(kept).not.toContain(clear)
  })
})

describe('a session', () => {
  const opened = async () => cookieOf(await post('', await invite({ opens: 'session' })))

  it('ends after thirty idle minutes, and lives on while it is used', async () => {
    const cookie = await opened()
    for (let i = 0; i < 3; i += 1) {
      pass(29)
      expect(await isIn(cookie)).toBe(true)
    }
    pass(31)
    expect(await isIn(cookie)).toBe(false)
  })
  it('is not kept alive by a page that was left open', async () => {
    const cookie = await opened()
    for (let i = 0; i < 2; i += 1) {
      const asked = await app.inject({ url: '/console', headers: { cookie, 'sec-fetch-dest': 'empty' } })
      expect(asked.statusCode).toBe(200)
      pass(20)
    }
    expect(await isIn(cookie)).toBe(false)
  })
  it('ends twelve hours after it began, used or not', async () => {
    const cookie = await opened()
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect(await isIn(cookie)).toBe(true)
      pass(20)
    }
    expect(await isIn(cookie)).toBe(false)
  })
  it('is dead at once after signing out, disabling and a change of role', async () => {
    const email = someone()
    const enter = async () => cookieOf(await post('', await invite({ email, opens: 'session' })))
    const first = await enter()
    await post(first, '/console/sign-out')
    expect(await isIn(first)).toBe(false)
    const second = await enter()
    await inviteStaff(deps(), { email, role: 'triage' })
    expect(await isIn(second)).toBe(false)
    const third = await enter()
    const chief = cookieOf(await post('', await invite({ role: 'ministry-supervisor', opens: 'session' })))
    const [member] = await open.db.sql`select id from staff_members where email = ${email}`
    expect((await post(chief, `/console/members/${member?.['id']}/disable`)).statusCode).toBe(303)
    expect(await isIn(third)).toBe(false)
    await expect(invite({ email })).rejects.toMatchObject({ code: 'forbidden' })
  })
  it('can be ended from another one, which a change of password does too', async () => {
    const { email, secret, cookie } = await enrol(someone())
    const other = async () => {
      pass(1)
      return cookieOf(await signIn(email, digits(secret)))
    }
    const second = await other()
    const [, id] =
      /sessions\/([0-9a-f-]{36})\/end/.exec((await get(cookie, '/console/account')).payload) ?? []
    await post(cookie, `/console/account/sessions/${id}/end`)
    expect([await isIn(second), await isIn(cookie)]).toEqual([false, true])
    const third = await other()
    const wanted = 'une autre phrase pour mardi'
    expect((await post(cookie, '/console/account/password', { password: 'wrong', wanted })).statusCode).toBe(
      400,
    )
    await post(cookie, '/console/account/password', { password: PASSWORD, wanted })
    expect([await isIn(third), await isIn(cookie)]).toEqual([false, true])
    pass(1)
    expect((await signIn(email, digits(secret))).statusCode).toBe(401)
    expect((await signIn(email, digits(secret), wanted)).statusCode).toBe(303)
  })
})

describe('who works at the desk', () => {
  const chiefOf = async (role: Invitation['role'], administrationCode?: string) =>
    cookieOf(
      await post(
        '',
        await invite({ role, opens: 'session', ...(administrationCode ? { administrationCode } : {}) }),
      ),
    )

  it('is invited from a page, whose link leads to enrolment', async () => {
    const chief = await chiefOf('ministry-supervisor')
    const page = await post(chief, '/console/members', {
      email: someone(),
      role: 'agent',
      administration: 'sante',
    })
    const link = /https:\/\/wasl\.test(\/console\/sign-in\/[\w-]{43})/.exec(page.payload)?.[1] ?? ''
    expect((await post('', link)).headers.location).toBe('/console/enrol')
  })
  it('a manager reaches the own body and its units, and nobody else', async () => {
    const manager = await chiefOf('manager', 'SANTE')
    const wish = (role: string, administration: string, email = someone()) =>
      post(manager, '/console/members', { email, role, administration })
    expect((await wish('agent', 'SANTE')).statusCode).toBe(200)
    expect((await wish('agent', 'ONEE')).statusCode).toBe(404)
    // None named means the own one, and nobody of the ministry belongs there.
    expect((await wish('ministry-supervisor', '')).statusCode).toBe(403)
    expect((await wish('triage', 'SANTE')).statusCode).toBe(403)
    const stranger = someone()
    await invite({ email: stranger, role: 'agent', administrationCode: 'ONEE' })
    expect((await wish('agent', 'SANTE', stranger)).statusCode).toBe(404)
    expect((await get(manager, '/console/members')).payload).not.toContain(stranger)
    const [other] = await open.db.sql`select id from staff_members where email = ${stranger}`
    expect((await post(manager, `/console/members/${other?.['id']}/disable`)).statusCode).toBe(404)
  })
  it('an agent invites nobody', async () => {
    const agent = await chiefOf('agent', 'SANTE')
    expect((await get(agent, '/console/members')).statusCode).toBe(403)
    expect(
      (await post(agent, '/console/members', { email: someone(), role: 'agent', administration: 'SANTE' }))
        .statusCode,
    ).toBe(403)
  })
})
