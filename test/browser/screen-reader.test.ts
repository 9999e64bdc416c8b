import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { visit } from '../support/browser.ts'
import { fileInWords, numbersOn, pressPrimary, STORIES } from '../support/filing-journey.ts'
import { openWebStage } from '../support/web-stage.ts'

const { server, browser, close } = await openWebStage('ears', { receipts: true })
afterAll(close)

/** The page as a screen reader has it: roles and names, nothing else. */
const heard = (page: Page): Promise<string> => page.locator('body').ariaSnapshot()

/** What every page owes to somebody who hears it. */
const expectOrder = async (page: Page): Promise<void> => {
  const facts = await page.evaluate<Record<string, unknown>>(`(() => {
    const headings = [...document.querySelectorAll('h1, h2, h3')].filter((e) => e.offsetParent !== null).map((e) => Number(e.tagName[1]))
    return {
      language: document.documentElement.lang,
      one: document.querySelectorAll('h1').length,
      main: document.querySelectorAll('main').length,
      skips: headings.some((level, n) => n > 0 && level > headings[n - 1] + 1),
      first: document.querySelector('a, button:not([tabindex="-1"])').className,
      nameless: [...document.querySelectorAll('input:not([type=hidden]), textarea, select, button, a[href]')]
        .filter((e) => !e.closest('[hidden], [aria-hidden=true]') && !(e.labels?.length) && !(e.getAttribute('aria-label') || e.textContent.trim()))
        .map((e) => e.outerHTML.slice(0, 80)),
      strays: [...document.querySelectorAll('[aria-describedby]')].flatMap((e) => e.getAttribute('aria-describedby').split(' ')).filter((id) => !document.getElementById(id)),
      twins: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, n, all) => all.indexOf(id) !== n),
    }
  })()`)
  expect(facts, page.url()).toMatchObject({ one: 1, main: 1, skips: false, first: 'skip' })
  expect(facts['nameless'], page.url()).toEqual([])
  expect(facts['strays'], page.url()).toEqual([])
  expect(facts['twins'], page.url()).toEqual([])
}

describe('a blind person files by screen reader (U3, U4)', () => {
  it('hears where they are, what is asked, what is wrong, and number and code', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    const tree: Record<string, string> = {}
    await fileInWords(page, server.url, 'fr', async (state) => {
      tree[state] = await heard(page)
      await expectOrder(page)
    })
    expect(tree['home']).toContain('heading "Dites-nous ce qui s’est passé" [level=1]')
    for (const way of ['Écrire', 'Parler', 'Filmer']) expect(tree['home']).toMatch(new RegExp(`link "${way}`))
    expect(tree['message']).toContain('paragraph: Étape 1 sur 4')
    expect(tree['message']).toContain('textbox "Racontez ce qui s’est passé"')
    expect(tree['message']).toMatch(/group "Que voulez-vous déposer[\s\S]*radio "Plainte[^"]*" \[checked\]/)
    expect(tree['office']).toMatch(/group "Choisissez l’administration"[\s\S]*radio "Je ne sais pas/)
    expect(tree['contact']).toMatch(/group "Choisissez un moyen"/)
    expect(tree['check']).toContain('link "Modifier : Votre message"')
    expect(tree['check']).toContain('button "Envoyer ma plainte"')
    const { reference, code } = await numbersOn(page)
    expect(tree['receipt']).toContain(reference)
    expect(tree['receipt']).toContain(code)
    await context.close()
  })

  it('is told of a mistake at once, and again at the field', async () => {
    const { page, context } = await visit(browser)
    await page.goto(`${server.url}/ar/file/message?way=write`)
    await pressPrimary(page)
    const tree = await heard(page)
    expect(tree).toMatch(/alert "هناك مشكل"/)
    expect(tree).toMatch(/link "الرسالة فارغة/)
    const described = await page.evaluate<string>(
      `document.querySelector('#text').getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' ')`,
    )
    expect(described).toContain('خطأ')
    expect(described).toContain('الرسالة فارغة')
    await expectOrder(page)
    await context.close()
  })

  it('hears what a search found and what a press did', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    await page.goto(`${server.url}/fr/file/message?way=write`)
    await page.fill('#text', STORIES.fr)
    await pressPrimary(page)
    await page.fill('#q', 'sante')
    await page.locator('button[value=search]').click()
    await page.waitForLoadState('load')
    expect(await heard(page)).toMatch(/status: \d+ résultat/)
    await context.close()
  })

  it('hears the state first on the tracking page', async () => {
    const { page, context } = await visit(browser, { javaScriptEnabled: false })
    await fileInWords(page, server.url, 'fr')
    const { reference, code } = await numbersOn(page)
    await page.goto(`${server.url}/fr/track`)
    await page.fill('#reference', reference)
    await page.fill('#code', code)
    await pressPrimary(page)
    const tree = await heard(page)
    const order = ['heading "Plainte', 'Reçue', 'Prochaine date', 'Qui doit agir', 'Ce qui s’est passé'].map(
      (words) => tree.indexOf(words),
    )
    expect(order.every((at) => at >= 0)).toBe(true)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    await context.close()
  })
})
