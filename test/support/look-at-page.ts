import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { TextLocale } from '../../src/core/locale.ts'
import {
  expectAccessible,
  expectContrast,
  expectNamed,
  expectNoSidewaysScroll,
  type Visit,
  visit,
} from './browser.ts'

/** A page of 1280 by 1024 enlarged four times is as wide as a small telephone (WCAG 1.4.10). */
const ENLARGED = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }

/** Somebody who sees pages enlarged four times, to whom leaving a receipt unsaved is nothing. */
export const visitEnlarged = async (browser: Browser): Promise<Visit> => {
  const visited = await visit(browser, ENLARGED)
  visited.page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
  return visited
}

/** Elements that a condition on `e` finds, as the first letters of their source. */
const find = (page: Page, selector: string, condition: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})]
    .filter((e) => ${condition}).map((e) => e.outerHTML.slice(0, 120))`)

/** Wider spacing, as a reader may set it (WCAG 1.4.12). */
const SPACED = `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-block-end: 2em !important }`

const expectRoomForSpacing = async (page: Page, state: string): Promise<void> => {
  await page.evaluate(`(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(${JSON.stringify(SPACED)})
    document.adoptedStyleSheets = [sheet]
  })()`)
  await expectNoSidewaysScroll(page)
  const cut = await find(
    page,
    'main *, .exit',
    `e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !e.closest('.hidden')
      && !['INPUT', 'TEXTAREA', 'svg', 'AUDIO', 'VIDEO', 'PROGRESS'].includes(e.tagName)
      && getComputedStyle(e).overflowX !== 'visible'`,
  )
  expect(cut, `${state}: cut by wide spacing`).toEqual([])
  await page.evaluate('document.adoptedStyleSheets = []')
}

const expectWholeArabic = async (page: Page, state: string): Promise<void> => {
  const wrong = await find(
    page,
    'body *',
    `(({ letterSpacing, fontStyle, textAlign, float }) =>
      !['normal', '0px'].includes(letterSpacing) || fontStyle !== 'normal' || ['left', 'right'].includes(textAlign) || float !== 'none')(getComputedStyle(e))`,
  )
  expect(wrong, `${state}: Arabic set apart, aslant or to a physical side`).toEqual([])
}

const TARGETS =
  'main .button, .choice, .exit, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), .languages a'

/**
 * Looks at a page as it is now with every eye of ux G8 and G9: axe in the light, contrast in the dark, nothing sideways, room for
 * wide spacing, targets of 44 px, nothing that moves, and in Arabic whole words. One look in place of a walk for each.
 */
export const lookAtPage = async (page: Page, locale: TextLocale, state: string): Promise<void> => {
  // Colours and sizes are the same in every language.
  await (locale === 'ar' ? expectAccessible : expectNamed)(page)
  await expectNoSidewaysScroll(page)
  const small = await find(page, TARGETS, 'e.offsetParent !== null && e.getBoundingClientRect().height < 44')
  expect(small, `${state}: lower than 44 px`).toEqual([])
  expect(await page.evaluate('document.getAnimations().length'), `${state}: moves`).toBe(0)
  await expectRoomForSpacing(page, state)
  if (locale !== 'ar') return
  await expectWholeArabic(page, state)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectContrast(page)
  await page.emulateMedia({ colorScheme: 'light' })
}
