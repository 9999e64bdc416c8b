import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SITE_ASSETS } from '../../src/html/assets.ts'
import { HTML_ISLANDS } from '../../src/html/islands.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'
import { expectAccessible, expectNoSidewaysScroll, follow, startBrowser, visit } from '../support/browser.ts'
import { openDesk } from '../support/desk.ts'
import { type MailGateway, type Met, onTheWire, openMailGateway, utf8 } from '../support/mail.ts'

/** A port that is free now: the desk must know its own address before it listens. */
const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whoever comes here was lured. */
const startCanary = async () => {
  const calls: string[] = []
  const server = http.createServer((request, response) => {
    calls.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () => server.close(),
  }
}

let gateway: MailGateway
let desk: Awaited<ReturnType<typeof openDesk>>
let browser: Browser
let canary: Awaited<ReturnType<typeof startCanary>>
let base: string
let filed: Met
beforeAll(async () => {
  canary = await startCanary()
  gateway = await openMailGateway({ authservId: 'mx.wasl.example' })
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  desk = await openDesk(gateway.db, gateway.store, base, {}, (app) =>
    serveAssets(app, [...SITE_ASSETS, ...HTML_ISLANDS]),
  )
  await desk.app.listen({ port, host: '127.0.0.1' })
  browser = await startBrowser()
  filed = await gateway.take(lure(canary.url))
  await gateway.take(
    onTheWire('From: a@example.ma\nSubject: montres\nX-Spam-Flag: YES\n\nAchetez des montres.\n'),
  )
  await gateway.take('bonjour')
})
afterAll(async () => {
  await browser?.close()
  await desk?.close()
  canary?.close()
  await gateway?.close()
})

/** Everything a sender tries so that opening a mail calls home, in a mail that also deceives and quotes. */
const lure = (home: string): Buffer => {
  const html =
    utf8(`<html><head><link rel="stylesheet" href="${home}/a.css"><base href="${home}/"><meta http-equiv="refresh" content="0;url=${home}/refresh"></head>
<body background="${home}/b.png" onload="fetch('${home}/onload')"><p style="background:url(${home}/c.png)">الشباك مغلق منذ يوم الاثنين.</p>
<img src="${home}/d.png" srcset="${home}/e.png 2x"><video src="${home}/f.mp4" poster="${home}/g.png"></video><iframe src="${home}/h"></iframe>
<object data="${home}/i"></object><svg><image href="${home}/j"/></svg><script src="${home}/k.js"></script><form action="${home}/l"><button>ok</button></form>
<a href="${home}/link" ping="${home}/ping">رابط</a><blockquote><p>أول رسالة مقتبسة ${'طويلة '.repeat(40)}</p></blockquote></body></html>`)
  return onTheWire(
    `From: "${utf8('وزير العدل minister@gov.ma')}" <${'x'.repeat(60)}@evil.example>\nReply-To: z@else.example\nTo: plaintes@wasl.example\nSubject: ${utf8('إغلاق الشباك')}\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${html}\n--m\nContent-Type: application/pdf; name="${'tres-long-'.repeat(12)}.pdf"\n\n--m--\n`,
  )
}

const signIn = async (page: Page, language: string): Promise<void> => {
  await page.goto(`${base}${await desk.linkFor('ministry-supervisor')}?lang=${language}`)
  await follow(page, 'main button.button')
}

describe.each(['ar', 'fr'])('mail on the desk in %s', (language) => {
  it.each([320, 1280])('calls nobody, hides nothing and fits %i px (P39, U5)', async (width) => {
    const { page, context, complaints } = await visit(browser, { viewport: { width, height: 800 } })
    await signIn(page, language)
    await page.goto(`${base}/console/complaints/${filed.reference}?lang=${language}`)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await page.locator('#identity summary').click()
    await page.locator('#identity input[value=inspection]').check()
    await page.locator('#identity button').click()
    await page.waitForURL('**#identity')
    await expectNoSidewaysScroll(page)
    for (const fold of await page.locator('article.mail details > summary').all()) await fold.click()
    const frame = page.frameLocator('iframe.mail')
    await frame.getByText('الشباك مغلق منذ يوم الاثنين.').waitFor()
    await frame.getByText('رابط').first().click({ noWaitAfter: true })
    await page.waitForLoadState('networkidle')
    await expectNoSidewaysScroll(page)
    await page.goto(`${base}/console/failures`)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    expect(canary.calls).toEqual([])
    // The browser itself tells that the link in the frame was stopped.
    expect(complaints.filter((words) => !words.includes('Content Security Policy'))).toEqual([])
    await context.close()
  })
})
