import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { createSingleSignOn } from '../../src/platform/oidc.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { startOidcProvider } from '../support/oidc-provider.ts'

const CLIENT = { id: 'wasl', secret: 'a client secret' }

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let provider: Awaited<ReturnType<typeof startOidcProvider>>
beforeAll(async () => {
  open = await openTestDatabase()
  provider = await startOidcProvider(CLIENT)
  const sso = createSingleSignOn({
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
  })
  desk = await openDesk(open.db, undefined as never, 'https://wasl.test', {}, () => {}, { sso })
  const deps = { db: open.db, clock: systemClock, newId: newUuidV7 }
  for (const email of ['amina@sante.ma', 'parti@sante.ma'])
    await inviteStaff(deps, { email, role: 'auditor' })
  await open.db.sql`update staff_members set disabled_at = now() where email = 'parti@sante.ma'`
})
afterAll(async () => {
  await desk.close()
  await provider.close()
  await open.close()
})
beforeEach(() => {
  provider.state.forges = false
  provider.state.claims = { email: 'Amina@sante.ma', email_verified: true, amr: ['pwd', 'otp'] }
})

const cookieIn = (answer: { headers: Record<string, unknown> }, name: string) =>
  [answer.headers['set-cookie']]
    .flat()
    .map(String)
    .find((one) => one.includes(name))
    ?.split(';')[0] ?? ''

/** Leaves for the provider; gives the cookie kept and where the provider sends the person back to. */
const leave = async () => {
  const answer = await desk.app.inject({ url: '/console/sso' })
  expect(answer.statusCode).toBe(303)
  return {
    cookie: cookieIn(answer, 'wasl-sso'),
    back: provider.authorize(String(answer.headers['location'])),
  }
}
const comeBack = (back: URL, cookie: string) =>
  desk.app.inject({
    url: back.pathname + back.search,
    headers: { cookie, 'sec-fetch-site': 'cross-site', 'accept-language': 'fr' },
  })

describe('single sign-on', () => {
  it('is offered on the sign-in page', async () => {
    const page = await desk.app.inject({ url: '/console/sign-in', headers: { 'accept-language': 'fr' } })
    expect(page.payload).toMatch(/href="\/console\/sso">Entrer avec le compte/)
  })

  it('lets in whom the desk invited, by a step of our own page, and tells the audit how', async () => {
    const { cookie, back } = await leave()
    const entered = await comeBack(back, cookie)
    expect(entered.statusCode).toBe(200)
    expect(entered.payload).toContain('url=/console')
    const session = cookieIn(entered, 'wasl-staff')
    expect(String(entered.headers['set-cookie'])).toMatch(
      /__Host-wasl-staff=[\w-]{43};.*HttpOnly; SameSite=Strict; Secure/,
    )
    expect((await desk.app.inject({ url: '/console', headers: { cookie: session } })).statusCode).toBe(200)
    const [audited] = await open.db.sql`
      select facts from audit_entries where action = 'staff.sign_in' order by at desc limit 1`
    expect(audited?.['facts']).toEqual({ by: 'oidc', methods: ['pwd', 'otp'] })
  })

  it('keeps the verifier from whoever reads the cookie', async () => {
    const { cookie } = await leave()
    expect(Buffer.from(decodeURIComponent(cookie), 'base64').toString()).not.toContain('verifier')
  })

  it.each([
    [
      'an address nobody invited',
      () => (provider.state.claims = { ...provider.state.claims, email: 'x@y.ma' }),
    ],
    [
      'somebody who left',
      () => (provider.state.claims = { ...provider.state.claims, email: 'parti@sante.ma' }),
    ],
    [
      'an address that is not verified',
      () => (provider.state.claims = { ...provider.state.claims, email_verified: false }),
    ],
    ['a token signed by another key', () => (provider.state.forges = true)],
    [
      'a token for another client',
      () => (provider.state.claims = { ...provider.state.claims, aud: 'other' }),
    ],
    [
      'a token of another issuer',
      () => (provider.state.claims = { ...provider.state.claims, iss: 'https://evil.example' }),
    ],
    [
      'a token of another sign-in',
      () => (provider.state.claims = { ...provider.state.claims, nonce: 'old' }),
    ],
    ['an old token', () => (provider.state.claims = { ...provider.state.claims, exp: 1 })],
  ])('refuses %s', async (_, arrange) => {
    arrange()
    const { cookie, back } = await leave()
    const answer = await comeBack(back, cookie)
    expect(answer.statusCode).toBe(401)
    expect(cookieIn(answer, 'wasl-staff')).toBe('')
  })

  it('refuses a state, a code or a cookie of another sign-in, and a code twice', async () => {
    const [one, two] = [await leave(), await leave()]
    expect((await comeBack(one.back, two.cookie)).statusCode).toBe(401)
    expect((await comeBack(one.back, '')).statusCode).toBe(401)
    const swapped = new URL(two.back)
    swapped.searchParams.set('code', 'guess')
    expect((await comeBack(swapped, two.cookie)).statusCode).toBe(401)
    const third = await leave()
    expect((await comeBack(third.back, third.cookie)).statusCode).toBe(200)
    expect((await comeBack(third.back, third.cookie)).statusCode).toBe(401)
  })
})

describe('its configuration', () => {
  const OIDC = { OIDC_ISSUER: 'https://sso.example', OIDC_CLIENT_ID: 'wasl', OIDC_CLIENT_SECRET: 'x' }
  it.each([
    ['one alone', { OIDC_ISSUER: OIDC.OIDC_ISSUER }, 'OIDC_CLIENT_ID'],
    ['no URL', { ...OIDC, OIDC_ISSUER: 'sso' }, 'OIDC_ISSUER'],
    ['no TLS elsewhere', { ...OIDC, OIDC_ISSUER: 'http://sso.example' }, 'OIDC_ISSUER'],
  ])('is refused by name: %s', (_, env, variable) => {
    expect(() => readConfig(env)).toThrow(ConfigError)
    expect(() => readConfig(env)).toThrow(variable)
  })
  it('is the three together, or off', () => {
    expect(readConfig(OIDC).oidc?.clientId).toBe('wasl')
    expect(readConfig({}).oidc).toBeUndefined()
  })
})
