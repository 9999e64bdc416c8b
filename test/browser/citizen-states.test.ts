import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { LOCALES } from '../../src/core/locale.ts'
import { text } from '../../src/html/text.ts'
import { expectAccessible, visit } from '../support/browser.ts'
import { walkFiling, walkTracking } from '../support/citizen-walk.ts'
import { numbersOn, pressPrimary, STORIES } from '../support/filing-journey.ts'
import { lookAtPage, visitEnlarged } from '../support/look-at-page.ts'
import { openWebStage } from '../support/web-stage.ts'
import { webTexts } from '../support/web-texts.ts'

const { server, browser, close } = await openWebStage('states', { receipts: true, texts: webTexts().parts })
afterAll(close)

describe.concurrent('every page and state of the citizen (U4, U5, U6, U7, G8)', () => {
  it.each(LOCALES)('in %s', async (locale) => {
    const { page, context } = await visitEnlarged(browser)
    const seen: string[] = []
    const look = async (state: string) => {
      seen.push(state)
      await lookAtPage(page, locale, state)
      if (state !== 'late') return
      // A word and a picture, not a colour.
      expect(await page.innerText('.tag.late')).toBe(text(locale, 'state.late'))
      expect(await page.locator('.tag.late svg').count()).toBe(1)
    }
    await walkFiling(page, server, locale, look)
    await walkTracking(page, server, locale, look)
    expect(seen).toContain('late')
    await context.close()
  })
})

describe('other eyes', () => {
  it('forced colours: the chosen, the wrong and the focus are told by lines and words, not by colour', async () => {
    const { page, context } = await visit(browser, { forcedColors: 'active', reducedMotion: 'reduce' })
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await pressPrimary(page)
    const seen = await page.evaluate<Record<string, string>>(`(() => {
      const of = (selector) => getComputedStyle(document.querySelector(selector))
      document.querySelector('#text').focus()
      return {
        chosen: of('.choice:has(:checked)').borderTopWidth,
        other: of('.choice:not(:has(:checked))').borderTopWidth,
        wrong: of('.wrong').borderInlineStartWidth,
        focus: of('#text').outlineStyle,
        words: document.querySelector('#text-error').textContent,
      }
    })()`)
    expect(Number.parseFloat(seen['chosen'] ?? '')).toBeGreaterThan(Number.parseFloat(seen['other'] ?? ''))
    expect(seen['wrong']).not.toBe('0px')
    expect(seen['focus']).not.toBe('none')
    expect(seen['words']).toContain('Erreur')
    await expectAccessible(page)
    await context.close()
  })
})

/** What came from people or machines, and whether a page keeps it from turning its sentence around. */
const FOREIGN = ['Rapport (v2).pdf', '0612345678', 'nadia@exemple.ma', 'Nadia (B.)']

interface Held {
  readonly value: string
  readonly isolated: boolean
  readonly inOrder: boolean
}

const heldOn = (page: Page, values: readonly string[]): Promise<Held[]> =>
  page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
    const found = []
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const value of ${JSON.stringify(values)}) {
        const start = node.data.indexOf(value)
        if (start < 0 || node.parentElement.closest('script, .hidden, [hidden]')) continue
        const before = node.data.slice(0, start)
        const opened = before.lastIndexOf('\\u2066') > before.lastIndexOf('\\u2069')
        const at = (offset) => {
          const range = document.createRange()
          range.setStart(node, start + offset)
          range.setEnd(node, start + offset + 1)
          return range.getClientRects()[0]
        }
        const boxes = Array.from({ length: value.length }, (_, n) => at(n)).filter((box) => box && box.width > 0)
        found.push({
          value,
          isolated: opened || node.parentElement.closest('bdi, [dir]:not(html)') !== null,
          inOrder: boxes.every((box, n) => n === 0 || box.top > boxes[n - 1].top || box.left >= boxes[n - 1].left - 0.5),
        })
      }
    return found
  })()`)

describe('U7 U8 right to left', () => {
  it('isolates every foreign name, number and address in Arabic, and keeps their letters in order', async () => {
    const { page, context } = await visit(browser)
    page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
    await page.route('**/*.island*.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: '' }),
    )
    const seen = new Set<string>()
    const look = async (values: readonly string[] = FOREIGN) => {
      for (const { value, ...held } of await heldOn(page, values)) {
        expect(held, `${value} on ${page.url()}`).toEqual({ isolated: true, inOrder: true })
        seen.add(value)
      }
    }
    await page.goto(`${server.url}/ar/file/message?way=write`)
    await page.fill('#text', STORIES.ar)
    await page.setInputFiles('#files', {
      name: 'Rapport (v2).pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4 x'),
    })
    await pressPrimary(page)
    await page.goto(`${server.url}/ar/file/message`)
    await look()
    await page.goto(`${server.url}/ar/file/office`)
    await page.getByRole('radio').first().check()
    await pressPrimary(page)
    await page.locator('input[value=email]').check()
    await page.fill('#email', 'nadia@exemple.ma')
    await page.fill('#name', 'Nadia (B.)')
    await look()
    await pressPrimary(page)
    await page.waitForURL('**/check')
    await look()
    await pressPrimary(page)
    await page.goto(`${server.url}/ar${new URL(page.url()).pathname}`)
    const { reference, code } = await numbersOn(page)
    await look([...FOREIGN, reference, code])
    await page.goto(`${server.url}/ar/track`)
    await look()
    await page.fill('#reference', reference)
    await page.fill('#code', code)
    await pressPrimary(page)
    await look([...FOREIGN, reference])
    for (const where of ['data', 'contact', 'add', 'withdraw']) {
      await page.goto(`${server.url}/ar/track/complaint/${where}`)
      await look([...FOREIGN, reference])
    }
    expect([...seen].toSorted()).toEqual([...FOREIGN, reference, code].toSorted())
    await context.close()
  })

  it('turns arrows round, and nothing that has no direction', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/ar/file/office`)
    const turned = await page.evaluate<string[]>(`[...document.querySelectorAll('svg')]
      .filter((e) => getComputedStyle(e).transform !== 'none').map((e) => e.parentElement.className)`)
    expect(turned).toEqual(['back link'])
    await context.close()
  })
})
