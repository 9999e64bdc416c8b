import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { startBrowser, visit } from '../support/browser.ts'
import { heard, lastArrived, press, uploadsOf } from '../support/recording.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, folder, close } = await openWebStage('elsewhere')
afterAll(close)

describe.concurrent('in other browsers', () => {
  /** What other browsers say they can record; what they then record is not this test's affair. */
  it.each([
    { says: 'audio/mp4', name: 'Message vocal 1.m4a', type: 'audio/mp4', bits: 32_000, weighs: '240 Ko' },
    {
      says: 'audio/ogg;codecs=opus',
      name: 'Message vocal 1.ogg',
      type: 'audio/ogg',
      bits: 20_000,
      weighs: '150 Ko',
    },
  ])('records $says where a browser makes that', async ({ says, name, type, bits, weighs }) => {
    const { page, complaints, context } = await visit(browser, { locale: 'fr' })
    const of = uploadsOf(context)
    await page.addInitScript(`
      const Real = MediaRecorder
      window.MediaRecorder = class extends Real {
        static isTypeSupported(type) { return type === ${JSON.stringify(says)} }
        constructor(stream, asked) {
          super(stream)
          window.asked = asked
        }
      }`)
    await page.goto(`${server.url}/fr/file/message?way=speak`)
    await press(page, 'record')
    expect(await page.locator('[data-part=before]').innerText()).toContain(weighs)
    await heard(page)
    await press(page, 'stop')
    const take = await lastArrived({ server, folder, of }, 1)
    expect({ name: take.name, type: take.declared_type }).toEqual({ name, type })
    expect(await page.evaluate('window.asked')).toEqual({ mimeType: says, audioBitsPerSecond: bits })
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe.concurrent('where nothing can be recorded (U12)', () => {
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
