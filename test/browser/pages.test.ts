import { brotliDecompressSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import { SITE_ASSETS } from '../../src/html/assets.ts'
import { follow, PRIMARY, visit } from '../support/browser.ts'
import { numbersOn } from '../support/filing-journey.ts'
import { lookAtPage, visitEnlarged } from '../support/look-at-page.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, close } = await openWebStage('pages', { receipts: true })
afterAll(close)

const press = (page: Page) => follow(page, PRIMARY)

const LONG_WORD = 'anticonstitutionnellement'.repeat(4)

/** Every page in every state that the pages themselves can be brought into, one after another. */
const walk = async (page: Page, locale: Locale, look: (state: string) => Promise<void>): Promise<void> => {
  const at = (where: string) => page.goto(`${server.url}/${locale}${where}`)
  const nowhere = await at('/nowhere')
  expect(nowhere?.status()).toBe(404)
  await look('not found')
  for (const where of [
    '/',
    '/privacy',
    '/accessibility',
    '/statistics',
    '/file/message?way=speak',
    '/file/message?way=film',
    '/track',
  ]) {
    await at(where)
    await look(where)
  }
  await press(page)
  await look('track error')
  await at('/file/message?way=write')
  await look('message empty')
  await press(page)
  await look('message error')
  await page.fill('#text', `${LONG_WORD} <b>&amp; "texte"`)
  await page.setInputFiles('#files', [
    { name: `${'nom très long '.repeat(8)}.mp3`, mimeType: 'audio/mpeg', buffer: Buffer.from('ID3 x') },
    { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('xxxxftypisom') },
  ])
  await press(page)
  await at('/file/message')
  await look('message filled')
  await at('/file/office')
  await look('office empty')
  await press(page)
  await look('office error')
  await page.fill('#q', 'defense')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=status]')
  await look('office search')
  await page.locator('input[value=DEFENSE]').check()
  await press(page)
  await page.waitForSelector('.note.clock')
  await look('office outside')
  await press(page)
  await page.waitForURL(/contact/)
  await look('contact empty')
  await press(page)
  await look('contact error')
  await page.locator('input[value=email]').check()
  await page.fill('#email', 'a@b')
  await press(page)
  await look('contact e-mail error')
  await page.locator('input[value=phone]').check()
  await page.fill('#phone', '0612345678')
  await press(page)
  await page.waitForURL(/check/)
  await look('check')
  const playsOn = await page.evaluate<boolean>(`(() => {
    const [first, second] = document.querySelectorAll('ul.files :is(audio, video)')
    let isPlaying = false
    second.play = async () => { isPlaying = true }
    first.dispatchEvent(new Event('ended'))
    return isPlaying
  })()`)
  expect(playsOn, 'parts of one account are heard one after the other').toBe(true)
  await press(page)
  await page.waitForURL(/receipts/)
  const { reference: filed } = await numbersOn(page)
  await at('/file/check')
  await look('already sent')
  const { reference, accessCode, complaintId } = server.accepted.find((one) => one.reference === filed)!
  await at('/track')
  await page.fill('#reference', reference)
  await page.fill('#code', accessCode)
  await press(page)
  await page.waitForURL(/complaint/)
  await look('tracked')
  await server.db.sql`
    update complaints set status = 'closed', closed_reason = 'inadmissible', ground = 'national_defence', round = 2
    where id = ${complaintId}`
  await server.db
    .sql`insert into rounds (complaint_id, number, opened_at, answer) values (${complaintId}, 2, now(), 'Voici la réponse.')`
  await at('/track/complaint')
  await look('closed')
}

describe.concurrent('every page and state (U4, U5, U6, G8)', () => {
  it.each(LOCALES)('in %s', async (locale) => {
    const { page, context } = await visitEnlarged(browser)
    // Files go with the form here: the island is tried in journeys.test.ts.
    await page.route('**/upload.island*.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: '' }),
    )
    await walk(page, locale, (state) => lookAtPage(page, locale, state))
    await context.close()
  })

  it('in Amazigh, as far as its texts go', async () => {
    const { page, complaints, context } = await visitEnlarged(browser)
    for (const where of ['/', '/privacy', '/accessibility']) {
      await page.goto(`${server.url}/zgh${where}`)
      await lookAtPage(page, 'zgh', where)
    }
    expect(await page.evaluate<boolean>('document.fonts.check("16px \\"Wasl Tifinagh\\"", "ⵣ")')).toBe(true)
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('right to left (U7, U8)', () => {
  it('uses no physical side, no letter spacing, no italics', async () => {
    const css = SITE_ASSETS.map(({ brotli, type }) =>
      type.startsWith('text/css') ? `${brotliDecompressSync(brotli)}` : '',
    ).join('')
    expect(css).not.toMatch(/(?:^|[;{\s])(?:margin|padding|border|inset)?-?(?:left|right)\s*:/)
    expect(css).not.toMatch(
      /letter-spacing:(?!\s*0)|font-style:\s*italic|text-align:\s*(?:left|right)|float:/,
    )
  })

  it('shows a reference, a phone and a file name left to right inside Arabic', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/ar/track`)
    const isLeftToRight = await page.evaluate<boolean>(`(() => {
      const node = document.querySelector('#reference-hint').firstChild
      const start = node.data.indexOf('2612345678')
      const at = (offset) => {
        const range = document.createRange()
        range.setStart(node, start + offset)
        range.setEnd(node, start + offset + 1)
        return range.getBoundingClientRect().left
      }
      return Array.from({ length: 9 }, (_, n) => at(n) < at(n + 1)).every(Boolean)
    })()`)
    expect(isLeftToRight).toBe(true)
    await context.close()
  })
})

describe('weight (G2)', () => {
  it.each(['/ar/', '/ar/file/message?way=write', '/ar/file/office', '/ar/file/contact', '/ar/track'])(
    '%s is under 14 KB and its styles under 10',
    async (where) => {
      const response = await fetch(server.url + where, { headers: { 'accept-encoding': 'gzip' } })
      const { headers } = response
      await response.arrayBuffer()
      expect(headers.get('content-encoding')).toBe('gzip')
      expect(Number(headers.get('content-length'))).toBeLessThan(14 * 1024)
      expect(SITE_ASSETS.reduce((sum, { gzip }) => sum + gzip.length, 0)).toBeLessThan(10 * 1024)
    },
  )
})
