import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { AnySchema } from 'ajv'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDirectory } from '../../src/administrations/directory.ts'
import { administrationRoutes } from '../../src/http/api/administrations.ts'
import { docsRoutes } from '../../src/http/api/docs.ts'
import { referralRoutes } from '../../src/http/api/referrals.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'
import { expectDescribed } from '../support/described.ts'

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly object[]
  readonly responses?: Readonly<Record<string, { content?: Record<string, { schema: AnySchema }> }>>
}
interface Described {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

const BYTES = Buffer.from('bytes')
const SHA256 = createHash('sha256').update(BYTES).digest('hex')

let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let spec: { paths: Record<string, Record<string, Operation>>; components: object }
let described: Described[]
let reference: string
const tokens: Record<string, string> = {}
const texted: string[] = []

beforeAll(async () => {
  open = await openTestDatabase()
  const { db } = open
  const base = {
    db,
    clock: systemClock,
    newId: newUuidV7,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    store: { get: async () => Readable.from([BYTES]) } as never,
  }
  await seedAdministrations(base)
  app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  const { accept, acceptWithin } = await acceptanceOver(db)
  staffApi(app, {
    ...base,
    work: { suggest: async () => [] } as never,
    counter: {
      accept,
      findUploads: async () => [],
      administration: async (code) => (code === 'SANTE' ? { anonymousAllowed: false } : undefined),
      receiptToken: (id) => id,
      textReceipt: async (_complaint, phone) => texted.push(phone) > 0,
    },
    reports: {
      origins: ['file'],
      render: { paper: async () => ({ name: 'r.pdf', type: 'application/pdf', bytes: BYTES }) } as never,
    },
    joining: { acceptPractice: acceptWithin, connectors: {} },
  })
  await administrationRoutes(app, { ...base, connectors: {}, directory: createDirectory({ db }) })
  await referralRoutes(app, base)
  docsRoutes(app)
  await app.ready()
  spec = (await app.inject({ url: '/api/openapi.json' })).json()
  described = Object.entries(spec.paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
  const media = [
    { id: newUuidV7(), name: 'a', declaredType: 'a/b', bytes: BYTES.length, sha256: SHA256, objectKey: 'k' },
  ]
  const contact = { name: 'Zineb', phone: '+212600000001' }
  const filed = await accept(submissionOf({ contact, media, raw: { type: 'a/b', body: BYTES } }))
  reference = filed.reference
  await db.sql`insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${filed.complaintId}, 1, id, 'delivered', now(), now() from administrations where code = 'SANTE'`
  await db.sql`update complaints set status = 'formal_review',
    administration_id = (select id from administrations where code = 'SANTE') where id = ${filed.complaintId}`
  await db.sql`insert into affiliations (administration_id, contact_name, contact_email, requested_at)
    select id, 'Amina', 'chef@sante.example', now() from administrations where code = 'SANTE'`
  for (const [name, role, administrationCode] of [
    ['ministry', 'ministry-supervisor', undefined],
    ['own', 'manager', 'SANTE'],
    ['other', 'manager', 'ONEE'],
    ['trainee', 'trainee', 'SANTE'],
    ['clerk', 'clerk', 'SANTE'],
    ['otherClerk', 'clerk', 'ONEE'],
    ['body', 'body', 'SANTE'],
    ['otherBody', 'body', 'ONEE'],
  ] as const)
    tokens[name] = (
      await createToken(base, { role, ...(administrationCode ? { administrationCode } : {}) })
    ).token
  await oneOfEach(base)
})
afterAll(async () => {
  await app.close()
  await open.close()
})

/** Where an address holds an id, whose it is: the first that fits. */
const HOLDERS_OF_IDS = [
  ['/raw/', 'submissions'],
  ['/media/', 'media_assets'],
  ['/quarantine/', 'quarantine'],
  ['/templates/', 'answer_templates'],
  ['/reports/builds/', 'report_builds'],
  ['/reports/', 'reports'],
  ['/referrals/', 'referrals'],
] as const
const ids = new Map<string, string>()

/** One of everything that is read by its id. */
const oneOfEach = async (base: Parameters<typeof createToken>[0]): Promise<void> => {
  const { sql } = open.db
  await sql`update media_assets set scan = 'clean'`
  await sql`insert into quarantine (id, channel, external_id, received_at, reason, raw_type, raw_sha256, raw_bytes, raw_body)
    values (${newUuidV7()}, 'web', 'q', now(), 'not JSON', 'a/b', ${SHA256}, ${BYTES.length}, ${BYTES})`
  await refreshCells({ ...base, officeZone: 'Africa/Casablanca', origins: ['file'] })
  const put = (method: 'PUT' | 'POST', url: string, payload: object, headers = {}) =>
    app.inject({
      method,
      url: `/api/v1/staff/${url}`,
      headers: { authorization: `Bearer ${tokens['own']}`, ...headers },
      payload,
    })
  await put('PUT', 'templates', { act: 'answer', language: 'fr', name: 'Mot', text: 'Bonjour.' })
  await put('POST', 'reports', { year: 2025, administration: 'SANTE' })
  await put('POST', 'reports', { year: 2024, administration: 'SANTE' }, { prefer: 'respond-async' })
  for (const [place, table] of HOLDERS_OF_IDS) {
    const [row] = await sql<{ id: string }[]>`select id from ${sql(table)} limit 1`
    ids.set(place, row?.id ?? `no ${table}`)
  }
}

const isStaff = ({ path }: Described) => path.startsWith('/api/v1/staff')
const isReferral = ({ path }: Described) => path.startsWith('/api/v1/referrals')
const ofComplaint = ({ path }: Described) => path.includes('/complaints/{reference}')

/** A body that every act of the API takes, whatever its schema wants: unknown members are passed over. */
const SAID = {
  administration: 'ONEE',
  reason: 'reach',
  question: 'Quel jour ?',
  text: 'Bonjour',
  remark: 'Relisez',
  to: null,
  checks: { ours: true, public_service: true, no_court: true, understandable: true, new: true },
  ground: 'before_court',
  duplicateOf: '2612345674',
  original: '2612345674',
}

/** What a question cannot do without. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/v1/staff/indicators/list': '?measure=received&kind=all',
}

const call = ({ path, method }: Described, token?: string) => {
  const url = `${path}${QUERIES[path] ?? ''}`
    .replace('{reference}', reference)
    .replace(
      '{id}',
      ids.get(HOLDERS_OF_IDS.find(([place]) => path.includes(place))?.[0] ?? '') ?? newUuidV7(),
    )
    .replace('{code}', 'SANTE')
    .replace('{year}', '2025')
    .replace('{language}', 'fr')
    .replace(/\{\w+\}/g, newUuidV7())
  return app.inject({
    method: method.toUpperCase() as 'GET',
    url,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(method === 'get' ? {} : { payload: SAID }),
  })
}

describe('the description', () => {
  it('says of each operation what it is and what it answers', () => {
    expect(described.length).toBeGreaterThan(35)
    for (const { path, method, operation } of described) {
      expect(operation.summary?.length, `${method} ${path}`).toBeGreaterThan(8)
      expect(operation.tags?.length, `${method} ${path}`).toBe(1)
    }
  })

  it('is what is really answered to each question, and no member more', async () => {
    const ofBody = /joining$|\/templates\/\{id\}/
    for (const one of described.filter(({ method }) => method === 'get')) {
      const who = isReferral(one) ? 'body' : ofBody.test(one.path) ? 'own' : 'ministry'
      const answer = await call(one, tokens[who])
      const [[type = '', { schema } = {}] = []] = Object.entries(
        one.operation.responses?.['200']?.content ?? {},
      )
      expect([one.path, answer.statusCode, answer.headers['content-type']?.split(';')[0]]).toEqual([
        one.path,
        200,
        type,
      ])
      if (type === 'application/json') expectDescribed(spec, one.path, schema, answer.json())
      else expect([one.path, answer.rawPayload.length]).toEqual([one.path, BYTES.length])
    }
  })

  it('says how each refuses, and which ask for a token', async () => {
    const refused = (one: Described) =>
      one.operation.responses?.['default']?.content?.['application/problem+json']
    for (const one of described) {
      expect(refused(one)?.schema, one.path).toBeDefined()
      expect(one.operation.security, one.path).toEqual(
        isStaff(one) || isReferral(one) ? [{ bearer: [] }] : undefined,
      )
    }
    const inbox = described.find(({ path }) => path === '/api/v1/staff/inbox')!
    for (const token of [undefined, tokens['clerk']])
      expectDescribed(spec, inbox.path, refused(inbox)?.schema, (await call(inbox, token)).json())
  })

  it('tells what was done to many, and takes it back', async () => {
    const act = (deed: string, payload: object) =>
      app.inject({
        method: 'POST',
        url: `/api/v1/staff/inbox/${deed}`,
        headers: { authorization: `Bearer ${tokens['own']}` },
        payload,
      })
    for (const [deed, said] of [
      ['assign', { to: null }],
      ['transfer', { administration: 'ONEE', reason: 'Compteurs' }],
    ] as const) {
      const { summary, responses } = spec.paths[`/api/v1/staff/inbox/${deed}`]?.['post'] ?? {}
      const answer = await act(deed, { references: [reference, '2612345674'], ...said })
      expectDescribed(spec, deed, responses?.['200']?.content?.['application/json']?.schema, answer.json())
      expect([summary?.length, answer.json()]).toMatchObject([expect.any(Number), { done: 1 }])
      expect((await act(`${deed}/undo`, { undo: answer.json().undo })).statusCode).toBe(204)
    }
  })
})

describe('filing for somebody at the counter', () => {
  const SAID = { kind: 'complaint', text: 'Le guichet est fermé.', consent: true }
  const contact = { name: 'Zineb', phone: '06 12 34 56 78' }
  const fileAs = async (who: string, more: object = {}, key?: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/staff/complaints',
      headers: {
        authorization: `Bearer ${tokens[who]}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      payload: { ...SAID, ...more },
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  it('gives a clerk the numbers and the receipt to print, once for a key', async () => {
    const filed = await fileAs('clerk', { contact }, 'guichet-1')
    expect([filed.status, filed.body.sentBy, texted]).toEqual([201, ['sms'], ['+212612345678']])
    expect(filed.body.receiptPdfUrl).toBe(`${filed.body.receiptUrl}.pdf`)
    const { responses } = spec.paths['/api/v1/staff/complaints']?.['post'] ?? {}
    expectDescribed(spec, 'counter', responses?.['201']?.content?.['application/json']?.schema, filed.body)
    expect(await fileAs('clerk', { contact }, 'guichet-1')).toMatchObject({
      status: 200,
      body: { reference: filed.body.reference, accessCode: filed.body.accessCode },
    })
    const [row] = await open.db.sql`select c.channel, c.anonymous, a.actor from complaints c
      join audit_entries a on a.action = 'complaint.file' and a.subject = c.reference where c.reference = ${filed.body.reference}`
    expect(row).toMatchObject({
      channel: 'counter',
      anonymous: false,
      actor: expect.stringMatching(/^token:/),
    })
  })

  it('sends nobody the receipt of somebody else whose key was used again', async () => {
    const before = texted.length
    const next = { text: 'Autre chose.', contact: { phone: '06 98 76 54 32' } }
    expect((await fileAs('clerk', next, 'guichet-1')).body.code).toBe('idempotency_mismatch')
    expect(texted).toHaveLength(before)
    const elsewhere = await fileAs('otherClerk', {}, 'guichet-1')
    expect([elsewhere.status, elsewhere.body.sentBy]).toEqual([201, []])
  })

  it.each<[string, string, object, number, string]>([
    ['somebody without a counter', 'ministry', {}, 403, 'forbidden'],
    ['no consent', 'clerk', { consent: false }, 400, 'validation'],
    ['nothing said', 'clerk', { text: ' ' }, 400, 'text_or_media_required'],
    ['an office that does not exist', 'clerk', { administration: 'X' }, 422, 'administration_unknown'],
    ['nobody, where a name is wanted', 'clerk', { administration: 'SANTE' }, 422, 'anonymous_not_allowed'],
  ])('refuses %s', async (_, who, more, status, code) => {
    const { status: got, body } = await fileAs(who, more)
    expect([got, body.code]).toEqual([status, code])
  })
})

describe('every operation, tried from outside (P80)', () => {
  it('asks for a token', async () => {
    for (const one of described.filter((each) => isStaff(each) || isReferral(each)))
      for (const token of [undefined, 'wasl_wrong', tokens['ministry']?.replace(/.$/, '')]) {
        const answer = await call(one, token)
        expect([one.method, one.path, answer.statusCode]).toEqual([one.method, one.path, 401])
      }
  })

  it.each(['other', 'trainee', 'clerk', 'body'])(
    'keeps a complaint of another from %s, whatever is asked',
    async (who) => {
      const before = await stateNow()
      for (const one of described.filter(ofComplaint)) {
        const answer = await call(one, tokens[who])
        // 400, 415: the form of the question was refused before anybody looked.
        expect([403, 404, 400, 415], `${who} ${one.method} ${one.path}: ${answer.payload}`).toContain(
          answer.statusCode,
        )
        expect(answer.payload).not.toMatch(/Zineb|\+212600000001|guichet/)
      }
      expect(await stateNow()).toEqual(before)
    },
  )

  it('tells another body of a referral what it tells of one that does not exist', async () => {
    for (const one of described.filter((each) => isReferral(each) && each.path.includes('{id}'))) {
      const answer = await call(one, tokens['otherBody'])
      const nothing = await call({ ...one, path: one.path.replace('{id}', newUuidV7()) }, tokens['otherBody'])
      expect([one.path, answer.statusCode]).toEqual([one.path, nothing.statusCode])
      // 400, 415: refused before anybody looked.
      expect([404, 400, 415], one.path).toContain(answer.statusCode)
      expect(answer.json().code).toBe(nothing.json().code)
    }
    for (const one of described.filter(isReferral))
      expect((await call(one, tokens['ministry'])).statusCode, one.path).toBeGreaterThanOrEqual(400)
  })

  it('writes each try down', async () => {
    const [row] = await open.db.sql`
      select count(*)::int as n from audit_entries where action = 'denied' and subject = ${reference}`
    expect(row?.['n']).toBeGreaterThan(20)
  })
})

const stateNow = () =>
  open.db.sql`select status, round, administration_id, assignee_id, updated_at,
    (select count(*)::int from complaint_events) as events, (select count(*)::int from complaint_notes) as notes
    from complaints where reference = ${reference}`
