import fs from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  expectAccessible,
  expectContrast,
  expectNamed,
  expectNoSidewaysScroll,
  startBrowser,
  visit,
} from '../support/browser.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'

let browser: Browser
let folder: string
let gateway: GatewayProcess
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
beforeAll(async () => {
  folder = scratchFolder('house-pages')
  // With the demo's bodies and complaints, as `npm start` has it.
  ;[browser, gateway] = await Promise.all([
    startBrowser(),
    freePort().then((port) => startGatewayProcess({ DATA_DIR: `${folder}/data`, PORT: String(port) })),
  ])
  const link = await until(
    'the sign-in link',
    async () => /http\S+sign-in\S+/.exec(gateway.said.join('\n'))?.[0],
  )
  const { page, context } = await visit(browser, { viewport: { width: 320, height: 640 } })
  await page.goto(link)
  await expectAccessible(page)
  await page.locator('main form button').first().click()
  await page.waitForURL(/\/console(?!\/sign-in)/)
  signedIn = await context.storageState()
  await context.close()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await gateway?.end('SIGTERM')
  fs.rmSync(folder, { recursive: true, force: true })
})

const check = async (page: Page, where: string, look = expectAccessible): Promise<void> => {
  const answer = await page.goto(gateway.base + where)
  expect(answer?.status(), where).toBeLessThan(500)
  await look(page)
  await expectNoSidewaysScroll(page)
}

describe('the pages that are not the citizen’s (U4, U5)', () => {
  it.each(['light', 'dark'] as const)(
    'the simulator, the check of receipts and the API’s pages, %s',
    async (scheme) => {
      const { page, context } = await visit(browser, {
        viewport: { width: 320, height: 640 },
        colorScheme: scheme,
      })
      for (const where of [
        '/simulator',
        '/simulator/mailbox',
        '/simulator/phone',
        '/simulator/body',
        '/ar/verify',
        '/fr/verify/2612345678',
        '/en/verify?receipt=x',
        '/api/docs',
        '/console',
        '/ar/nowhere',
      ])
        await check(page, where, scheme === 'light' ? expectAccessible : expectContrast)
      await context.close()
    },
  )

  it.each(['ar', 'fr', 'en'] as const)('the console in %s', async (locale) => {
    const { page, context } = await visit(browser, {
      viewport: { width: 320, height: 640 },
      storageState: signedIn,
    })
    await page.goto(`${gateway.base}/console?lang=${locale}`)
    const addresses = await page.evaluate<string[]>(
      `[...new Set([...document.querySelectorAll('a[href^="/console"]')].map((a) => a.getAttribute('href')))]`,
    )
    const complaints = addresses.filter((address) => address.includes('/complaints/'))
    const others = addresses.filter(
      (address) => !address.includes('/complaints/') && !/lang=|cursor=/.test(address),
    )
    expect(complaints.length).toBeGreaterThan(0)
    // Colours and sizes are the same in every language.
    const look = locale === 'ar' ? expectAccessible : expectNamed
    // A search brings the form that keeps it.
    for (const where of [...others, '/console?q=a', ...complaints.slice(0, 3)]) await check(page, where, look)
    await context.close()
  })
})
