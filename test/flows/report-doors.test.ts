import type { AnySchema } from 'ajv'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReportFiles } from '../../src/composition/report-files.ts'
import type { Database } from '../../src/db/client.ts'
import { docsRoutes } from '../../src/http/api/docs.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { verifyRoutes } from '../../src/http/verify.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { expectDescribed } from '../support/described.ts'
import { addBody, type History, writeHistories } from '../support/histories.ts'

let db: Database
let close: () => Promise<void>
let app: Awaited<ReturnType<typeof createApp>>
interface Described {
  readonly get?: { responses: Record<string, { content: { 'application/json': { schema: AnySchema } } }> }
}
let spec: { paths: Record<string, Described>; components?: object }
const pdf = createPdfRenderer()
const YEAR = systemClock.now().getUTCFullYear() - 1

const open = async () => {
  app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  staffApi(app, {
    db,
    clock: systemClock,
    newId: newUuidV7,
    secrets: testSecrets,
    store: undefined as never,
    work: undefined as never,
    publicUrl: 'https://wasl.test',
    officeZone: 'Africa/Casablanca',
    reports: { origins: ['file'], render: renderReportFiles(pdf) },
  })
  verifyRoutes(app, {
    ...db,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    localeOf: () => 'fr',
    limit: async () => {},
  } as never)
  docsRoutes(app)
  await app.ready()
  spec = (await app.inject({ url: '/api/openapi.json' })).json()
}

const MEASURE = {
  cause: 'delay',
  ar: 'شباك آخر',
  fr: 'Un guichet de plus',
  owner: 'Direction',
  dueOn: `${YEAR}-06-30`,
  state: 'planned',
}

