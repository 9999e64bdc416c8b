import { afterAll, describe, expect, it } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, visit } from '../support/browser.ts'
import { pollUntil } from '../support/poll-until.ts'
import {
  arrivedUploads,
  clockAt,
  eavesdrop,
  heard,
  killTab,
  lastArrived,
  noteWords,
  playing,
  press,
  SLOW,
  secondsOf,
  secondsShown,
  sha256,
  statusOf,
  throttle,
  uploadsOf,
} from '../support/recording.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { openWebStage } from '../support/web-stage.ts'

// Who speaks waits: several people do so at once, each in a context of their own, and a line that is cut is nobody else's.
const { server, browser, folder, close } = await openWebStage('record', { trustedProxies: ['127.0.0.1'] })
const lines: TcpProxy[] = []
afterAll(async () => {
  for (const line of lines) await line.close()
  await close()
})

/** A line to the server of one's own, to be cut. */
const openLine = async () => {
  const proxy = await startTcpProxy({ port: Number(new URL(server.url).port) })
  lines.push(proxy)
  return { proxy, base: `http://127.0.0.1:${proxy.port}` }
}

describe.concurrent('a voice note of a minute at 50/20 kbit/s, three cuts, a tab killed at 40 s (U10, U11)', () => {
  it('arrives with what was said before and everything after, and hardly a byte twice', async () => {
    const { proxy, base } = await openLine()
    const { page, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    const takes = await eavesdrop(context)
    await page.goto(`${base}/fr/file/message?way=speak`)
    await page.locator('#recorder').waitFor()
    await throttle(page, SLOW)
    const sentBefore = proxy.sent()
    await press(page, 'record')
    await clockAt(page, 12)
    proxy.cut()
    await clockAt(page, 22)
    proxy.set('refused')
    await clockAt(page, 27)
    proxy.set('open')
    await clockAt(page, 34)
    proxy.cut()
    await clockAt(page, 40)
    await killTab(page)
    const sentByKilled = proxy.sent() - sentBefore

    const again = await context.newPage()
    await again.goto(`${base}/fr/file/message?way=speak`)
    await statusOf(again).getByText('Nous avons gardé').waitFor()
    await throttle(again, SLOW)
    const sentAgain = proxy.sent()
    await press(again, 'more')
    await clockAt(again, 20)
    await press(again, 'stop')
    await lastArrived({ server, folder, of }, 2, 90_000)
    const sent = sentByKilled + proxy.sent() - sentAgain

    const [first, second] = await arrivedUploads({ server, folder, of })
    expect(secondsOf(folder, first!.bytes)).toBeGreaterThanOrEqual(35)
    expect(secondsOf(folder, second!.bytes)).toBeGreaterThan(19)
    const wholes = takes[0]!.map((_, index) => sha256(Buffer.concat(takes[0]!.slice(0, index + 1))))
    expect(wholes, 'what was heard, to the last slice that was kept').toContain(first!.sha256)
    expect(second!.sha256).toBe(sha256(Buffer.concat(takes[1]!)))
    const size = first!.bytes.length + second!.bytes.length
    expect(sent / size).toBeLessThan(1.15)
    await again.locator('#attached button[name=remove]').nth(1).waitFor()
    // Two files, one recording: the second part begins where the first ends.
    await press(again, 'listen')
    await playing(again)
    const player = again.locator('#recorder [data-part=player]')
    const before = await player.getAttribute('src')
    await player.dispatchEvent('ended')
    await playing(again)
    expect(await player.getAttribute('src')).not.toBe(before)
    await context.close()
  })
})

describe.concurrent('a film of 5 MB over three cuts, ten minutes without a line, and another network (U11)', () => {
  it('arrives whole and hardly a byte twice', async () => {
    const { proxy, base } = await openLine()
    const { page, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    await page.clock.install()
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '105.66.10.1' })
    await page.goto(`${base}/fr/file/message?way=film`)
    await page.waitForLoadState('load')
    await throttle(page, { ...SLOW, uploadThroughput: 400_000, downloadThroughput: 400_000, latency: 50 })
    const film = Buffer.alloc(5_000_000, 'a film that nobody can make smaller ')
    const sentBefore = proxy.sent()
    const received = async () =>
      Number(
        (await server.db.sql`select received_bytes as bytes from uploads where id = any (${[...of]})`)[0]?.[
          'bytes'
        ] ?? 0,
      )
    await page.setInputFiles('#files', { name: 'film.mp4', mimeType: 'video/mp4', buffer: film })
    await pollUntil(() => proxy.sent() - sentBefore > 700_000, 90_000)
    proxy.cut()
    await page.clock.runFor(3000)
    await pollUntil(() => proxy.sent() - sentBefore > 2_000_000, 90_000)
    proxy.set('refused')
    await page.getByText('Connexion perdue').waitFor()
    let tries = 0
    page.on('requestfailed', () => {
      tries += 1
    })
    // It never gives up, and waits longer each time, up to a minute.
    for (let minute = 0; minute < 10; minute += 1) {
      const before = tries
      await page.clock.runFor(60_000)
      await pollUntil(() => tries > before)
    }
    expect(tries).toBeLessThan(40)
    server.clock.ahead += 600_000
    proxy.set('open')
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '196.200.3.9' })
    await page.clock.runFor(60_000)
    await pollUntil(async () => (await received()) > 3_200_000, 90_000)
    proxy.cut()
    await page.clock.runFor(5000)
    const { sha256: digest } = await lastArrived({ server, folder, of }, 1)
    expect(digest).toBe(sha256(film))
    expect((proxy.sent() - sentBefore) / film.length).toBeLessThan(1.15)
    await context.close()
  })
})

