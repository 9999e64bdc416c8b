import net, { type AddressInfo } from 'node:net'
import pino from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportRoutes } from '../../channels/web/reports.routes.ts'
import { renderReportFiles } from '../../src/composition/report-files.ts'
import type { Database } from '../../src/db/client.ts'
import { SITE_ASSETS } from '../../src/html/assets.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'
import { verifyRoutes } from '../../src/http/verify.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { publishedKeys, publishReceiptKey } from '../../src/receipts/publish-keys.ts'
import { listPublished, readPublishedFile } from '../../src/supervision/publish-report.ts'
import { createBuildReport } from '../../src/supervision/queue-build.ts'
import { openTestDatabase, testSecrets } from '../support/acceptance.ts'
import { expectAccessible, expectNoSidewaysScroll, follow, startBrowser, visit } from '../support/browser.ts'
import { openDesk } from '../support/desk.ts'
import { addBody, type History, writeHistories } from '../support/histories.ts'

const YEAR = systemClock.now().getUTCFullYear() - 1
const OPENED = /\/console\/reports\/[0-9a-f]{8}-[0-9a-f-]{27}$/

let db: Database
let browser: Browser
let base: string
let desk: Awaited<ReturnType<typeof openDesk>>
const ends: (() => unknown)[] = []

/** A port that is free now: the desk must know its own address before it listens. */
const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const fill = async (code: string, months: readonly string[]): Promise<void> => {
  const body = await addBody(db, code)
  const histories = months.flatMap((month) =>
    Array.from({ length: 12 }, (_, nth): History => {
      const filed = `${YEAR}-${month}-10`
      const done = nth < 9 ? { reviewed: filed, answered: `${YEAR}-${month}-28` } : {}
      return { id: newUuidV7(), filed, body, kind: 'complaint', channel: 'web', language: 'ar', ...done }
    }),
  )
  await writeHistories(db, histories)
}

beforeAll(async () => {
  const opened = await openTestDatabase()
  db = opened.db
  const deps = { db, clock: systemClock, newId: newUuidV7 }
  await fill('ONE', ['02', '03', '04', '05'])
  await publishReceiptKey({ orm: db.orm, secrets: testSecrets, clock: systemClock })
  const pdf = createPdfRenderer()
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  const reports = {
    list: () => listPublished(db.sql),
    file: (id: string, name: string) => readPublishedFile(db.sql, id, name),
    keys: () => publishedKeys(db.orm),
  }
  const more: Parameters<typeof openDesk>[4] = (app) => {
    serveAssets(app, SITE_ASSETS)
    for (const locale of ['ar', 'fr'] as const) reportRoutes(app, { reports } as never, locale)
    verifyRoutes(app, {
      ...db,
      secrets: testSecrets,
      publicUrl: base,
      localeOf: () => 'fr',
      limit: async () => {},
    } as never)
  }
  desk = await openDesk(db, undefined as never, base, {}, more, { renderReport: renderReportFiles(pdf) })
  await desk.app.listen({ port, host: '127.0.0.1' })
  const relay = createRelay({
    sql: db.sql,
    clock: systemClock,
    logger: pino({ level: 'silent' }) as never,
    handlers: {
      'report.build': createBuildReport({ ...deps, officeZone: 'Africa/Casablanca', origins: ['file'] }),
    },
    worker: newUuidV7(),
  }).start()
  browser = await startBrowser()
  ends.push(
    () => browser.close(),
    () => relay.stop(5_000),
    () => desk.close(),
    () => pdf.close(),
    opened.close,
  )
})
afterAll(async () => {
  for (const end of ends) await end()
})

const enter = async (role: 'manager' | 'ministry-supervisor', code?: string): Promise<Page> => {
  const { page } = await visit(browser, { viewport: { width: 1280, height: 800 } })
  await page.goto(`${base}${await desk.linkFor(role, code)}?lang=fr`)
  await follow(page, 'main button.button')
  return page
}

