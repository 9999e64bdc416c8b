import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/core/object-store.ts'
import type { TokenRole } from '../../src/core/staff-role.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import type { Accept } from '../../src/intake/accept-submission.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'

const HEALTH = '019aa000-0000-7000-8000-00000000000a'
const HOSPITAL = '019aa000-0000-7000-8000-00000000000b'
const SCHOOLS = '019aa000-0000-7000-8000-00000000000c'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let accept: Accept
let app: FastifyInstance
let store: ObjectStore
let folder: string
const log: string[] = []
const done: unknown[] = []

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-staff-'))
  store = createFileStore({ folder })
  await open.db.sql`
    insert into administrations (id, code, parent_id, names, created_at, updated_at) values
    (${HEALTH}, 'SANTE', null, '{"fr": "Santé"}', now(), now()),
    (${HOSPITAL}, 'SANTE-FES', ${HEALTH}, '{"fr": "Hôpital de Fès"}', now(), now()),
    (${SCHOOLS}, 'EDUCATION', null, '{"fr": "Éducation"}', now(), now())`
  app = await createApp({
    logger: pino({}, { write: (line) => log.push(line) }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply, error) => reply.code(STATUS_OF[error.code]).send(error.code),
  })
  staffApi(app, {
    db: open.db,
    clock: systemClock,
    newId: newUuidV7,
    store,
    secrets: testSecrets,
    publicUrl: 'http://wasl.test',
    officeZone: 'Africa/Casablanca',
    work: {
      suggest: async () => [{ code: 'SANTE', names: { fr: 'Santé' }, service: undefined, score: 1 }],
      route: async (decision) => void done.push(['route', decision]),
      transfer: async (decision) => void done.push(['transfer', decision]),
      retryAsset: async (id) => void done.push(['retry', id]),
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

const tokenFor = async (role: TokenRole, administrationCode?: string): Promise<string> =>
  (
    await createToken(
      { db: open.db, clock: systemClock, newId: newUuidV7 },
      { role, ...(administrationCode ? { administrationCode } : {}) },
    )
  ).token

const call = async (token: string, url: string, body?: unknown) =>
  app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: `/api/v1/staff${url}`,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { payload: body as object }),
  })