/** Asks as one of three machines: the body's, another body's, the ministry's. */
const asker = async () => {
  const deps = { db, clock: systemClock, newId: newUuidV7 }
  const body = (administrationCode: string) => createToken(deps, { role: 'manager', administrationCode })
  const tokens = {
    manager: await body('ONE'),
    other: await body('TWO'),
    chief: await createToken(deps, { role: 'ministry-supervisor' }),
  }
  return async (who: keyof typeof tokens, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/api/v1/staff/${url}`,
      headers: { authorization: `Bearer ${tokens[who].token}` },
      ...(payload ? { payload } : {}),
    })
    const isJson = answer.headers['content-type']?.includes('json') ?? false
    return { status: answer.statusCode, body: isJson ? answer.json() : undefined, text: answer.payload }
  }
}

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const body = await addBody(db, 'ONE')
  await addBody(db, 'TWO')
  const filed = `${YEAR}-03-10`
  const histories = Array.from(
    { length: 40 },
    (_, nth): History => ({
      id: newUuidV7(),
      filed,
      body,
      kind: 'complaint',
      channel: 'web',
      language: 'ar',
      ...(nth < 30 ? { reviewed: filed, answered: `${YEAR}-04-10` } : {}),
    }),
  )
  await writeHistories(db, histories)
  await publishReceiptKey({ orm: db.orm, secrets: testSecrets, clock: systemClock })
  await open()
})
afterAll(async () => {
  await app.close()
  await pdf.close()
  await close()
})

it('reads the indicators of any month that an address may name, and none that is still to come', async () => {
  const ask = await asker()
  for (const period of ['until=0000-05', 'until=0001-05', 'from=0000-01&until=9999-12', 'from=2099-12']) {
    const { status, body } = await ask('chief', 'GET', `indicators?${period}`)
    expect(status, period).toBe(200)
    expect(body.filters.until <= systemClock.now().toISOString().slice(0, 10), period).toBe(true)
  }
})

it('opens the list behind a number, page by page, and only to those whose number it is', async () => {
  await refreshCells({ db, clock: systemClock, officeZone: 'Africa/Casablanca', origins: ['file'] })
  const ask = await asker()
  const list = (who: 'manager' | 'other' | 'chief', query: string) =>
    ask(who, 'GET', `indicators/list?from=${YEAR}-01&until=${YEAR}-12&${query}`)
  const { body } = await list('manager', 'measure=answered')
  expect(body).toMatchObject({ count: 30, page: 1, pages: 1 })
  expect(body.items).toHaveLength(30)
  expect((await list('chief', 'measure=received&channel=web')).body.count).toBe(40)
  expect((await list('chief', 'measure=waiting&days=76-')).body.count).toBe(10)
  expect((await list('chief', 'measure=received&dimension=cause&value=delay')).body.count).toBe(0)
  expect((await list('other', 'measure=received')).body).toMatchObject({ count: 0, items: [] })
  expect((await list('other', 'measure=received&body=ONE')).status).toBe(404)
  for (const wrong of ['measure=everything', 'measure=received&page=0', 'measure=received&days=soon', ''])
    expect((await list('chief', wrong)).status, wrong).toBe(400)
})

describe('a report by the API', () => {
  let ask: Awaited<ReturnType<typeof asker>>
  let at: string
  beforeAll(async () => {
    ask = await asker()
  })

  it('is opened, and written section by section, never over what somebody else wrote since', async () => {
    const { id } = (await ask('manager', 'POST', 'reports', { year: YEAR, administration: 'ONE' })).body
    at = `reports/${id}`
    const open = (await ask('manager', 'GET', at)).body
    expect(open.sections.map(({ section }: { section: string }) => section)).toHaveLength(12)
    const causes = { ar: 'نقص في الأطر.', fr: 'Des postes manquent.', seen: '' }
    const kept = await ask('manager', 'PUT', `${at}/commentaries/causes`, causes)
    expect(kept.status).toBe(200)
    expect((await ask('chief', 'PUT', `${at}/commentaries/causes`, { ...causes, fr: 'X' })).status).toBe(409)
    const again = { ...causes, fr: 'Dix postes manquent.', seen: kept.body.version }
    const own = await ask('manager', 'PUT', `${at}/commentaries/causes`, again)
    expect(own.status).toBe(200)
    // The ministry may help out, never unseen.
    const written = async () =>
      (await ask('manager', 'GET', at)).body.sections.find(
        ({ section }: { section: string }) => section === 'causes',
      )
    expect(await written()).toMatchObject({ byMinistry: false })
    const theirs = await ask('chief', 'PUT', `${at}/commentaries/causes`, {
      ...again,
      seen: own.body.version,
    })
    expect(await written()).toMatchObject({ fr: again.fr, byMinistry: true })
    const told =
      await db.sql`select facts from audit_entries where action = 'report.write' and subject = ${id} and tenant = 'ministry'`
    expect(told.map(({ facts }) => facts)).toEqual([{ section: 'causes' }])
    expect(
      (await ask('manager', 'PUT', `${at}/commentaries/causes`, { ...again, seen: theirs.body.version }))
        .status,
    ).toBe(200)
    expect((await ask('manager', 'PUT', `${at}/commentaries/sectors`, causes)).status).toBe(404)
    const { content } = (await ask('manager', 'GET', at)).body
    expect(content.commentaries).toEqual({ causes: { ar: causes.ar, fr: again.fr } })
  })

  it('keeps the register of measures, with what was not kept', async () => {
    expect((await ask('manager', 'POST', `${at}/measures`, { ...MEASURE, state: 'done' })).status).toBe(400)
    expect((await ask('other', 'POST', `${at}/measures`, MEASURE)).status).toBe(404)
    const { status, body } = await ask('manager', 'POST', `${at}/measures`, MEASURE)
    expect(status).toBe(201)
    const line = `${at}/measures/${body.id}`
    const moved = await ask('manager', 'PUT', line, { ...MEASURE, state: 'under_way', seen: body.version })
    expect(moved.status).toBe(200)
    expect((await ask('manager', 'PUT', line, { ...MEASURE, seen: body.version })).status).toBe(409)
    expect((await ask('manager', 'PUT', `${at}/measures/${newUuidV7()}`, MEASURE)).status).toBe(404)
    const { measures } = (await ask('manager', 'GET', at)).body
    expect(measures).toMatchObject([{ state: 'under_way', notKept: true, version: moved.body.version }])
  })

  it('goes its whole way, each step by who may take it and upon what was seen', async () => {
    expect((await ask('manager', 'POST', `${at}/accept`)).status).toBe(403)
    expect((await ask('chief', 'POST', `${at}/publish`)).status).toBe(409)
    expect((await ask('manager', 'POST', `${at}/submit`)).status).toBe(200)
    expect((await ask('manager', 'POST', `${at}/measures`, MEASURE)).status, 'not while it is judged').toBe(
      409,
    )
    const { changedAt: handedIn } = (await ask('chief', 'GET', at)).body
    const remarks = [{ section: 'received', text: 'Expliquez mars.' }]
    expect((await ask('chief', 'POST', `${at}/return`, { remarks, seen: handedIn })).status).toBe(200)
    const [remark] = (await ask('manager', 'GET', at)).body.remarks
    const answer = `${at}/remarks/${remark.id}/answer`
    expect((await ask('chief', 'PUT', `${at}/remarks/${newUuidV7()}/answer`, { text: 'Non.' })).status).toBe(
      404,
    )
    expect((await ask('manager', 'PUT', answer, { text: 'Une panne de dix jours.' })).status).toBe(204)
    expect((await ask('chief', 'GET', at)).body.remarks).toMatchObject([
      { section: 'received', answer: 'Une panne de dix jours.', settledAt: expect.any(String) },
    ])
    expect((await ask('manager', 'POST', `${at}/submit`)).status).toBe(200)
    expect((await ask('chief', 'POST', `${at}/accept`, { seen: handedIn })).status).toBe(409)
    const accepted = await ask('chief', 'POST', `${at}/accept`)
    const published = await ask('chief', 'POST', `${at}/publish`)
    expect(published.body.contentSha256).toBe(accepted.body.sha256)
    const whole = await ask('manager', 'GET', at)
    expect(whole.body).toMatchObject({ state: 'published', contentSha256: accepted.body.sha256 })
    const [response] = whole.body.content.tables.find(
      ({ code }: { code: string }) => code === 'commitments',
    ).rows
    expect(response.values.slice(0, 3)).toEqual([0.75, 30, 40])
    const indicators = await ask('manager', 'GET', `indicators?from=${YEAR}-01&until=${YEAR}-12`)
    expect(indicators.body.tiles[0]).toMatchObject({ numerator: 30, denominator: 40, incomplete: false })
  })

  it('says of a synthesis which sectors are newer, and is whole again when built again', async () => {
    const built = (await ask('chief', 'POST', 'reports', { year: YEAR })).body
    const synthesis = `reports/${built.id}`
    expect((await ask('chief', 'GET', synthesis)).body.newer).toEqual([])
    const correction = { year: YEAR, administration: 'ONE', reason: 'Doublons' }
    const { id } = (await ask('manager', 'POST', 'reports', correction)).body
    for (const step of ['submit', 'accept']) await ask('chief', 'POST', `reports/${id}/${step}`)
    expect((await ask('chief', 'GET', synthesis)).body.newer).toMatchObject([
      { code: 'ONE', version: 2, added: 1 },
    ])
    expect((await ask('chief', 'POST', 'reports', { year: YEAR })).body.id).toBe(built.id)
    expect((await ask('chief', 'GET', synthesis)).body.newer).toEqual([])
    expect((await ask('manager', 'GET', synthesis)).status, 'is the ministry’s').toBe(404)
  })

  it('is told as it is described', async () => {
    for (const [path, url] of [
      ['reports', 'reports'],
      ['reports/{id}', at],
      ['reports/{id}/differences', `${at}/differences`],
      ['report-years', 'report-years'],
      ['report-years/{year}/missing', `report-years/${YEAR}/missing`],
    ] as const) {
      const { get } = spec.paths[`/api/v1/staff/${path}`] ?? {}
      const schema = get?.responses['200']?.content['application/json'].schema
      expectDescribed(spec, path, schema, (await ask('chief', 'GET', url)).body)
    }
    const paper = await ask('manager', 'GET', `${at}/papers/ar`)
    expect([paper.status, paper.text.slice(0, 5)]).toEqual([200, '%PDF-'])
  })
})

describe('data that change after publication', () => {
  it('are listed by the API, and change no byte of what was published (U30)', async () => {
    const { token } = await createToken(
      { db, clock: systemClock, newId: newUuidV7 },
      { role: 'ministry-supervisor', label: '' },
    )
    const before = await db.sql`select name, sha256, bytes from report_files order by name`
    await db.sql`delete from complaints where id in (select id from complaints order by id limit 3)`
    const [report] = await db.sql`select id from reports where state = 'published'`
    const answer = await app.inject({
      url: `/api/v1/staff/reports/${report?.['id']}/differences`,
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.json().reproducible).toBe(true)
    expect(answer.json().differences).toContainEqual({
      table: 'kinds',
      row: 'complaint',
      column: 'received',
      was: 40,
      is: 37,
    })
    expect(await db.sql`select name, sha256, bytes from report_files order by name`).toEqual(before)
  })
})

describe('a report that is asked for while another process counts', () => {
  it('waits for its turn: it is never made of half the sums', async () => {
    const ask = await asker()
    const [two] = await db.sql<{ id: string }[]>`select id from administrations where code = 'TWO'`
    const filed = `${YEAR}-05-10`
    const one = { body: two?.id ?? '', filed, kind: 'complaint', channel: 'web', language: 'ar' } as const
    let built: ReturnType<typeof ask> | undefined
    await db.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('indicator_cells', 0))`
      await writeHistories(
        db,
        Array.from({ length: 9 }, () => ({ ...one, id: newUuidV7() })),
      )
      built = ask('other', 'POST', 'reports', { year: YEAR, administration: 'TWO' })
      const waiting = () => tx`
        select from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`
      await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(1)
    })
    const { content } = (await ask('other', 'GET', `reports/${(await built)?.body.id}`)).body
    const kinds = content.tables.find(({ code }: { code: string }) => code === 'kinds')
    expect(kinds.rows[0].values[0]).toBe(9)
  })
})

