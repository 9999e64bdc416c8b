import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderReportFiles } from '../../src/composition/report-files.ts'
import type { Database } from '../../src/db/client.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
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
