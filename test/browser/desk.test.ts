import net, { type AddressInfo } from 'node:net'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SITE_ASSETS } from '../../src/html/assets.ts'
import { HTML_ISLANDS } from '../../src/html/islands.ts'
import { serveAssets } from '../../src/http/serve-assets.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { follow, startBrowser, visit } from '../support/browser.ts'
import { openDesk } from '../support/desk.ts'

/** What a key of a layout reports: the letter on it, and its place. */
type Key = readonly [key: string, code: string, shift?: 'shift']
const LAYOUTS = {
  // The letters of a and q have changed places; the signs are elsewhere; digits are written with Shift.
  AZERTY: {
    j: ['j', 'KeyJ'],
    k: ['k', 'KeyK'],
    a: ['a', 'KeyQ'],
    t: ['t', 'KeyT'],
    search: ['/', 'Period', 'shift'],
    help: ['?', 'KeyM', 'shift'],
    idle: [
      ['q', 'KeyA'],
      ['!', 'Slash'],
      ['§', 'Slash', 'shift'],
      ['&', 'Digit1'],
      ['1', 'Digit1', 'shift'],
      ['Dead', 'KeyN'],
      ['Process', 'KeyT'],
    ],
  },
  Arabic: {
    j: ['ت', 'KeyJ'],
    k: ['ن', 'KeyK'],
    a: ['ش', 'KeyA'],
    t: ['ف', 'KeyT'],
    search: ['ظ', 'Slash'],
    help: ['؟', 'Slash', 'shift'],
    idle: [
      ['ض', 'KeyQ'],
      ['لا', 'KeyB'],
      ['١', 'Digit1'],
      ['ة', 'KeyM'],
    ],
  },
} as const satisfies Record<
  string,
  Record<'j' | 'k' | 'a' | 't' | 'search' | 'help', Key> & { idle: readonly Key[] }
>

const MODIFIER = { none: 0, alt: 1, control: 2, shift: 8 } as const
const CASES = 20

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let browser: Browser
let base: string

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

beforeAll(async () => {
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  ;[open, browser] = await Promise.all([openTestDatabase(), startBrowser()])
  await seedAdministrations({ db: open.db, clock: systemClock, newId: newUuidV7 })
  const names = { ar: 'إدارة', fr: 'Administration' }
  desk = await openDesk(
    open.db,
    undefined as never,
    base,
    {
      suggest: async () => ['SANTE', 'ONEE'].map((code) => ({ code, names, service: undefined, score: 1 })),
      route: async ({ complaintId, administration }) => {
        await open.db.sql`update complaints set status = 'admissible',
          administration_id = (select id from administrations where code = ${administration}) where id = ${complaintId}`
      },
    },
    (app) => serveAssets(app, [...SITE_ASSETS, ...HTML_ISLANDS]),
  )
  await desk.app.listen({ port, host: '127.0.0.1' })
})
afterAll(async () => {
  await browser?.close()
  await desk?.close()
  await open?.close()
})

const keyboardOf = (cdp: CDPSession) => {
  /** A key goes down and up, as the layout and the browser say it. */
  const press = async ([key, code, shift]: Key, held: number = MODIFIER.none): Promise<void> => {
    const modifiers = held | (shift ? MODIFIER.shift : 0)
    const text =
      key === 'Enter' ? '\r' : [...key].length === 1 && (held & ~MODIFIER.shift) === 0 ? key : undefined
    const windowsVirtualKeyCode = { Enter: 13, Tab: 9, ArrowDown: 40 }[key] ?? 0
    const event = { key, code, modifiers, windowsVirtualKeyCode, ...(text ? { text } : {}) }
    await cdp.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event })
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code, modifiers, windowsVirtualKeyCode })
  }
  return press
}
const ENTER: Key = ['Enter', 'Enter']
const TAB: Key = ['Tab', 'Tab']
const DOWN: Key = ['ArrowDown', 'ArrowDown']

/** Somebody of the ministry's triage before the list, who has no mouse. */
const sitDown = async (language: string) => {
  const { page, context, complaints } = await visit(browser, { viewport: { width: 1280, height: 720 } })
  await page.goto(`${base}${await desk.linkFor('triage')}?lang=${language}`)
  await follow(page, 'main button.button')
  // From here on: how often a mouse was used, over all pages.
  await context.addInitScript(`for (const kind of ['mousedown', 'pointerdown', 'mousemove', 'touchstart'])
    addEventListener(kind, () => sessionStorage.setItem('mouse', 'used'), true)`)
  await page.goto(`${base}/console`)
  return { page, context, complaints, press: keyboardOf(await context.newCDPSession(page)) }
}
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`document.activeElement.name || document.activeElement.textContent`)
const waitForFocus = (page: Page, selector: string): Promise<unknown> =>
  page.waitForFunction(`document.activeElement.matches(${JSON.stringify(selector)})`)
const rows = (page: Page): Promise<string[]> => page.locator('.cases a').allTextContents()

