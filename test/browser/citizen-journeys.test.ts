import { execFileSync } from 'node:child_process'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { NEUTRAL_PAGE } from '../../channels/web/sensitive.routes.ts'
import { text } from '../../src/html/text.ts'
import { follow, visit } from '../support/browser.ts'
import { fileInWords, numbersOn, openReceipt, pressPrimary, STORIES } from '../support/filing-journey.ts'
import { openWebStage } from '../support/web-stage.ts'
import { webTexts } from '../support/web-texts.ts'

const texts = webTexts()
const { server, browser, folder, close } = await openWebStage('citizen', {
  receipts: true,
  texts: texts.parts,
})
afterAll(close)

/** What became of a filing: several people file at once. */
const acceptedAs = (reference: string) => {
  const facts = server.accepted.find((one) => one.reference === reference)
  if (facts === undefined) throw new Error(`nothing was filed as ${reference}`)
  return facts
}

describe.concurrent('U1 a text complaint without scripts', () => {
  it.each(['ar', 'fr', 'en'] as const)(
    'in %s: five pages after home, no error, under 60 KB',
    async (locale) => {
      const { page, complaints, transferred, context } = await visit(browser, { javaScriptEnabled: false })
      const documents: Promise<number>[] = []
      page.on('requestfinished', (request) => {
        if (request.isNavigationRequest())
          documents.push(request.sizes().then((sizes) => sizes.responseBodySize))
      })
      const loads = await fileInWords(page, server.url, locale)
      expect(loads).toHaveLength(5)
      expect(loads.at(-1)).toMatch(/^\/receipts\//)
      const { reference, code } = await numbersOn(page)
      expect(code).toBe(acceptedAs(reference).accessCode)
      expect(complaints).toEqual([])
      expect(transferred()).toBeLessThan(60 * 1024)
      const heaviest = Math.max(...(await Promise.all(documents)))
      expect(heaviest, 'compressed HTML of a page (G2)').toBeLessThan(14 * 1024)
      await context.close()
    },
  )
})

interface Focused {
  readonly hit: boolean
  readonly outlined: boolean
  readonly covered: boolean
  readonly top: number
}

/** What has the focus, whether it is seen to have it, and whether something lies over it (WCAG 2.4.7, 2.4.11). */
const focused = (page: Page, selector: string): Promise<Focused> =>
  page.evaluate(`(() => {
    const focused = document.activeElement
    const frame = focused.closest('.choice') ?? focused
    const box = frame.getBoundingClientRect()
    const at = document.elementFromPoint(box.left + box.width / 2, Math.min(Math.max(box.top + 4, 0), innerHeight - 1))
    return {
      hit: focused.matches(${JSON.stringify(selector)}),
      outlined: getComputedStyle(frame).outlineStyle !== 'none',
      covered: !(box.bottom > 0 && box.top < innerHeight && (frame.contains(at) || at?.contains(frame))),
      top: Math.round(box.top + scrollY),
    }
  })()`)

describe.concurrent('U3 by keyboard alone', () => {
  it('files in Arabic about a sensitive subject; the focus is always seen, never covered, in reading order', async () => {
    const { page, context } = await visit(browser, {
      javaScriptEnabled: false,
      viewport: { width: 360, height: 480 },
    })
    const tabTo = async (selector: string) => {
      const tops: number[] = []
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab')
        const { hit, top, ...seen } = await focused(page, selector)
        expect(seen, `${page.url()} ${selector}`).toEqual({ outlined: true, covered: false })
        tops.push(top)
        if (hit) return tops
      }
      throw new Error(`Tab never reached ${selector} on ${page.url()}`)
    }
    const enter = async () => {
      const loaded = page.waitForEvent('load')
      await page.keyboard.press('Enter')
      await loaded
    }
    await page.goto(`${server.url}/ar/sensitive`)
    await tabTo('main a.button')
    await enter()
    await tabTo('#text')
    await page.keyboard.type(STORIES.ar)
    await tabTo('button.button')
    await enter()
    // From top to bottom: what comes later by Tab stands lower.
    const tops = await tabTo('#office')
    expect(tops).toEqual(tops.toSorted((a, b) => a - b))
    await page.keyboard.press('Space')
    await tabTo('button.button:not(.second)')
    await enter()
    await tabTo('#contact')
    await page.keyboard.press('ArrowUp')
    await tabTo('button.button')
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page, 'button.button')).toMatchObject({ hit: false, covered: false })
    await page.keyboard.press('Tab')
    await enter()
    await tabTo('button.button')
    await enter()
    expect(page.url()).toContain('/receipts/')
    await context.close()
  })
})