/** Builds a report from the list, and waits on the page of the build until the report opens by itself. */
const build = async (page: Page, administration: string): Promise<string> => {
  await page.goto(`${base}/console/reports`)
  const form = page.locator('form[action="/console/reports"]')
  await form.locator('input[name=year]').fill(String(YEAR))
  await form.locator('select').selectOption(administration)
  await form.locator('button').click()
  await page.waitForURL(OPENED)
  return page.url()
}

const write = async (
  page: Page,
  section: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> => {
  const form = page.locator(`#section-${section} details.act`).last()
  await form.locator('summary').click()
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value)
  const loaded = page.waitForEvent('load')
  await form.locator('button').click()
  await loaded
}

const step = (page: Page, deed: string): Promise<void> => follow(page, `form[action$="/${deed}"] button`)

/** Looks at an address as the narrowest and the widest reader do. */
const expectGood = async (page: Page, urls: readonly string[]): Promise<void> => {
  for (const url of urls)
    for (const [language, width] of [
      ['ar', 320],
      ['fr', 1280],
    ] as const) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(url.replace('{l}', language) + (url.includes('{l}') ? '' : `?lang=${language}`))
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    }
  await page.setViewportSize({ width: 1280, height: 800 })
}

const filesOf = () =>
  db.sql<
    { name: string; sha256: string; bytes: Buffer }[]
  >`select name, sha256, bytes from report_files order by report_id, name`

it('goes its whole way by browser, and keeps every byte when the data change (U30)', async () => {
  const manager = await enter('manager', 'ONE')
  const report = await build(manager, 'ONE')
  await write(manager, 'measures', {
    ar: 'فتح شباك إضافي',
    fr: 'Ouvrir un guichet de plus',
    owner: 'Direction',
    dueOn: `${YEAR}-06-30`,
  })
  expect(await manager.locator('#section-measures .note').textContent()).toContain(
    'Ouvrir un guichet de plus',
  )
  await expectGood(manager, [`${base}/console/reports`, report])
  await step(manager, 'submit')

  const chief = await enter('ministry-supervisor')
  await chief.goto(report)
  await chief.locator('textarea[name=remark-causes]').fill('Dites quels guichets.')
  await follow(chief, 'form#return button')
  await manager.goto(report)
  expect(await manager.locator('#section-causes .note').textContent()).toContain('Dites quels guichets.')
  await write(manager, 'causes', { fr: 'Ceux de la gare.', ar: 'شبابيك المحطة.' })
  await step(manager, 'submit')
  await chief.goto(report)
  await step(chief, 'accept')
  await step(chief, 'publish')

  const synthesis = await build(chief, '')
  await write(chief, 'recommendations', { fr: 'Ouvrir le samedi.', ar: 'الفتح يوم السبت.' })
  await step(chief, 'submit')
  await step(chief, 'accept')
  expect(await chief.locator('main#main h1').count(), 'the page of a refusal is a page').toBe(1)
  const other = await enter('ministry-supervisor')
  await other.goto(synthesis)
  await step(other, 'accept')
  await step(other, 'publish')

  const published = await filesOf()
  await db.sql`delete from complaints where id in (select id from complaints order by received_at limit 7)`
  await other.goto(`${report}/differences`)
  expect(await other.locator('main table').textContent()).toContain('48')
  expect(await filesOf()).toEqual(published)
  const address = `${base}/{l}/reports/${YEAR}/synthesis/1`
  await expectGood(other, [address])
  await other.goto(address.replace('{l}', 'fr'))
  await other.locator('details.by-sector').first().locator('summary').click()
  expect(await other.locator('details.by-sector').first().textContent()).toContain('Administration ONE')
  const pdf = published.find(({ name }) => name === 'report-fr.pdf')
  await other.goto(`${base}/fr/verify`)
  await other.locator('input[type=file]').setInputFiles({
    name: 'rapport.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from(pdf?.bytes ?? ''),
  })
  await follow(other, 'form[method=post] button')
  expect(await other.locator('.verdict').textContent()).toContain('octet pour octet')
})