const refer = async (complaintId: string, administrationId: string) => {
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, created_at, updated_at)
    values (${newUuidV7()}, ${complaintId}, 1, ${administrationId}, now(), now())`
  await open.db.sql`update complaints set administration_id = ${administrationId} where id = ${complaintId}`
}

const file = async (text: string, at: string, facts = {}) =>
  accept(submissionOf({ text, receivedAt: new Date(at), ...facts }))

describe('the list', () => {
  it('walks every complaint once by keyset, newest first, whatever arrives meanwhile', async () => {
    const token = await tokenFor('ministry-supervisor')
    const filed: string[] = []
    for (let i = 0; i < 7; i += 1)
      filed.push((await file(`liste ${i}`, `2026-05-0${i + 1}T08:00:00Z`, { channel: 'paging' })).reference)
    const seen: string[] = []
    let cursor = ''
    for (;;) {
      const page = (
        await call(token, `/complaints?channel=paging&limit=3${cursor && `&cursor=${cursor}`}`)
      ).json()
      seen.push(...page.items.map((item: { reference: string }) => item.reference))
      if (page.next === null) break
      cursor = page.next
      await file('arrives later', '2026-06-01T00:00:00Z', { channel: 'paging' })
    }
    expect(seen).toEqual(filed.toReversed())
  })

  it.each([
    ['a French word without its accents', 'hopital'],
    ['a French word without its ligature', 'OEUVRES'],
    ['two words in any order', 'Fès HÔPITAL'],
    ['an Arabic word without article and hamza', 'انارة'],
    ['digits of another script', '٤٢'],
    ['a word with the article and a comma after it', 'العمومية، الإنارة'],
  ])('finds %s', async (_, q) => {
    const token = await tokenFor('auditor')
    const text = 'Devant l’hôpital de Fès, salle 42, œuvres sociales — الإنارة، العمومية مطفأة'
    const { reference } = await file(text, '2026-03-01T08:00:00Z', { channel: 'search' })
    const page = (await call(token, `/complaints?channel=search&q=${encodeURIComponent(q)}`)).json()
    expect(page.items.map((item: { reference: string }) => item.reference)).toContain(reference)
    expect((await call(token, '/complaints?q=zzzznothing')).json().items).toEqual([])
  })

  it('finds a reference as people write it', async () => {
    const token = await tokenFor('triage')
    const { reference } = await file('par numéro', '2026-03-02T08:00:00Z')
    const written = `${reference.slice(0, 2)} ${reference.slice(2, 6)}-${reference.slice(6)}`
    const { items } = (await call(token, `/complaints?q=${encodeURIComponent(written)}`)).json()
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ reference, state: 'received', channel: 'web', text: 'par numéro' })
  })

  it.each([
    ['cursor=nonsense', 400],
    ['limit=1000', 400],
    ['state=unheard-of', 200],
  ])('answers %s with %i', async (query, status) => {
    const response = await call(await tokenFor('auditor'), `/complaints?${query}`)
    expect(response.statusCode).toBe(status)
  })
})

describe('one complaint', () => {
  it('gives the raw form bit for bit, as a download, and audits the opening', async () => {
    const token = await tokenFor('ministry-supervisor')
    const body = Buffer.from([0, 255, 13, 10, 0xd8, 0])
    const { reference } = await file('brut', '2026-03-03T08:00:00Z', {
      raw: { type: 'application/octet-stream', body },
    })
    const record = (await call(token, `/complaints/${reference}`)).json()
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(record.raw).toMatchObject([{ sha256, bytes: 6 }])
    const path = record.raw[0].url.replace('http://wasl.test/api/v1/staff', '')
    const download = await call(token, path)
    expect(download.rawPayload).toEqual(body)
    expect(download.headers).toMatchObject({
      'content-disposition': expect.stringMatching(/^attachment/),
      'x-content-type-options': 'nosniff',
    })
    const audit = await open.db
      .sql`select action from audit_entries where subject = ${reference} order by number`
    expect(audit.map(({ action }) => action)).toEqual(['complaint.read', 'complaint.raw'])
  })

  it('keeps an original back until it is scanned', async () => {
    const token = await tokenFor('ministry-supervisor')
    const put = await store.put('originals/x', Readable.from([Buffer.from('abc')]), { maxBytes: 10 })
    if (!put.ok) throw new Error('put')
    const id = newUuidV7()
    const { reference } = await file('fichier', '2026-03-04T08:00:00Z', {
      media: [
        { id, name: '../../x.mp3', declaredType: 'audio/mpeg', ...put.object, objectKey: put.object.key },
      ],
    })
    const url = `/complaints/${reference}/media/${id}/original`
    expect((await call(token, url)).statusCode).toBe(409)
    await open.db.sql`update media_assets set scan = 'clean' where id = ${id}`
    const download = await call(token, url)
    expect(download.payload).toBe('abc')
    expect(download.headers['content-disposition']).not.toContain('x.mp3')
  })

  it('has a transcript corrected by a person, and finds the recording by the new words', async () => {
    const id = newUuidV7()
    const { reference, complaintId } = await file('vocal', '2026-03-04T09:00:00Z', {
      media: [{ id, name: 'a', declaredType: 'audio/ogg', bytes: 1, sha256: 'ab', objectKey: newUuidV7() }],
    })
    const listening = newUuidV7()
    await open.db.sql`
      insert into administrations (id, code, names, created_at, updated_at)
      values (${listening}, 'ECOUTE', '{"fr": "Écoute"}', now(), now())`
    await refer(complaintId, listening)
    await open.db
      .sql`insert into transcripts (asset_id, text, source, created_at) values (${id}, 'guichet', 'machine', now())`
    const correct = async (token: string) => {
      const answer = await app.inject({
        method: 'PUT',
        url: `/api/v1/staff/complaints/${reference}/media/${id}/transcript`,
        headers: { authorization: `Bearer ${token}` },
        payload: { text: 'le guichet quatorze' },
      })
      return answer.statusCode
    }
    const agent = await tokenFor('agent', 'ECOUTE')
    const heard = async () => (await call(agent, `/complaints/${reference}`)).json().media[0]
    expect(await heard()).toMatchObject({ transcript: 'guichet', transcriptIsMachine: true })
    expect(await correct(await tokenFor('agent', 'EDUCATION'))).toBe(404)
    expect(await correct(await tokenFor('auditor'))).toBe(403)
    expect(await correct(agent)).toBe(204)
    expect(await heard()).toMatchObject({ transcript: 'le guichet quatorze', transcriptIsMachine: false })
    const found = (await call(agent, '/complaints?q=quatorze')).json().items
    expect(found.map((item: { reference: string }) => item.reference)).toEqual([reference])
  })

  it('shows suggestions in triage only, and carries out what triage decides', async () => {
    const token = await tokenFor('triage')
    const { reference, complaintId } = await file('où ?', '2026-03-05T08:00:00Z')
    expect((await call(token, `/complaints/${reference}`)).json().suggestions).toEqual([])
    await open.db.sql`update complaints set status = 'triage' where id = ${complaintId}`
    expect((await call(token, `/complaints/${reference}`)).json().suggestions[0].code).toBe('SANTE')
    const response = await call(token, `/complaints/${reference}/route`, { administration: 'SANTE' })
    expect(response.statusCode).toBe(204)
    expect(done.at(-1)).toMatchObject(['route', { complaintId, administration: 'SANTE' }])
  })
})

describe('rights', () => {
  let referred: { reference: string; complaintId: string }
  const asset = newUuidV7()
  beforeAll(async () => {
    referred = await file('confidentiel', '2026-04-01T08:00:00Z', {
      media: [{ id: asset, name: 'a', declaredType: 'a/b', bytes: 1, sha256: 'ab', objectKey: 'k' }],
    })
    await refer(referred.complaintId, HOSPITAL)
  })

  it('shows a body what was referred to it or its units', async () => {
    for (const code of ['SANTE', 'SANTE-FES']) {
      const token = await tokenFor('manager', code)
      const { items } = (await call(token, '/complaints')).json()
      expect(items.map((item: { reference: string }) => item.reference)).toEqual([referred.reference])
    }
  })

  it('gives another body nothing of it, by any way, and notes the attempts', async () => {
    const token = await tokenFor('manager', 'EDUCATION')
    const [raw] = await open.db.sql`select id from submissions where complaint_id = ${referred.complaintId}`
    const ways: [string, unknown?][] = [
      [`/complaints/${referred.reference}`],
      [`/complaints/${referred.reference}/raw/${raw?.['id']}`],
      [`/complaints/${referred.reference}/media/${asset}/original`],
      [`/complaints/${referred.reference}/media/${asset}/retry`, {}],
      [`/complaints/${referred.reference}/transfer`, { administration: 'EDUCATION', reason: 'x' }],
    ]
    for (const [url, body] of ways) expect((await call(token, url, body)).statusCode, url).toBe(404)
    for (const query of ['', `?q=${referred.reference}`, '?q=confidentiel', '?administration=SANTE-FES'])
      expect((await call(token, `/complaints${query}`)).json().items, query).toEqual([])
    const denied = await open.db.sql`
      select * from audit_entries where tenant = ${SCHOOLS} and action = 'denied' and subject = ${referred.reference}`
    expect(denied).toHaveLength(ways.length)
    expect(log.some((line) => line.includes('staff.denied'))).toBe(true)
  })

  it.each<[TokenRole, string | undefined, string, number]>([
    ['agent', 'SANTE', '/deliveries', 403],
    ['agent', 'SANTE', '/ledger', 403],
    ['manager', 'SANTE', '/quarantine', 403],
    ['triage', 'SANTE', '/deliveries', 403],
    ['body', 'SANTE', '/complaints', 403],
    ['auditor', undefined, '/ledger', 200],
    ['auditor', undefined, '/quarantine', 200],
  ])('%s of %s at %s: %i', async (role, code, url, status) => {
    expect((await call(await tokenFor(role, code), url)).statusCode).toBe(status)
  })

  it('tells colleagues who has it open', async () => {
    const reader = newUuidV7()
    await open.db.sql`insert into staff_members (id, email, role, administration_id, created_at)
      values (${reader}, 'lectrice@sante.example', 'agent', ${HEALTH}, now())`
    // Ahead of every clock: she has it open however slowly this is asked.
    await open.db.sql`insert into complaint_reads (staff_id, complaint_id, read_at)
      values (${reader}, ${referred.complaintId}, now() + interval '1 hour')`
    const presence = async (code: string) =>
      call(await tokenFor('agent', code), `/complaints/${referred.reference}/presence`)
    expect((await presence('SANTE')).json()).toEqual({ readers: ['lectrice@sante.example'] })
    expect((await presence('SANTE-FES')).json()).toEqual({ readers: [] })
    expect((await presence('EDUCATION')).statusCode).toBe(404)
  })

  it('lets an auditor look and change nothing', async () => {
    const token = await tokenFor('auditor')
    const { reference } = referred
    for (const [url, body] of [
      [`/complaints/${reference}/route`, { administration: 'SANTE' }],
      [`/complaints/${reference}/transfer`, { administration: 'SANTE', reason: 'x' }],
      [`/deliveries/${newUuidV7()}/redrive`, {}],
    ] as const)
      expect((await call(token, url, body)).statusCode, url).toBe(403)
  })

  it.each([[''], ['nonsense'], [`wasl_${'A'.repeat(43)}`]])('refuses the token %j', async (token) => {
    const response = await call(token, '/complaints')
    expect([response.statusCode, response.json().code]).toEqual([401, 'unauthenticated'])
  })
})

describe('failures', () => {
  it('shows a dead delivery with its reason and tries it again by one call', async () => {
    const token = await tokenFor('ministry-supervisor')
    const { complaintId, reference } = await file('perdu', '2026-04-02T08:00:00Z')
    const [message] = await open.db.sql`
      update outbox_messages set dead_at = now(), attempts = 9,
        last_error = '{"code": "http_500", "message": "the body answered 500", "retryable": true}'
      where complaint_id = ${complaintId} returning id`
    const list = async () => (await call(token, '/deliveries?state=dead')).json().items
    expect(await list()).toMatchObject([{ reference, code: 'http_500', reason: 'the body answered 500' }])
    const redriven = await call(token, `/deliveries/${message?.['id']}/redrive`, {})
    expect(redriven.statusCode).toBe(204)
    expect(await list()).toEqual([])
  })

  it('keeps what could not be read, whole', async () => {
    const token = await tokenFor('triage')
    const body = Buffer.from('{broken')
    const sha256 = createHash('sha256').update(body).digest('hex')
    await open.db.sql`
      insert into quarantine (id, channel, external_id, received_at, reason, raw_type, raw_sha256, raw_bytes, raw_body)
      values (${newUuidV7()}, 'web', 'q1', now(), 'not JSON', 'application/json', ${sha256}, ${body.length}, ${body})`
    const [event] = (await call(token, '/quarantine')).json()
    expect(event).toMatchObject({ reason: 'not JSON', rawSha256: sha256 })
    const raw = await call(token, event.url.replace('http://wasl.test/api/v1/staff', ''))
    expect(raw.rawPayload).toEqual(body)
    const dismiss = `/quarantine/${event.id}/dismiss`
    expect((await call(await tokenFor('auditor'), dismiss, {})).statusCode).toBe(403)
    expect((await call(token, `/quarantine/${event.id}/forget`, {})).statusCode).toBe(400)
    expect((await call(token, dismiss, {})).statusCode).toBe(204)
    expect((await call(token, '/quarantine')).json()).toEqual([])
    expect((await call(token, dismiss, {})).statusCode).toBe(409)
  })
})

describe('the ledger', () => {
  it('balances per channel and office day', async () => {
    const token = await tokenFor('auditor')
    // 23:30 UTC on the 9th is the 10th in Casablanca.
    for (const outcome of ['created', 'appended', 'ignored', 'quarantined', 'failed', null])
      await open.db.sql`
        insert into ledger_entries (id, channel, external_id, received_at, outcome)
        values (${newUuidV7()}, 'sms', ${`x${outcome}`}, '2026-04-09T23:30:00Z', ${outcome})`
    const lines = (await call(token, '/ledger?date=2026-04-10')).json()
    expect(lines).toEqual([
      {
        channel: 'sms',
        day: '2026-04-10',
        received: 6,
        created: 1,
        appended: 1,
        ignored: 1,
        quarantined: 1,
        failed: 1,
        open: 1,
      },
    ])
    expect((await call(token, '/ledger?date=2026-04-09')).json()).toEqual([])
  })
})
