import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { closeSession, findSession, inviteStaff, openSession } from '../../src/staff/sign-in.ts'
import { openTestDatabase } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let now: Date
const MINUTE = 60_000
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * MINUTE)
}
const deps = () => ({ db: open.db, clock: { now: () => now }, newId: newUuidV7 })
const invite = (email = 'a@example.org') => inviteStaff(deps(), { email, role: 'auditor' })
const signIn = async (email?: string) => (await openSession(deps(), (await invite(email)).token))?.token ?? ''

beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())
beforeEach(() => {
  now = new Date('2026-11-21T10:00:00Z')
})

describe('a sign-in link', () => {
  it('opens one session', async () => {
    const { token } = await invite()
    const tries = await Promise.all(Array.from({ length: 10 }, () => openSession(deps(), token)))
    expect(tries.filter((session) => session !== undefined)).toHaveLength(1)
  })
  it('is over after fifteen minutes', async () => {
    const { token } = await invite()
    pass(15)
    expect(await openSession(deps(), token)).toBeUndefined()
  })
  it('is not stored as it is', async () => {
    const { token } = await invite()
    const [row] = await open.db
      .sql`select count(*)::int as n from sign_in_links where token_sha256 = ${token}`
    expect(row?.['n']).toBe(0)
  })
  it('asks for a body where the role belongs to one', async () => {
    const wish = inviteStaff(deps(), { email: 'b@example.org', role: 'agent' })
    await expect(wish).rejects.toMatchObject({ code: 'validation' })
  })
})

describe('a session', () => {
  it('knows its member', async () => {
    const session = await findSession(deps(), await signIn('c@example.org'))
    expect(session).toMatchObject({
      email: 'c@example.org',
      actor: { role: 'auditor', administrationId: null },
    })
  })
  it('ends after thirty idle minutes, and lives on while it is used', async () => {
    const token = await signIn()
    for (let i = 0; i < 3; i += 1) {
      pass(29)
      expect(await findSession(deps(), token)).toBeDefined()
    }
    pass(31)
    expect(await findSession(deps(), token)).toBeUndefined()
  })
  it('ends twelve hours after it began, used or not', async () => {
    const token = await signIn()
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect(await findSession(deps(), token)).toBeDefined()
      pass(20)
    }
    expect(await findSession(deps(), token)).toBeUndefined()
  })
  it('is dead at once after signing out, disabling or a change of role', async () => {
    const first = await signIn('d@example.org')
    const session = await findSession(deps(), first)
    await closeSession(deps(), session?.sessionId ?? '')
    expect(await findSession(deps(), first)).toBeUndefined()

    const second = await signIn('d@example.org')
    await inviteStaff(deps(), { email: 'd@example.org', role: 'triage' })
    expect(await findSession(deps(), second)).toBeUndefined()

    const third = await signIn('d@example.org')
    await open.db.sql`update staff_members set disabled_at = now() where email = 'd@example.org'`
    expect(await findSession(deps(), third)).toBeUndefined()
    await expect(invite('d@example.org')).rejects.toMatchObject({ code: 'forbidden' })
  })
})
