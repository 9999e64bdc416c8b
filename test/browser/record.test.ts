import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, startBrowser, visit } from '../support/browser.ts'
import { pollUntil } from '../support/poll-until.ts'
import {
  arrivedUploads,
  clockAt,
  lastArrived,
  playing,
  press,
  secondsOf,
  statusOf,
} from '../support/recording.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, folder, close } = await openWebStage('record')
afterAll(close)

/** Every word the live regions said, with the time. */
const listen = (page: Page) =>
  page.evaluate(`(() => {
    window.said = []
    for (const region of document.querySelectorAll('[role=status]'))
      new MutationObserver(() => window.said.push({ at: performance.now(), words: region.textContent, region: region.dataset.part ?? 'files' }))
        .observe(region, { childList: true, characterData: true, subtree: true })
  })()`)

describe('a voice note with a made-up microphone (U9)', () => {
  it('says its weight before, tells start and stop, is small, plays, and arrives as it was made', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    const panel = page.locator('#recorder')
    await panel.waitFor()
    expect(await panel.innerText()).toMatch(/1 minute = environ 150 Ko\. 5 minutes au plus\./)
    await listen(page)
    await press(page, 'record')
    await statusOf(page).getByText('a commencé').waitFor()
    await clockAt(page, '1:00')
    await press(page, 'stop')
    await statusOf(page).getByText('Enregistrement terminé : \u20661:00\u2069').waitFor()
    await press(page, 'listen')
    await playing(page)
    const { bytes, name, declared_type } = await lastArrived(server, folder, 1)
    expect(name).toBe('Message vocal 1.webm')
    expect(declared_type).toBe('audio/webm')
    expect(bytes.length).toBeLessThan(200_000)
    expect(secondsOf(folder, bytes)).toBeGreaterThan(59)
    expect(secondsOf(folder, bytes)).toBeLessThan(61)
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

describe('the recorder by hand', () => {
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
    const before = (await arrivedUploads(server, folder)).length
    const { page, context } = await openWithLimit(12)
    await listen(page)
    await press(page, 'record')
    await page
      .locator('[data-part=left]')
      .getByText(/Il reste .0:0\d/)
      .waitFor()
    await statusOf(page).getByText('Limite atteinte').waitFor({ timeout: 30_000 })
    const said = await page.evaluate<{ words: string }[]>('window.said')
    expect(said.map(({ words }) => words)).toContain('Il reste 10 secondes.')
    const { bytes } = await lastArrived(server, folder, before + 1)
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
    await clockAt(page, '0:06')
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

  it('films: shows what the camera sees, keeps it small, and plays it', async () => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    await page.goto(`${server.url}/fr/file/message?way=film`)
    await press(page, 'record')
    await clockAt(page, '0:08')
    expect(await page.evaluate<number>("document.querySelector('[data-part=view]').videoHeight")).toBe(360)
    await press(page, 'stop')
    await press(page, 'listen')
    await playing(page)
    await pollUntil(
      async () => (await arrivedUploads(server, folder)).some(({ name }) => name === 'Vidéo 1.webm'),
      30_000,
    )
    const film = (await arrivedUploads(server, folder)).find(({ name }) => name === 'Vidéo 1.webm')!
    expect((film.bytes.length / secondsOf(folder, film.bytes)) * 60).toBeLessThan(2_500_000)
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('where nothing can be recorded (U12)', () => {
  const fallbacks = async (page: Page) => {
    expect(await page.locator('input[name=record]').isVisible()).toBe(true)
    expect(await page.getAttribute('input[name=record]', 'capture')).toBe('user')
    expect(await page.getAttribute('main a[href^=tel]', 'href')).toBe('tel:+212530000100')
    expect(await page.getAttribute('main a[href*="wa.me"]', 'href')).toBe('https://wa.me/212600000100')
  }
  const fileIt = async (page: Page) => {
    await page.setInputFiles('input[name=record]', {
      name: 'voix.mp3',
      mimeType: 'audio/mpeg',
      buffer: Buffer.from('ID3 voice'),
    })
    await page.click('button[name=action][value=continue]')
    await page.waitForURL('**/file/office')
  }

  it('says that the microphone is refused, what to do instead, and takes a file', async () => {
    const deaf = await startBrowser({ microphone: 'refused' })
    const { page } = await visit(deaf, { locale: 'fr' })
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    await press(page, 'record')
    const told = await page.getByRole('alert').getByText('bloque le micro').textContent()
    expect(told).toContain('+212530000100')
    await fallbacks(page)
    await fileIt(page)
    await deaf.close()
  })

  it('shows no recorder to an old browser', async () => {
    const { page, context } = await visit(browser)
    await page.addInitScript('delete window.MediaRecorder')
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    await page.waitForLoadState('load')
    expect(await page.locator('#recorder').isVisible()).toBe(false)
    await fallbacks(page)
    await fileIt(page)
    await context.close()
  })

  it('shows none without scripts', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    expect(await page.locator('#recorder').isVisible()).toBe(false)
    await fallbacks(page)
    await fileIt(page)
    await context.close()
  })
})
