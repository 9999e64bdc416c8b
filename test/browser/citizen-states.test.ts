import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import { text } from '../../src/html/text.ts'
import { expectAccessible, follow, visit } from '../support/browser.ts'
import { numbersOn, openReceipt, pressPrimary, STORIES } from '../support/filing-journey.ts'
import { lookAtPage, visitEnlarged } from '../support/look-at-page.ts'
import { openWebStage } from '../support/web-stage.ts'
import { webTexts } from '../support/web-texts.ts'

const { server, browser, close } = await openWebStage('states', { receipts: true, texts: webTexts().parts })
afterAll(close)

type Look = (state: string) => Promise<void>

/** The filing, its side ways and its receipt, each page empty, wrong and filled. */
const walkFiling = async (page: Page, locale: Locale, look: Look): Promise<void> => {
  const at = (where: string) => page.goto(`${server.url}/${locale}${where}`)
  await at('/sensitive')
  await look('sensitive')
  await at('/file/message?way=write&sensitive=yes')
  await look('message with exit')
  await pressPrimary(page)
  await look('message with exit, wrong')
  await page.fill('#text', STORIES[locale])
  await follow(page, 'button[value=later]')
  await look('later')
  await page.fill('#phone', '06')
  await follow(page, 'form[action$="file/later"] button')
  await look('later, wrong')
  await page.fill('#phone', '0612345678')
  await follow(page, 'form[action$="file/later"] button')
  await look('later, sent')
  const link = (await page.innerText('.address')).replace(/^https?:\/\/[^/]+/, '')
  await at('/file/resume')
  await look('resume')
  await pressPrimary(page)
  await look('resume, wrong')
  await page.goto(server.url + link)
  await look('draft found')
  await at('/file/resume/nothing')
  await look('draft gone')
}

/** What stands behind number and code, in the states a complaint goes through. */
const walkTracking = async (page: Page, locale: Locale, look: Look): Promise<void> => {
  const at = (where: string) => page.goto(`${server.url}/${locale}${where}`)
  await page.context().clearCookies()
  const { reference, code } = await openReceipt(page, server.url, locale)
  await look('receipt')
  await page.fill('#to', 'x')
  await follow(page, '#send button')
  await look('receipt, sent nowhere')
  await at('/track')
  await page.fill('#reference', reference)
  await page.fill('#code', code)
  await pressPrimary(page)
  await look('tracked')
  for (const act of ['add', 'withdraw', 'contact', 'data']) {
    await at(`/track/complaint/${act}`)
    await look(act)
  }
  await at('/track/complaint/add')
  await follow(page, 'button[value=send]')
  await look('add, wrong')
  await at('/track/complaint/contact')
  await page.locator('input[value=email]').check()
  await pressPrimary(page)
  await look('contact, wrong')
  const { complaintId, receiptId } = server.accepted.find((one) => one.reference === reference)!
  const put = async (status: string, more: Record<string, string | null> = {}) => {
    await server.db.sql`update complaints set status = ${status}, closed_reason = ${more['reason'] ?? null},
      ground = ${more['ground'] ?? null} where id = ${complaintId}`
    await at('/track/complaint')
  }
  await server.db.sql`
    insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
    select gen_random_uuid(), ${complaintId}::uuid, 1, now(), event, 'citizen', facts::jsonb from (values
      ('information_requested', '{"question": "Quel jour êtes-vous venu ?"}'),
      ('inadmissible', '{"reason": "Le bail lie deux particuliers."}')) as said (event, facts)`
  await put('information_requested')
  await look('asked')
  await server.db
    .sql`update deadlines set due_at = now() - interval '1 day' where complaint_id = ${complaintId}`
  await put('in_progress')
  await look('late')
  await server.db.sql`update rounds set answer = 'Voici la réponse.' where complaint_id = ${complaintId}`
  await put('answered')
  await look('answered')
  await at('/track/complaint/again')
  await look('again')
  await put('closed', { reason: 'inadmissible', ground: 'private_dispute' })
  await look('refused')
  await at(`/track/${server.receiptToken(receiptId)}`)
  await look('by link')
}

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
    await walkFiling(page, locale, look)
    await walkTracking(page, locale, look)
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
