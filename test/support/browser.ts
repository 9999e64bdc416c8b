import fs from 'node:fs'
import { createRequire } from 'node:module'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { expect } from 'vitest'

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The same browser without windows to draw does the work of a page with half the effort. */
const SHELL = '/usr/lib/chromium/chromium-headless-shell'
const CHROMIUM = fs.existsSync(SHELL) ? SHELL : '/usr/bin/chromium'

/**
 * Debian's Chromium, quiet: root needs --no-sandbox, and nothing may be fetched in the background. Its microphone and camera are
 * made up; `microphone` 'refused': it says no whenever a page asks.
 */
export const startBrowser = ({ microphone = 'granted' } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      microphone === 'granted' ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts',
    ],
  })

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors and failed requests so far. */
  readonly complaints: string[]
  /** Bytes that came over the line so far, headers included. */
  transferred(): number
}

/** A new person at the browser: no cookies, no cache. What a service worker keeps is for the tests that go without a network. */
export const visit = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 360, height: 640 },
    serviceWorkers: 'block',
    ...options,
  })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  let bytes = 0
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  return { context, page, complaints, transferred: () => bytes }
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

const runAxe = async (page: Page, options: object): Promise<void> => {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axeSource)
  const { violations } = await page.evaluate<AxeResult>(`axe.run(document, ${JSON.stringify(options)})`)
  const told = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
  )
  expect(told, page.url()).toEqual([])
}

/** Fails with what axe finds on the page as it is now. Works with scripts off too: the tool runs beside the page. */
export const expectAccessible = (page: Page): Promise<void> =>
  runAxe(page, {
    runOnly: { type: 'tag', values: TAGS },
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
  })

/** The same of contrast alone: all that another scheme of colours can change. */
export const expectContrast = (page: Page): Promise<void> =>
  runAxe(page, { runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] })

/** The same without colours and sizes, most of its work: all that another language can change of a page that was looked at. */
export const expectNamed = (page: Page): Promise<void> =>
  runAxe(page, {
    runOnly: { type: 'tag', values: TAGS },
    rules: { 'color-contrast': { enabled: false } },
    resultTypes: ['violations'],
  })

/** Nothing sticks out sideways. */
export const expectNoSidewaysScroll = async (page: Page): Promise<void> => {
  const widths = await page.evaluate<{ inner: number; scroll: number }>(
    '({ inner: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth })',
  )
  expect(widths.scroll, page.url()).toBeLessThanOrEqual(widths.inner)
}

/** Presses what leads to another page, and waits until that page stands. */
export const follow = async (page: Page, selector: string): Promise<void> => {
  const loaded = page.waitForEvent('load')
  await page.locator(selector).first().click()
  await loaded
}

/** The one primary button of a page. */
export const PRIMARY = 'main button.button:not(.second)'
