import type { Page } from 'playwright-core'
import type { Locale } from '../../src/core/locale.ts'
import { follow, PRIMARY } from './browser.ts'
import { webPerson } from './web-person.ts'

export const STORIES: Readonly<Record<Locale, string>> = {
  ar: 'انقطع الماء في حي السلام منذ ثلاثة أيام، ولم يجبنا أحد.',
  fr: 'Le dispensaire est fermé depuis dimanche, sans affiche ni remplaçant.',
  en: 'The clinic has been closed since Sunday, without a notice.',
}

export const pressPrimary = (page: Page): Promise<void> => follow(page, PRIMARY)

/** From the home page to the receipt as people go, in the fewest answers. Gives the addresses that were loaded after the home page. */
export const fileInWords = async (
  page: Page,
  base: string,
  locale: Locale,
  look: (state: string) => Promise<void> = async () => {},
): Promise<string[]> => {
  const loads: string[] = []
  const step = async (press: Promise<void>, state: string) => {
    await press
    loads.push(new URL(page.url()).pathname)
    await look(state)
  }
  await page.goto(`${base}/${locale}/`)
  await look('home')
  await step(follow(page, 'a.way'), 'message')
  await page.fill('#text', STORIES[locale])
  await step(pressPrimary(page), 'office')
  await page.getByRole('radio').first().check()
  await step(pressPrimary(page), 'contact')
  await page.locator('input[value=none]').check()
  await step(pressPrimary(page), 'check')
  await step(pressPrimary(page), 'receipt')
  return loads
}

/**
 * Stands before the receipt of a filing whose questions were answered without the browser: six pages that a test about receipts
 * need not draw. Gives number and code.
 */
export const openReceipt = async (
  page: Page,
  base: string,
  locale: Locale,
): Promise<{ reference: string; code: string }> => {
  const person = webPerson(base)
  await person.get(`/${locale}/file/message?way=write`)
  await person.post(`/${locale}/file/message`, { text: STORIES[locale], kind: 'complaint' })
  await person.post(`/${locale}/file/office`, { office: 'unknown' })
  await person.post(`/${locale}/file/contact`, { contact: 'none' })
  const { location } = await person.post(`/${locale}/file/check`, { action: 'send' })
  await page.context().addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: base })))
  await page.goto(`${base}${location}`)
  return numbersOn(page)
}

/** Number and code as the receipt shows them. */
export const numbersOn = async (page: Page): Promise<{ reference: string; code: string }> => ({
  reference: (await page.textContent('.large.reference bdi')) ?? '',
  code: (await page.textContent('.large.code bdi')) ?? '',
})
