import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '../../src/staff/tokens.ts'
import { startReferralHouse } from '../support/referrals.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
beforeAll(async () => {
  house = await startReferralHouse()
})
afterAll(() => house.close())

const listed = async (query = '') =>
  (await house.app.inject({ url: `/api/v1/administrations${query}` })).json()
const hook = (url: string, more = {}) => ({ connectors: [{ type: 'webhook', url, ...more }] })

describe('putting a body', () => {
  const form = {
    names: { ar: 'وزارة الصحة', fr: 'Ministère de la Santé' },
    keywords: ['hôpital'],
    services: [{ code: 'URG', names: { fr: 'Urgences' } }],
    connectors: [
      { type: 'webhook', url: 'https://sante.example/hook' },
      { type: 'email', address: 'bureau@sante.example' },
    ],
  }

  it('creates it once and shows its secrets once', async () => {
    const created = await house.put('SANTE', form)
    expect(created).toMatchObject({
      status: 201,
      body: {
        code: 'SANTE',
        created: true,
        parent: null,
        token: expect.stringMatching(/^wasl_[\w-]{43}$/),
        connectors: [
          { type: 'webhook', url: 'https://sante.example/hook', secret: expect.stringMatching(/^whsec_/) },
          { type: 'email', address: 'bureau@sante.example', language: 'fr' },
        ],
      },
    })
    const again = await house.put('SANTE', form)
    expect(again).toMatchObject({ status: 200, body: { created: false } })
    expect(JSON.stringify(again.body)).not.toMatch(/whsec_|wasl_/)
    expect(again.body.connectors[0].id).toBe(created.body.connectors[0].id)
    const kept = await house.db
      .sql`select sealed_secrets::text as sealed, settings::text as settings from connectors`
    expect(JSON.stringify(kept)).not.toContain(created.body.connectors[0].secret)
  })

  it('rotates a secret and keeps the older one beside it; replaces a token', async () => {
    const first = (await house.put('ROTATE', hook('https://r.example/h'))).body
    const second = (
      await house.put('ROTATE', { ...hook('https://r.example/h', { rotate: true }), rotateToken: true })
    ).body
    expect(second.connectors[0].secret).not.toBe(first.connectors[0].secret)
    const [row] = await house.db
      .sql`select cardinality(sealed_secrets) as count from connectors where id = ${first.connectors[0].id}`
    expect(row).toEqual({ count: 2 })
    expect((await house.call(first.token, 'GET', '/api/v1/referrals')).status).toBe(401)
    expect((await house.call(second.token, 'GET', '/api/v1/referrals')).status).toBe(200)
  })

  it('replaces what is given and leaves what is not', async () => {
    await house.put('LISTS', {
      ...hook('https://l.example/1'),
      services: [{ code: 'A', names: {} }],
      keywords: ['k'],
    })
    const second = (await house.put('LISTS', { services: [{ code: 'B', names: {} }] })).body
    expect(second).toMatchObject({ services: [{ code: 'B' }], connectors: [{ url: 'https://l.example/1' }] })
    const third = (await house.put('LISTS', hook('https://l.example/2'))).body
    expect(third.connectors).toMatchObject([{ url: 'https://l.example/2', secret: expect.anything() }])
    expect((await house.put('LISTS', { connectors: [] })).body.connectors).toEqual([])
  })

  it('keeps the tree a tree', async () => {
    await house.put('TOP')
    expect((await house.put('MIDDLE', { parent: 'TOP' })).body.parent).toBe('TOP')
    await house.put('LOW', { parent: 'MIDDLE' })
    for (const [code, parent, expected] of [
      ['TOP', 'LOW', 'validation'],
      ['TOP', 'TOP', 'validation'],
      ['TOP', 'NOWHERE', 'administration_unknown'],
    ] as const)
      expect((await house.put(code, { parent })).body.code).toBe(expected)
    expect((await house.put('LOW', { parent: null })).body.parent).toBeNull()
  })

  it.each([
    ['a private address', hook('https://10.0.0.1/'), 'address_forbidden'],
    ['the metadata service', hook('https://169.254.169.254/'), 'address_forbidden'],
    ['plain HTTP to the Internet', hook('http://8.8.8.8/'), 'address_forbidden'],
    ['another scheme', hook('file:///etc/passwd'), 'address_forbidden'],
    ['no address', hook('nonsense'), 'validation'],
    ['an unknown type', { connectors: [{ type: 'pigeon' }] }, 'validation'],
    [
      'one destination twice',
      { connectors: [...hook('https://t.example/').connectors, ...hook('https://t.example/').connectors] },
      'validation',
    ],
    ['no name', { names: {} }, 'validation'],
  ])('refuses %s and writes nothing', async (_label, form, code) => {
    const answer = await house.put('REFUSED', form)
    expect([answer.status, answer.body.code]).toEqual([400, code])
    expect(await house.db.sql`select from administrations where code = 'REFUSED'`).toHaveLength(0)
  })

  it.each(['triage', 'auditor', 'body', 'manager', 'agent'] as const)('is not for %s', async (role) => {
    const { token } = await createToken(house.base, { role, administrationCode: 'SANTE' })
    const answer = await house.call(token, 'PUT', '/api/v1/staff/administrations/OTHER', {
      names: { fr: 'x' },
    })
    expect(answer.status).toBe(403)
  })

  it('creates one body when two put it at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => house.put('TWICE', hook('https://w.example/'))))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201])
    expect(answers.filter(({ body }) => body.token)).toHaveLength(1)
  })

  it('is in the audit', async () => {
    const rows = await house.db
      .sql`select distinct subject from audit_entries where action = 'administration.write'`
    expect(rows.map(({ subject }) => subject)).toContain('SANTE')
  })
})

describe('the public list', () => {
  it('finds by what people type, in their language, at once after a change', async () => {
    expect(await listed('?q=sante&lang=ar')).toEqual([
      {
        code: 'SANTE',
        name: 'وزارة الصحة',
        parent: null,
        outside: false,
        anonymousAllowed: true,
        services: [{ code: 'URG', name: 'Urgences' }],
      },
    ])
    expect((await listed('?q=الصحه')).map(({ code }: { code: string }) => code)).toEqual(['SANTE'])
    await house.put('PORTS', { names: { fr: 'Agence des ports' } })
    expect((await listed('?q=ports')).map(({ code }: { code: string }) => code)).toEqual(['PORTS'])
    await house.put('PORTS', { names: { fr: 'Agence des ports' }, state: 'suspended' })
    expect(await listed('?q=ports')).toEqual([])
  })

  it('lists all when nothing is typed', async () => {
    const all = await listed()
    expect(all.length).toBeGreaterThan(5)
    expect(all[0]).toMatchObject({
      code: expect.any(String),
      name: expect.any(String),
      services: expect.any(Array),
    })
  })
})