const fileCases = async (): Promise<string[]> => {
  const { accept } = await acceptanceOver(open.db)
  await open.db.sql`update complaints set status = 'closed'`
  const filed: string[] = []
  for (let n = 0; n < CASES; n += 1) {
    const receivedAt = new Date(Date.now() - (CASES - n) * 3_600_000)
    filed.push((await accept(submissionOf({ receivedAt }))).reference)
  }
  await open.db.sql`update complaints set status = 'triage' where status <> 'closed'`
  return filed
}

describe.each(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])(
  'the desk by an %s keyboard (U26)',
  (layout) => {
    const keys = LAYOUTS[layout]

    it('has twenty cases sent where they belong, without a mouse', async () => {
      const filed = await fileCases()
      const { page, context, complaints, press } = await sitDown(layout === 'Arabic' ? 'ar' : 'fr')
      for (const [nth, reference] of filed.entries()) {
        await press(keys.j)
        expect(await focused(page)).toBe(reference)
        await press(ENTER)
        await page.waitForURL(`**/complaints/${reference}`)
        await press(keys.t)
        await waitForFocus(page, '#transfer [name=administration]')
        // Every other one goes to the body that was suggested second.
        if (nth % 2 === 1) await press(DOWN)
        const moved = page.waitForEvent('load')
        await press(ENTER)
        await moved
        await page.locator('#transfer').waitFor({ state: 'detached' })
        // Over the skip link to the name of the house, which leads to the list.
        await press(TAB)
        await press(TAB)
        await press(ENTER)
        await page.waitForURL('**/console')
      }
      const sent = await open.db.sql<{ code: string; n: number }[]>`
      select a.code, count(*)::int as n from complaints c join administrations a on a.id = c.administration_id
      where c.status = 'admissible' group by 1 order by 1`
      expect(sent).toEqual([
        { code: 'ONEE', n: CASES / 2 },
        { code: 'SANTE', n: CASES / 2 },
      ])
      expect(await page.evaluate(`sessionStorage.getItem('mouse')`)).toBeNull()
      expect(complaints).toEqual([])
      await context.close()
    })

    it('acts by the key that has the letter, and by no other, nor inside a field or with a second key', async () => {
      await fileCases()
      const { page, context, press } = await sitDown('fr')
      const [first, second] = await rows(page)
      for (const [key, expected] of [
        [keys.j, first],
        [keys.j, second],
        [keys.k, first],
      ] as const) {
        await press(key)
        expect(await focused(page)).toBe(expected)
      }
      for (const key of keys.idle) await press(key)
      for (const held of [MODIFIER.control | MODIFIER.shift, MODIFIER.control | MODIFIER.alt, MODIFIER.alt])
        for (const key of [keys.j, keys.t, keys.a]) await press(key, held)
      const prevented = await page.evaluate(`!document.body.dispatchEvent(new KeyboardEvent('keydown',
      { key: 'j', code: 'KeyJ', modifierAltGraph: true, bubbles: true, cancelable: true }))`)
      expect([prevented, page.url(), await focused(page)]).toEqual([false, `${base}/console`, first])

      await press(keys.help)
      expect(await page.locator('#keys').getAttribute('open')).not.toBeNull()
      await press(keys.search)
      await waitForFocus(page, '#search')
      for (const key of [keys.j, keys.t, keys.a, keys.search, keys.help]) await press(key)
      expect(await page.locator('#search').inputValue()).toBe(
        [keys.j, keys.t, keys.a, keys.search, keys.help].map(([letter]) => letter).join(''),
      )
      await page.goto(`${base}/console/complaints/${first}`)
      await press(keys.help)
      expect(await page.locator('#keys').getAttribute('open')).not.toBeNull()
      await press(keys.search)
      await page.waitForURL('**/console#search')
      await waitForFocus(page, '#search')
      await context.close()
    })
  },
)

it('is deaf to single keys for whoever switched them off', async () => {
  const { page, context, press } = await sitDown('fr')
  await page.goto(`${base}/console/account`)
  await page.locator('form[action$="/shortcuts"] button').focus()
  const answered = page.waitForEvent('load')
  await press(ENTER)
  await answered
  await page.goto(`${base}/console`)
  const before = await focused(page)
  for (const key of [LAYOUTS.AZERTY.j, LAYOUTS.AZERTY.help, LAYOUTS.AZERTY.search]) await press(key)
  expect(await focused(page)).toBe(before)
  expect(await page.locator('#keys').count()).toBe(0)
  await context.close()
})

it('shows what arrives meanwhile, keeps the focus, and moves nothing under a hand', async () => {
  const { page, context, complaints } = await sitDown('fr')
  const { accept } = await acceptanceOver(open.db)
  const arrive = async () => {
    const { reference, complaintId } = await accept(submissionOf())
    await open.db.sql`update complaints set status = 'triage' where id = ${complaintId}`
    return reference
  }
  const first = await arrive()
  await page.locator('.cases a', { hasText: first }).focus()
  const second = await arrive()
  await page.locator('.cases a', { hasText: second }).waitFor()
  expect(await focused(page)).toBe(first)
  await page.locator(`.cases input[value="${first}"]`).check()
  const third = await arrive()
  await page.locator('#live a').click()
  await page.locator('.cases a', { hasText: third }).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
