import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReportFiles } from '../../src/composition/report-files.ts'
import type { Database } from '../../src/db/client.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { verifyRoutes } from '../../src/http/verify.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { addBody, type History, writeHistories } from '../support/histories.ts'

let db: Database
let close: () => Promise<void>
let app: Awaited<ReturnType<typeof createApp>>
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
  await app.ready()
}

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const body = await addBody(db, 'ONE')
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

describe('a report by the API', () => {
  it('goes its whole way, each step by who may take it', async () => {
    const deps = { db, clock: systemClock, newId: newUuidV7 }
    const { token: manager } = await createToken(deps, {
      role: 'manager',
      administrationCode: 'ONE',
      label: '',
    })
    const { token: chief } = await createToken(deps, { role: 'ministry-supervisor', label: '' })
    const ask = async (token: string, method: 'GET' | 'POST', url: string, payload?: object) => {
      const answer = await app.inject({
        method,
        url: `/api/v1/staff/${url}`,
        headers: { authorization: `Bearer ${token}` },
        ...(payload ? { payload } : {}),
      })
      return { status: answer.statusCode, body: answer.json() }
    }
    const built = await ask(manager, 'POST', 'reports', { year: YEAR, administration: 'ONE' })
    expect(built.status).toBe(201)
    const at = `reports/${built.body.id}`
    expect((await ask(manager, 'POST', `${at}/accept`)).status).toBe(403)
    expect((await ask(chief, 'POST', `${at}/publish`)).status).toBe(409)
    expect((await ask(manager, 'POST', `${at}/submit`)).status).toBe(200)
    const remarks = [{ section: 'received', text: 'Expliquez mars.' }]
    expect((await ask(chief, 'POST', `${at}/return`, { remarks })).status).toBe(200)
    expect((await ask(manager, 'POST', `${at}/submit`)).status).toBe(200)
    const accepted = await ask(chief, 'POST', `${at}/accept`)
    const published = await ask(chief, 'POST', `${at}/publish`)
    expect(published.body.contentSha256).toBe(accepted.body.sha256)
    const whole = await ask(manager, 'GET', at)
    expect(whole.body).toMatchObject({ state: 'published', contentSha256: accepted.body.sha256 })
    const [response] = whole.body.content.tables.find(
      ({ code }: { code: string }) => code === 'commitments',
    ).rows
    expect(response.values.slice(0, 3)).toEqual([0.75, 30, 40])

    const indicators = await ask(manager, 'GET', `indicators?from=${YEAR}-01&until=${YEAR}-12`)
    expect(indicators.body.tiles[0]).toMatchObject({ numerator: 30, denominator: 40, incomplete: false })
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
    const [report] = await db.sql`select id from reports`
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
