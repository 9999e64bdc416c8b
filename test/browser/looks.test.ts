import type { Page } from 'playwright-core'
import { afterAll, describe, it } from 'vitest'
import type { Locale } from '../../src/core/locale.ts'
import { expectAsReviewed } from '../support/baseline.ts'
import { visit } from '../support/browser.ts'
import { type Look, walkFiling, walkTracking } from '../support/citizen-walk.ts'
import { fileInWords } from '../support/filing-journey.ts'
import { openWebStage } from '../support/web-stage.ts'
import { webTexts } from '../support/web-texts.ts'

const { server, browser, close } = await openWebStage('looks', { receipts: true, texts: webTexts().parts })
afterAll(close)

/** The main pages, and those beside them that are seen in Arabic at the width of a small telephone. */
const MAIN = [
  'home',
  'message',
  'speak',
  'office',
  'contact',
  'check',
  'receipt',
  'track',
  'tracked',
  'answered',
  'refused',
  'data',
]
const BESIDE = [
  'sensitive',
  'message with exit, wrong',
  'later, sent',
  'resume',
  'asked',
  'late',
  'again',
  'offline',
]

const SEEN: readonly {
  readonly locale: Locale
  readonly width: number
  readonly states: readonly string[]
}[] = [
  { locale: 'ar', width: 320, states: [...MAIN, ...BESIDE] },
  { locale: 'fr', width: 1280, states: MAIN },
]

const walk = async (page: Page, locale: Locale, look: Look): Promise<void> => {
  await fileInWords(page, server.url, locale, look)
  for (const [where, state] of [
    ['/file/message?way=speak', 'speak'],
    ['/offline', 'offline'],
  ] as const) {
    await page.goto(`${server.url}/${locale}${where}`)
    await look(state)
  }
  await walkFiling(page, server, locale, look)
  await walkTracking(page, server, locale, look)
}

describe.concurrent('pages look as they were reviewed (U7)', () => {
  it.each(SEEN)('in $locale at $width px', async ({ locale, width, states }) => {
    const { page, context } = await visit(browser, { locale })
    // A machine with voices would show listen buttons.
    await page.addInitScript('speechSynthesis.getVoices = () => []')
    page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
    const left = new Set(states)
    await walk(page, locale, async (state) => {
      if (left.delete(state))
        await expectAsReviewed(page, `${locale}-${state.replaceAll(/\W+/g, '-')}`, width)
    })
    if (left.size > 0) throw new Error(`not met on the way: ${[...left].join(', ')}`)
    await context.close()
  })
})
