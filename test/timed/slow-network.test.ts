import { afterAll, expect, it } from 'vitest'
import { visit } from '../support/browser.ts'
import { fileInWords } from '../support/filing-journey.ts'
import { openWebStage } from '../support/web-stage.ts'
import { webTexts } from '../support/web-texts.ts'

const { server, browser, close } = await openWebStage('slow-network', {
  receipts: true,
  texts: webTexts().parts,
})
afterAll(close)

/** A second-generation network, in bytes a second and milliseconds. */
const SECOND_GENERATION = {
  offline: false,
  latency: 500,
  downloadThroughput: (50 * 1024) / 8,
  uploadThroughput: (20 * 1024) / 8,
}

it('files in words waiting under 20 s in all and under 6 s for a page at 50/20 kbit/s and 500 ms (U2)', async () => {
  const { page, context } = await visit(browser, { javaScriptEnabled: false })
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', SECOND_GENERATION)
  const waits: number[] = []
  let since = performance.now()
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.redirectedFrom() === null) since = performance.now()
  })
  page.on('load', () => waits.push(performance.now() - since))
  await fileInWords(page, server.url, 'ar')
  expect(waits.length).toBeGreaterThanOrEqual(6)
  expect(Math.max(...waits), `${waits.map(Math.round)}`).toBeLessThan(6_000)
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(20_000)
  await context.close()
})