describe('the public check of a report', () => {
  const text = async (id: string) =>
    (await app.inject({ url: `/fr/verify?receipt=${encodeURIComponent(id)}` })).body
  const upload = (bytes: Uint8Array) => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)]), 'rapport.pdf')
    const request = new Request('https://wasl.test', { method: 'POST', body: form })
    return request.arrayBuffer().then((body) =>
      app.inject({
        method: 'POST',
        url: '/fr/verify',
        headers: { 'content-type': request.headers.get('content-type') ?? '', accept: 'application/json' },
        payload: Buffer.from(body),
      }),
    )
  }

  it('knows it by its hash as printed, by its place, its address and its signature', async () => {
    const [report] =
      await db.sql`select content_sha256 as hash, signature from reports where state = 'published'`
    const printed = String(report?.['hash']).match(/.{16}/g)?.join(' ') ?? ''
    for (const held of [
      printed,
      `${YEAR}/ONE/1`,
      `https://wasl.test/ar/reports/${YEAR}/ONE/1/report-fr.pdf`,
      String(report?.['signature']),
    ])
      expect(await text(held), held).toContain('Ce rapport est authentique')
    expect(await text('0'.repeat(64))).toContain('Nous n’avons publié ni rapport ni fichier')
    expect(await text(`${String(report?.['signature']).slice(0, -6)}AAAAAA`)).toContain('ne correspond pas')
  })

  it('knows each published file byte for byte, and none that was changed', async () => {
    const files = await db.sql<{ name: string; bytes: Buffer }[]>`select name, bytes from report_files`
    for (const { name, bytes } of files) {
      expect((await upload(bytes)).json()).toMatchObject({
        found: 'genuine',
        file: name,
        report: { year: YEAR },
      })
      expect((await upload(Buffer.concat([bytes, Buffer.from(' ')]))).json()).toEqual({ found: 'unknown' })
    }
  })
})
