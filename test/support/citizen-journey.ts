import type { Locale } from '../../src/core/locale.ts'
import { text } from '../../src/html/text.ts'
import type { Visit } from './browser.ts'
import { until } from './gateway-process.ts'

export interface Filed {
  readonly reference: string
  readonly code: string
  /** Address of the receipt's page. */
  readonly receipt: string
}

export interface Story {
  readonly locale: Locale
  readonly text: string
  readonly email: string
  readonly files: readonly { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]
}

const proceed = async ({ page }: Visit): Promise<void> => {
  await page.click('button[name=action][value=continue]')
}

/** Waits until the island has sent every file; without scripts the form carries them. */
const letFilesArrive = async ({ page }: Visit, count: number): Promise<void> => {
  const arrived = page.locator('#attached li button[name=remove]')
  await until(`${count} files sent`, async () => (await arrived.count()) === count)
}

/** What a person types to find the ministry of health. */
const OFFICE: Readonly<Record<Locale, string>> = { ar: 'الصحة', fr: 'sante', en: 'health' }

/** From the home page to the check page, as a person goes. */
export const answerQuestions = async (
  visit: Visit,
  base: string,
  story: Story,
  scripts: boolean,
): Promise<void> => {
  const { page } = visit
  await page.goto(`${base}/${story.locale}/`)
  await page.click('a.way[href*="way=write"]')
  await page.fill('textarea[name=text]', story.text)
  // The island listens once its module has run.
  if (scripts) await page.waitForLoadState('load')
  if (story.files.length > 0) await page.setInputFiles('input[name=files]', [...story.files])
  if (scripts) await letFilesArrive(visit, story.files.length)
  await proceed(visit)
  await page.fill('input[name=q]', OFFICE[story.locale])
  await page.click('button[name=action][value=search]')
  await page.check('input[name=office][value=SANTE]')
  await proceed(visit)
  await page.check('input[name=contact][value=email]')
  await page.fill('input[name=email]', story.email)
  await proceed(visit)
  await page.waitForURL(/\/file\/check$/)
}

export const SEND = 'button[name=action][value=send]'

/** What a person copies from the receipt before leaving. */
export const readReceipt = async ({ page }: Visit): Promise<Filed> => {
  await page.waitForURL(/\/receipts\//)
  const number = async (name: string) => (await page.textContent(`.large.${name} bdi`)) ?? ''
  return { reference: await number('reference'), code: await number('code'), receipt: page.url() }
}

const ARABIC_DIGITS = '٠١٢٣٤٥٦٧٨٩'
/** As somebody types on an Arabic keyboard: other digits, a space in between. */
const typedInArabic = (digits: string): string =>
  `${digits.slice(0, 4)} ${digits.slice(4)}`.replace(/\d/g, (digit) => ARABIC_DIGITS[Number(digit)] ?? '')

/** Opens the tracking page with number and code and looks again until every file is ready. */
export const trackUntilReady = async (
  visit: Visit,
  base: string,
  { locale, reference, code, files }: { locale: Locale; reference: string; code: string; files: number },
): Promise<void> => {
  const { page } = visit
  await page.goto(`${base}/${locale}/track`)
  await page.fill('input[name=reference]', typedInArabic(reference))
  await page.fill('input[name=code]', code)
  await page.click('form#track button.button')
  await page.waitForURL(/\/track\/complaint$/)
  const ready = text(locale, 'track.media.ready')
  await until(`${files} files ready`, async () => {
    const states = await page.locator('ul.files li').allInnerTexts()
    if (states.length === files && states.every((state) => state.includes(ready))) return true
    await page.reload()
    return false
  })
}

/** Lets every player of the page play: gives their lengths in seconds and how far each came. */
export const playAll = async ({ page }: Visit): Promise<{ tag: string; duration: number }[]> => {
  const players = await page.locator('audio, video').elementHandles()
  return Promise.all(
    players.map(async (player) => {
      await player.evaluate((element) => {
        const media = element as unknown as { muted: boolean; preload: string; play(): Promise<void> }
        media.muted = true
        media.preload = 'auto'
        void media.play()
      })
      const state = () =>
        player.evaluate((element) => {
          const { duration, currentTime, tagName } = element as unknown as {
            duration: number
            currentTime: number
            tagName: string
          }
          return { tag: tagName.toLowerCase(), duration, currentTime }
        })
      await until('the player to play', async () => (await state()).currentTime > 0, 20_000)
      const { tag, duration } = await state()
      return { tag, duration }
    }),
  )
}