describe.concurrent('U13 what is wrong is said where it is', () => {
  it.each([
    ['ar', 'empty', '', /^خطأ:/],
    ['fr', 'one letter', 'a', /^Erreur/],
    ['en', '20,000 characters', 'é'.repeat(20_000), /^Error:/],
  ] as const)('in %s: %s', async (locale, _label, typed, title) => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/${locale}/file/message?way=write`)
    await page.fill('#text', typed)
    await pressPrimary(page)
    expect(await page.title()).toMatch(title)
    // The summary has the focus, and leads to the field.
    expect(await page.evaluate<string>('document.activeElement.className')).toBe('problem')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('text')
    expect(await page.getAttribute('#text', 'aria-invalid')).toBe('true')
    expect(await page.getAttribute('#text', 'aria-describedby')).toContain('text-error')
    expect(await page.inputValue('#text')).toBe(typed)
    await context.close()
  })
})

describe.concurrent('U23 tracking', () => {
  it('goes by the receipt’s link without a code: reading is open, acting asks for it', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    await openReceipt(page, server.url, 'fr')
    await follow(page, 'article.receipt a.button')
    expect(new URL(page.url()).pathname).toMatch(/^\/fr\/track\/[\w-]{43}$/)
    expect(await page.innerText('.state')).toContain('Reçue')
    expect(await page.getByRole('link', { name: 'entrez votre code' }).count()).toBe(1)
    expect(await page.locator('main form').count()).toBe(0)
    await context.close()
  })

  it('takes Arabic digits, says what a wrong code costs, closes after five and says so on the page', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    const { reference, code } = await openReceipt(page, server.url, 'ar')
    const arabic = (digits: string) => digits.replace(/\d/g, (d) => String.fromCharCode(0x0660 + Number(d)))
    const tryCode = async (typed: string) => {
      await page.goto(`${server.url}/ar/track`)
      await page.fill('#reference', arabic(reference))
      await page.fill('#code', arabic(typed))
      await pressPrimary(page)
    }
    await tryCode(code)
    expect(page.url()).toContain('/ar/track/complaint')
    expect(await page.innerText('.state')).toContain('توصلنا بها')
    await page.locator('form[action$=leave] button').click()
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    for (let n = 0; n < 5; n += 1) {
      await tryCode(wrong)
      expect(await page.innerText('.problem')).toContain('5')
    }
    await tryCode(code)
    expect(await page.innerText('.problem')).toContain('ساعة')
    const { receiptId } = acceptedAs(reference)
    await page.goto(`${server.url}/ar/track/${server.receiptToken(receiptId)}`)
    expect(await page.innerText('.events'), 'the notice').toContain('رموز خاطئة كثيرة')
    await context.close()
  })
})

describe.concurrent('a receipt (G43, G44)', () => {
  it.each(['ar', 'fr', 'en'] as const)(
    'is printed on one A5 page in %s, and the code only where it is asked for',
    async (locale) => {
      const { page, context } = await visit(browser, { javaScriptEnabled: false })
      const paper = async (name: string) => {
        const file = path.join(folder, name)
        await page.pdf({ path: file, preferCSSPageSize: true })
        return {
          pages: execFileSync('pdfinfo', [file]).toString(),
          words: execFileSync('pdftotext', [file, '-']).toString(),
        }
      }
      const { reference, code } = await openReceipt(page, server.url, locale)
      const bare = await paper(`${locale}.pdf`)
      expect(bare.pages).toMatch(/Pages:\s+1\n/)
      expect(bare.pages).toContain('(A5)')
      expect(bare.words).toContain(reference)
      expect(bare.words).not.toContain(code)
      await page.check('#print-code')
      const whole = await paper(`${locale}-code.pdf`)
      expect(whole.pages).toMatch(/Pages:\s+1\n/)
      expect(whole.words).toContain(code)
      await context.close()
    },
  )

  it('has no dead button: without a voice none to listen, without scripts none to copy or print', async () => {
    const silent = await visit(browser)
    await silent.page.addInitScript('speechSynthesis.getVoices = () => []')
    await openReceipt(silent.page, server.url, 'ar')
    expect(await silent.page.getByRole('button', { name: 'استمعوا' }).count()).toBe(0)
    await silent.context.close()
    const plain = await visit(browser, { javaScriptEnabled: false })
    await openReceipt(plain.page, server.url, 'ar')
    const names = await plain.page.getByRole('button').allInnerTexts()
    expect(names).toEqual(['أرسلوا الوصل'])
    await plain.context.close()
  })

  it('goes to another telephone at a press', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    const { reference, code } = await openReceipt(page, server.url, 'fr')
    await page.fill('#to', '0661234567')
    await follow(page, '#send button')
    expect(await page.innerText('#send')).toContain('Nous envoyons le reçu')
    await texts.deliver(server)
    expect(texts.sent.find(({ text }) => text.includes(reference))?.text).toContain(code)
    await context.close()
  })
})

describe.concurrent('leaving fast (G12)', () => {
  it.each(['a press', 'three presses of Shift'])(
    'by %s: another site, and no way back in the history',
    async (how) => {
      const { page, context } = await visit(browser)
      // The weather site is not asked from here: its place is taken where the redirect would lead there.
      await page.route('**/fr/exit', async (route) => {
        const answer = await route.fetch({ maxRedirects: 0 })
        expect(answer.headers()['location']).toBe(NEUTRAL_PAGE)
        await route.fulfill({ contentType: 'text/html', body: '<title>Météo</title><h1>Météo</h1>' })
      })
      await page.goto(`${server.url}/fr/`)
      await page.goto(`${server.url}/fr/file/message?way=write&sensitive=yes`)
      await page.fill('#text', STORIES.fr)
      const left = page.waitForURL('**/fr/exit')
      if (how === 'a press') await page.locator('a.exit').click()
      else for (let n = 0; n < 3; n += 1) await page.keyboard.press('Shift')
      await left
      await page.goBack()
      expect(page.url()).toBe(`${server.url}/fr/`)
      await context.close()
    },
  )
})

describe('U14 sent once', () => {
  it('without scripts too: back and Send again gives the same receipt', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    await fileInWords(page, server.url, 'fr')
    const { reference } = await numbersOn(page)
    const count = server.accepted.length
    await page.goBack()
    await page.goto(`${server.url}/fr/file/check`)
    await follow(page, 'main a.button')
    expect((await numbersOn(page)).reference).toBe(reference)
    expect(server.accepted.length).toBe(count)
    await context.close()
  })
})

// There is one clipboard.
describe('what is kept of a receipt (G44)', () => {
  it('copies number and code, and is read aloud where the browser has a voice', async () => {
    const { page, context } = await visit(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.addInitScript(`
      window.said = []
      speechSynthesis.getVoices = () => [{ lang: 'fr-FR', localService: true, name: 'v', default: true, voiceURI: 'v' }]
      speechSynthesis.speak = (words) => window.said.push(words.text)
      Object.defineProperty(SpeechSynthesisUtterance.prototype, 'voice', { set() {}, get() { return null } })
    `)
    const { reference, code } = await openReceipt(page, server.url, 'fr')
    await page.getByRole('button', { name: 'Copier le numéro et le code' }).click()
    await page.getByText('Copié', { exact: true }).waitFor()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(copied).toContain(reference)
    expect(copied).toContain(code)
    await page.getByRole('button', { name: 'Écouter' }).click()
    const [said] = await page.evaluate<string[]>('window.said')
    expect(said).toContain([...reference].join(' '))
    expect(said).toContain([...code].join(' '))
    page.on('dialog', (dialog) => void dialog.accept())
    await page.goto(`${server.url}/fr/`)
    await page.getByRole('button', { name: text('fr', 'home.lead') }).click()
    const covered = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('.ways .listen')].filter((button) => {
      button.scrollIntoView({ block: 'center' })
      const { left, top, width, height } = button.getBoundingClientRect()
      return !button.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    }).map((button) => button.textContent)`)
    expect(covered, 'nothing lies over a button').toEqual([])
    expect(await page.evaluate<string[]>('window.said')).toEqual([text('fr', 'home.lead')])
    await context.close()
  })

  it('warns once before it is left, unless it was kept', async () => {
    const { page, context } = await visit(browser)
    const warnings: string[] = []
    page.on('dialog', (dialog) => {
      warnings.push(dialog.type())
      void dialog.dismiss().catch(() => {})
    })
    await openReceipt(page, server.url, 'fr')
    const leave = async () => {
      // Browsers ask only where the person has touched the page.
      await page.locator('h1').click()
      await page.locator('a.brand').click()
    }
    await leave()
    await expect.poll(() => warnings).toEqual(['beforeunload'])
    expect(page.url(), 'the person stayed').toContain('/receipts/')
    await leave()
    await page.waitForURL(`${server.url}/fr/`)
    expect(warnings).toHaveLength(1)
    await context.close()

    const kept = await visit(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    const asked: string[] = []
    kept.page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept().catch(() => {})
    })
    await openReceipt(kept.page, server.url, 'fr')
    await kept.page.getByRole('button', { name: 'Copier le numéro et le code' }).click()
    await kept.page.getByText('Copié', { exact: true }).waitFor()
    await follow(kept.page, 'a.brand')
    expect(asked).toEqual([])
    await kept.context.close()
  })
})

describe('a filing goes on later (G5)', () => {
  it('on another device by its link, copied at a press', async () => {
    const first = await visit(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    await first.page.goto(`${server.url}/ar/file/message?way=write`)
    await first.page.fill('#text', STORIES.ar)
    await follow(first.page, 'button[value=later]')
    await first.page.getByRole('button', { name: 'نسخ الرابط' }).click()
    await first.page.getByText('تم النسخ').waitFor()
    const link = new URL(await first.page.evaluate<string>('navigator.clipboard.readText()'))
    await first.context.close()
    const second = await visit(browser, { javaScriptEnabled: false })
    await second.page.goto(`${server.url}${link.pathname}`)
    await pressPrimary(second.page)
    expect(new URL(second.page.url()).pathname).toBe('/ar/file/office')
    await second.page.goto(`${server.url}/fr/file/message`)
    expect(await second.page.inputValue('#text')).toBe(STORIES.ar)
    await second.context.close()
  })
})