describe.concurrent('a voice note with a made-up microphone (U9)', () => {
  it('says its weight before, tells start and stop, is small, plays, and arrives as it was made', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    const panel = page.locator('#recorder')
    await panel.waitFor()
    expect(await panel.innerText()).toMatch(/1 minute = environ 150 Ko\. 5 minutes au plus\./)
    await noteWords(page)
    await press(page, 'record')
    await statusOf(page).getByText('a commencé').waitFor()
    await clockAt(page, 60)
    await press(page, 'stop')
    await statusOf(page)
      .getByText(/^Enregistrement terminé\s:\s.1:\d\d/)
      .waitFor()
    await press(page, 'listen')
    await playing(page)
    const { bytes, name, declared_type } = await lastArrived({ server, folder, of }, 1)
    expect(name).toBe('Message vocal 1.webm')
    expect(declared_type).toBe('audio/webm')
    expect(bytes.length).toBeLessThan(200_000)
    expect(Math.abs(secondsOf(folder, bytes) - (await secondsShown(page)))).toBeLessThan(1.5)
    const said = await page.evaluate<{ at: number; region: string }[]>('window.said')
    for (const region of new Set(said.map((one) => one.region))) {
      const times = said.filter((one) => one.region === region).map(({ at }) => at)
      for (const [index, at] of times.entries())
        if (index > 0) expect(at - times[index - 1]!, region).toBeGreaterThan(4900)
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe.concurrent('the recorder by hand', () => {
  /** A page whose recorder may run for so many seconds only. */
  const openWithLimit = async (seconds: number, way = 'speak') => {
    const visited = await visit(browser, { locale: 'fr' })
    await visited.page.route(`**/fr/file/message?way=${way}`, async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace(/data-limit="(300|90)"/, `data-limit="${seconds}"`)
      await route.fulfill({ response, body })
    })
    await visited.page.goto(`${server.url}/fr/file/message?way=${way}`)
    await visited.page.locator('#recorder').waitFor()
    return visited
  }

  it('counts down, stops at its limit and keeps all of it (G14)', async () => {
    const { page, context } = await openWithLimit(12)
    const of = uploadsOf(context)
    await noteWords(page)
    await press(page, 'record')
    await page
      .locator('[data-part=left]')
      .getByText(/Il reste .0:0\d/)
      .waitFor()
    await statusOf(page).getByText('Limite atteinte').waitFor({ timeout: 90_000 })
    const said = await page.evaluate<{ words: string }[]>('window.said')
    expect(said.map(({ words }) => words)).toContain('Il reste 10 secondes.')
    const { bytes } = await lastArrived({ server, folder, of }, 1)
    expect(secondsOf(folder, bytes)).toBeGreaterThan(11)
    await context.close()
  })

  it('pauses, goes on, is listened to, deleted after a question, and made again, by keyboard alone (G15)', async () => {
    const { page, complaints, context } = await visit(browser, {
      locale: 'ar',
      viewport: { width: 320, height: 640 },
    })
    await page.goto(`${server.url}/ar/file/message?way=speak`)
    await page.locator('#recorder').waitFor()
    const look = async () => {
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    }
    const focused = () =>
      page.evaluate<string>('document.activeElement.dataset.do ?? document.activeElement.tagName')
    const reach = async (what: string) => {
      for (let tabs = 0; (await focused()) !== what; tabs += 1) {
        if (tabs > 40) throw new Error(`Tab never reached ${what}`)
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Enter')
    }
    const stateIs = (state: string) => page.locator(`#recorder[data-state=${state}]`).waitFor()
    await reach('record')
    await stateIs('recording')
    expect(await focused(), 'the focus goes where one can stop').toBe('stop')
    await look()
    await reach('pause')
    await stateIs('paused')
    const at = await page.locator('[data-part=clock]').textContent()
    await page.locator('[data-part=status]').getByText('توقف').waitFor()
    expect(await page.locator('[data-part=clock]').textContent()).toBe(at)
    await reach('continue')
    await stateIs('recording')
    await clockAt(page, 6)
    await reach('stop')
    await stateIs('done')
    await look()
    await reach('listen')
    await playing(page)
    await reach('delete')
    await stateIs('sure')
    expect(await focused(), 'the harmless answer first').toBe('keep')
    await look()
    await page.keyboard.press('Enter')
    await stateIs('done')
    await reach('redo')
    await stateIs('sure')
    await reach('sure')
    await stateIs('recording')
    await heard(page)
    expect(await page.locator('#attached li').count(), 'the old take is gone').toBe(1)
    await reach('stop')
    await stateIs('done')
    await reach('delete')
    await reach('sure')
    await stateIs('ready')
    await page.locator('#attached li').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await context.close()
  })

  it('says so when there was nothing to record, and leaves nothing at the gateway', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    await page.addInitScript(`
      const Real = MediaRecorder
      window.MediaRecorder = class extends Real {
        set ondataavailable(hear) { super.ondataavailable = () => hear({ data: new Blob([]) }) }
      }`)
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    await press(page, 'record')
    await page.locator('#attached li').waitFor()
    await press(page, 'stop')
    await statusOf(page).getByText('Rien n’a été enregistré').waitFor()
    await page.locator('#recorder[data-state=ready]').waitFor()
    expect(await page.locator('#attached li').count()).toBe(0)
    await pollUntil(async () => {
      const [left] = await server.db
        .sql`select count(*)::int as count from uploads where id = any (${[...of]})`
      return left?.['count'] === 0
    })
    expect(complaints).toEqual([])
    await context.close()
  })

  it('films: shows what the camera sees, keeps it small, and plays it', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    await page.goto(`${server.url}/fr/file/message?way=film`)
    await press(page, 'record')
    await clockAt(page, 8)
    expect(await page.evaluate<number>("document.querySelector('[data-part=view]').videoHeight")).toBe(360)
    await press(page, 'stop')
    await press(page, 'listen')
    await playing(page)
    const film = await lastArrived({ server, folder, of }, 1)
    expect(film.name).toBe('Vidéo 1.webm')
    expect((film.bytes.length / secondsOf(folder, film.bytes)) * 60).toBeLessThan(2_500_000)
    expect(complaints).toEqual([])
    await context.close()
  })
})
