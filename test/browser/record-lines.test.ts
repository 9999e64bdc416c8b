import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { visit } from '../support/browser.ts'
import { pollUntil } from '../support/poll-until.ts'
import {
  arrivedUploads,
  clockAt,
  lastArrived,
  press,
  SLOW,
  secondsOf,
  sha256,
  statusOf,
  throttle,
} from '../support/recording.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, folder, close } = await openWebStage('lines', { trustedProxies: ['127.0.0.1'] })
const proxy = await startTcpProxy({ port: Number(new URL(server.url).port) })
const base = `http://127.0.0.1:${proxy.port}`
afterAll(async () => {
  await proxy.close()
  await close()
})

/** Every slice that the browser's recorder gave, take by take, as this test heard it: it outlives the tab. */
const eavesdrop = async (context: BrowserContext): Promise<Buffer[][]> => {
  const takes: Buffer[][] = []
  await context.exposeFunction('heard', (take: number, slice: string) => {
    takes[take] = [...(takes[take] ?? []), Buffer.from(slice, 'base64')]
  })
  await context.exposeFunction('takeNumber', () => takes.push([]) - 1)
  await context.addInitScript(`(() => {
    const Real = window.MediaRecorder
    window.MediaRecorder = class extends Real {
      constructor(...given) {
        super(...given)
        const take = window.takeNumber()
        let told = Promise.resolve()
        this.addEventListener('dataavailable', ({ data }) => {
          told = told.then(async () => {
            const bytes = new Uint8Array(await data.arrayBuffer())
            if (bytes.length > 0) await window.heard(await take, btoa(String.fromCharCode(...bytes)))
          })
        })
      }
    }
  })()`)
  return takes
}

/** The tab dies as a telephone without battery does: nothing of the page runs any more. */
const killTab = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  const died = page.waitForEvent('crash')
  void session.send('Page.crash').catch(() => {})
  await died
  await page.close()
}

describe('a voice note of a minute at 50/20 kbit/s, three cuts, a tab killed at 40 s (U10, U11)', () => {
  it('arrives with what was said before and everything after, and hardly a byte twice', async () => {
    const { page, context } = await visit(browser, { locale: 'fr' })
    const takes = await eavesdrop(context)
    await page.goto(`${base}/fr/file/message?way=speak`)
    await page.locator('#recorder').waitFor()
    await throttle(page, SLOW)
    const sentBefore = proxy.sent()
    await press(page, 'record')
    await clockAt(page, '0:12')
    proxy.cut()
    await clockAt(page, '0:22')
    proxy.set('refused')
    await clockAt(page, '0:27')
    proxy.set('open')
    await clockAt(page, '0:34')
    proxy.cut()
    await clockAt(page, '0:40')
    await killTab(page)
    const sentByKilled = proxy.sent() - sentBefore

    const again = await context.newPage()
    await again.goto(`${base}/fr/file/message?way=speak`)
    await statusOf(again).getByText('Nous avons gardé').waitFor()
    await throttle(again, SLOW)
    const sentAgain = proxy.sent()
    await press(again, 'more')
    await clockAt(again, '0:20')
    await press(again, 'stop')
    await lastArrived(server, folder, 2, 90_000)
    const sent = sentByKilled + proxy.sent() - sentAgain

    const [first, second] = await arrivedUploads(server, folder)
    expect(secondsOf(folder, first!.bytes)).toBeGreaterThanOrEqual(35)
    expect(secondsOf(folder, second!.bytes)).toBeGreaterThan(19)
    const wholes = takes[0]!.map((_, index) => sha256(Buffer.concat(takes[0]!.slice(0, index + 1))))
    expect(wholes, 'what was heard, to the last slice that was kept').toContain(first!.sha256)
    expect(second!.sha256).toBe(sha256(Buffer.concat(takes[1]!)))
    const size = first!.bytes.length + second!.bytes.length
    expect(sent / size).toBeLessThan(1.15)
    await again.locator('#attached button[name=remove]').nth(1).waitFor()
    await context.close()
  })
})

describe('a film of 5 MB over three cuts, ten minutes without a line, and another network (U11)', () => {
  it('arrives whole and hardly a byte twice', async () => {
    const { page, context } = await visit(browser, { locale: 'fr' })
    const before = (await arrivedUploads(server, folder)).length
    await page.clock.install()
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '105.66.10.1' })
    await page.goto(`${base}/fr/file/message?way=film`)
    await page.waitForLoadState('load')
    await throttle(page, { ...SLOW, uploadThroughput: 400_000, downloadThroughput: 400_000, latency: 50 })
    const film = Buffer.alloc(5_000_000, 'a film that nobody can make smaller ')
    const sentBefore = proxy.sent()
    const received = async () =>
      Number(
        (
          await server.db.sql`select received_bytes as bytes from uploads order by created_at desc limit 1`
        )[0]?.['bytes'] ?? 0,
      )
    await page.setInputFiles('#files', { name: 'film.mp4', mimeType: 'video/mp4', buffer: film })
    await pollUntil(() => proxy.sent() - sentBefore > 700_000, 30_000)
    proxy.cut()
    await page.clock.runFor(3000)
    await pollUntil(() => proxy.sent() - sentBefore > 2_000_000, 30_000)
    proxy.set('refused')
    await page.getByText('Connexion perdue').waitFor()
    let tries = 0
    page.on('requestfailed', () => {
      tries += 1
    })
    for (let minute = 0; minute < 10; minute += 1) await page.clock.runFor(60_000)
    // It never gives up, and waits longer each time, up to a minute.
    expect(tries).toBeGreaterThanOrEqual(8)
    expect(tries).toBeLessThan(40)
    server.clock.ahead += 600_000
    proxy.set('open')
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '196.200.3.9' })
    await page.clock.runFor(60_000)
    await pollUntil(async () => (await received()) > 3_200_000, 30_000)
    proxy.cut()
    await page.clock.runFor(5000)
    const { sha256: digest } = await lastArrived(server, folder, before + 1)
    expect(digest).toBe(sha256(film))
    expect((proxy.sent() - sentBefore) / film.length).toBeLessThan(1.15)
    await context.close()
  })
})
