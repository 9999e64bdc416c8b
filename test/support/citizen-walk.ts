import type { Page } from 'playwright-core'
import type { Locale } from '../../src/core/locale.ts'
import { follow } from './browser.ts'
import { openReceipt, pressPrimary, STORIES } from './filing-journey.ts'
import type { WebServer } from './web-server.ts'

export type Look = (state: string) => Promise<void>

/** The filing, its side ways and its receipt, each page empty, wrong and filled. */
export const walkFiling = async (
  page: Page,
  server: WebServer,
  locale: Locale,
  look: Look,
): Promise<void> => {
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

/** What bodies say on the way. */
const SAID: Readonly<Record<Locale, { question: string; answer: string; reason: string }>> = {
  ar: {
    question: 'في أي يوم جئتم إلى المستوصف؟',
    answer: 'رجع الطبيب يوم الإثنين. المستوصف مفتوح من الثامنة إلى الرابعة.',
    reason: 'عقد الكراء هذا بين شخصين.',
  },
  fr: {
    question: 'Quel jour êtes-vous venu ?',
    answer: 'Le médecin est revenu lundi. Le dispensaire ouvre de 8 h à 16 h.',
    reason: 'Ce bail lie deux particuliers.',
  },
  en: {
    question: 'On which day did you come?',
    answer: 'The doctor is back since Monday. The clinic opens from 8 to 16.',
    reason: 'This lease binds two private persons.',
  },
}

/** What stands behind number and code, in the states a complaint goes through. */
export const walkTracking = async (
  page: Page,
  server: WebServer,
  locale: Locale,
  look: Look,
): Promise<void> => {
  const at = (where: string) => page.goto(`${server.url}/${locale}${where}`)
  await page.context().clearCookies()
  const { reference, code } = await openReceipt(page, server.url, locale)
  await look('receipt')
  await page.fill('#to', 'x')
  await follow(page, '#send button')
  await look('receipt, sent nowhere')
  await at('/track')
  await look('track')
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
  const tell = (event: string, facts: Record<string, string>) =>
    server.db.sql`
      insert into complaint_events (id, complaint_id, round, at, event, audience, facts)
      values (gen_random_uuid(), ${complaintId}, 1, clock_timestamp(), ${event}, 'citizen', ${JSON.stringify(facts)}::jsonb)`
  await tell('information_requested', { question: SAID[locale].question })
  await put('information_requested')
  await look('asked')
  await server.db
    .sql`update deadlines set due_at = now() - interval '1 day' where complaint_id = ${complaintId}`
  await put('in_progress')
  await look('late')
  await server.db.sql`update rounds set answer = ${SAID[locale].answer} where complaint_id = ${complaintId}`
  await tell('answered', {})
  await put('answered')
  await look('answered')
  await at('/track/complaint/again')
  await look('again')
  await server.db.sql`update rounds set answer = null where complaint_id = ${complaintId}`
  await tell('inadmissible', { reason: SAID[locale].reason })
  await put('closed', { reason: 'inadmissible', ground: 'private_dispute' })
  await look('refused')
  await at(`/track/${server.receiptToken(receiptId)}`)
  await look('by link')
}
