import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import type { Locale } from '../../src/core/locale.ts'
import { text } from '../../src/html/text.ts'
import { expectAccessible, expectNoSidewaysScroll, visit } from '../support/browser.ts'
import { pollUntil } from '../support/poll-until.ts'
import { clockAt, press } from '../support/recording.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, close } = await openWebStage('offline')
const lines: TcpProxy[] = []
afterAll(async () => {
  for (const line of lines) await line.close()
  await close()
})

const WORDS: Readonly<Record<'ar' | 'fr', string>> = {
  ar: 'الطريق مقطوع منذ ثلاثة أيام ولا توجد شبكة هنا.',
  fr: 'La route est coupée depuis trois jours et il n’y a pas de réseau ici.',
}

/** Somebody who was here once while there was a network, over a line of their own: the form is on the telephone. */
const hasBeenHere = async (locale: Locale) => {
  const proxy = await startTcpProxy({ port: Number(new URL(server.url).port) })
  lines.push(proxy)
  const base = `http://127.0.0.1:${proxy.port}`
  const visited = await visit(browser, {
    locale,
    viewport: { width: 320, height: 640 },
    serviceWorkers: 'allow',
  })
  const { page } = visited
  await page.goto(`${base}/${locale}/`)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await pollUntil(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'))
  return { ...visited, proxy, base }
}

/** Writes a filing on the page that opens without a network. */
const write = async (page: Page, locale: 'ar' | 'fr', words = WORDS[locale]) => {
  const base = new URL(page.url()).origin
  await page.goto(`${base}/${locale}/file/message?way=speak`)
  await page.locator('#offline').waitFor()
  await page.fill('#text', words)
}
const keep = (page: Page) => page.locator('#offline button.button:not(.second)').last().click()
const state = (page: Page, name: string) => page.locator(`#queue li[data-state=${name}]`)

const filed = (words: string) =>
  server.db.sql<{ reference: string; media: number }[]>`
    select reference, (select count(*)::int from media_assets m where m.complaint_id = c.id) as media
    from complaints c where text = ${words}`

/** Everything the service worker has kept. */
const keptPaths = (page: Page) =>
  page.evaluate<string[]>(`(async () => {
    const paths = []
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname)
    return paths
  })()`)

describe.concurrent.each(['ar', 'fr'] as const)('without a network in %s', (locale) => {
  it('opens the form, keeps what is filed, says that it is not sent, sends it when the network is back', async () => {
    const { page, context, proxy } = await hasBeenHere(locale)
    proxy.set('refused')
    await write(page, locale)
    expect(await page.textContent('h1')).toBe(text(locale, 'offline.title'))
    expect(await page.getAttribute('html', 'dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr')
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await press(page, 'record')
    await clockAt(page, 6)
    const picture = { name: 'route.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(30_000, 'road') }
    await page.setInputFiles('#files', picture)
    await page.locator('#attached li').nth(1).waitFor()
    // The recording is still going on: the press ends it first.
    await keep(page)
    await state(page, 'waiting').waitFor()
    expect(await page.locator('#queue').innerText()).toContain(text(locale, 'offline.kept'))
    expect(await page.inputValue('#text')).toBe('')
    expect(await filed(WORDS[locale])).toEqual([])
    await expectAccessible(page)

    await page.reload()
    await state(page, 'waiting').waitFor()
    proxy.set('open')
    await state(page, 'sent').waitFor({ timeout: 40_000 })
    const [complaint] = await filed(WORDS[locale])
    expect(await state(page, 'sent').innerText()).toContain(complaint?.reference)
    await page
      .locator('#queue [role=status]')
      .getByText(complaint?.reference ?? '')
      .waitFor()
    await pollUntil(async () => (await filed(WORDS[locale]))[0]?.media === 2, 40_000)
    await page.locator('#queue a').click()
    await page.waitForURL('**/receipts/*')
    expect(await page.textContent('h1')).toBe(complaint?.reference)
    await context.close()
  })
})

describe.concurrent('what was filed without a network', () => {
  it('is one complaint when the answer was lost and two tabs send it', async () => {
    const { page, context, proxy, base } = await hasBeenHere('fr')
    const words = 'Une seule plainte, malgré une réponse perdue.'
    proxy.set('refused')
    await write(page, 'fr', words)
    await keep(page)
    await state(page, 'waiting').waitFor()
    proxy.set('mute')
    const second = await context.newPage()
    await second.goto(`${base}/fr/offline`).catch(() => {})
    await pollUntil(async () => (await filed(words)).length === 1, 60_000)
    expect(await state(page, 'sent').count(), 'nobody said so yet').toBe(0)
    proxy.cut()
    proxy.set('open')
    const third = await context.newPage()
    await third.goto(`${base}/fr/offline`)
    await state(third, 'sent').waitFor({ timeout: 60_000 })
    expect(await filed(words)).toHaveLength(1)
    expect(await state(third, 'sent').innerText()).toContain((await filed(words))[0]?.reference)
    await context.close()
  })

  it('is sent by the browser itself when the page was closed', async () => {
    const { page, context, proxy, base } = await hasBeenHere('fr')
    const words = 'La page est fermée, la plainte part quand même.'
    proxy.set('refused')
    await write(page, 'fr', words)
    await page.setInputFiles('#files', {
      name: 'p.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.alloc(9000, 'p'),
    })
    await page.locator('#attached li').waitFor()
    await keep(page)
    await state(page, 'waiting').waitFor()
    // Somewhere else, so that only the service worker is left.
    await page.goto('about:blank')
    proxy.set('open')
    await dispatchSync(context, base)
    await pollUntil(async () => (await filed(words))[0]?.media === 1, 40_000)
    await page.goto(`${base}/fr/offline`)
    await state(page, 'sent').waitFor()
    await context.close()
  })

  it('says what must be mended and takes it back into the form', async () => {
    const { page, context, proxy } = await hasBeenHere('fr')
    proxy.set('refused')
    await write(page, 'fr', 'Une plainte avec un mauvais numéro.')
    await page.locator('input[name=contact][value=phone]').check()
    await page.fill('#phone', '12')
    await keep(page)
    await state(page, 'waiting').waitFor()
    proxy.set('open')
    await state(page, 'wrong').getByText('0612345678').waitFor({ timeout: 40_000 })
    await page.getByRole('button', { name: 'Modifier' }).click()
    expect(await page.inputValue('#text')).toBe('Une plainte avec un mauvais numéro.')
    await page.fill('#phone', '0612345678')
    await keep(page)
    await state(page, 'sent').waitFor({ timeout: 40_000 })
    await context.close()
  })

  it('leaves no page of anybody on the telephone', async () => {
    const { page, context, base } = await hasBeenHere('fr')
    await page.goto(`${base}/fr/file/message?way=write`)
    await page.fill('#text', 'Ceci ne regarde que moi et l’administration.')
    await page.click('button[name=action][value=continue]')
    await page.waitForURL('**/file/office')
    await page.goto(`${base}/fr/file/check`)
    await page.goto(`${base}/fr/track`)
    const kept = await keptPaths(page)
    expect(kept.length).toBeGreaterThan(5)
    for (const where of kept) expect(where).toMatch(/^\/assets\/|^\/(ar|fr|en)\/offline$/)
    await context.close()
  })
})

/** Tells the browser that the line is back, as it would find by itself. */
const dispatchSync = async (context: BrowserContext, base: string): Promise<void> => {
  const session = await context.newCDPSession(context.pages()[0]!)
  const registration = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL === `${base}/`)
      if (own) resolve(own.registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.dispatchSyncEvent', {
    origin: base,
    registrationId: await registration,
    tag: 'wasl-filings',
    lastChance: false,
  })
}

describe.concurrent('leaving fast without a network (G12)', () => {
  it('leads to an empty tab, and what was begun is forgotten once there is a network', async () => {
    const { page, context, proxy, base } = await hasBeenHere('fr')
    await page.goto(`${base}/fr/file/message?way=write&sensitive=yes`)
    await page.fill('#text', WORDS.fr)
    await page.click('button[name=action][value=continue]')
    await page.waitForURL('**/file/office')
    proxy.set('refused')
    await page.locator('a.exit').click()
    await page.waitForURL('about:blank')
    proxy.set('open')
    await page.goto(`${base}/fr/file/message?way=write`)
    expect(await page.inputValue('#text')).toBe('')
    await context.close()
  })
})
