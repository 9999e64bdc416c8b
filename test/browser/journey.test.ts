import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { simpleParser } from 'mailparser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/core/dossier.ts'
import type { Locale } from '../../src/core/locale.ts'
import { longDay } from '../../src/html/text.ts'
import { decode, fetchFile, sha256 } from '../support/body-journey.ts'
import { startBrowser, visit } from '../support/browser.ts'
import {
  answerQuestions,
  type Filed,
  playAll,
  readReceipt,
  SEND,
  type Story,
  trackUntilReady,
} from '../support/citizen-journey.ts'
import { BODY_MAIL, type JourneyGateway, startJourney, wasl } from '../support/gateway-journey.ts'
import { scratchFolder, until } from '../support/gateway-process.ts'
import { FILMS, SOUNDS } from '../support/media-files.ts'

let browser: Browser
let folder: string
let journey: JourneyGateway

beforeAll(async () => {
  folder = scratchFolder('journey')
  ;[browser, journey] = await Promise.all([startBrowser(), startJourney(folder)])
})
afterAll(async () => {
  await browser?.close()
  await journey?.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const recording = (cases: typeof SOUNDS, label: string, name: string, mimeType: string) => {
  const made = cases.find((candidate) => candidate.label === label)
  if (made === undefined) throw new Error(`no recording called ${label}`)
  return { name, mimeType, buffer: made.bytes(fs.mkdtempSync(path.join(folder, 'make-'))) }
}

/** The last days by law, counted by hand: the day of filing in the office's zone and 15, or 15 and 60, days more. */
const legalDays = () => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Africa/Casablanca' }).format(new Date())
  const after = (days: number) =>
    new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
  return { reviewBy: after(15), answerBy: after(75) }
}

const save = async (name: string, response: { body(): Promise<Buffer> }): Promise<string> => {
  const file = path.join(folder, name)
  fs.writeFileSync(file, await response.body())
  return file
}

const checksOf = async (file: string, keys: string) =>
  // No gateway near: the folder of this one stays empty.
  JSON.parse(
    await wasl(
      { DATA_DIR: path.join(folder, 'nowhere') },
      ...['receipt', 'verify', file, '--keys', keys, '--json'],
    ),
  ) as { ok: boolean; claims: Record<string, unknown> }

/** Every file of the manifest is what it says; every rendition decodes to its end. */
const checkManifest = async (dossier: Dossier, story: Story): Promise<void> => {
  expect(dossier.media.map(({ original }) => original.sha256).sort()).toEqual(
    story.files.map(({ buffer }) => sha256(buffer)).sort(),
  )
  for (const { original, renditions, state } of dossier.media) {
    expect(state).toBe('ready')
    const { headers } = await fetchFile(original)
    expect(headers.get('content-disposition')).toMatch(/^attachment/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/^sandbox/)
    const playback = renditions.find(({ rendition }) => rendition === 'playback')
    expect(playback?.type).toMatch(/^(audio|video)\/mp4$/)
    for (const rendition of renditions) {
      const { bytes } = await fetchFile(rendition)
      if (rendition !== playback) continue
      const { format, streams } = decode(folder, path.basename(rendition.name), bytes)
      expect(Number(format.duration)).toBeGreaterThan(1)
      expect(streams.map(({ codec_name }) => codec_name)).toContain('aac')
    }
  }
}

const mailsTo = (address: string) => journey.smtp.mails.filter(({ to }) => to.includes(address))

/** The dossier by e-mail: words a person reads, the same for a machine, and the media themselves. */
const checkMail = async (reference: string, story: Story, dossier: Dossier): Promise<void> => {
  const mail = await until(`the mail about ${reference} with its renditions`, async () => {
    const mails = await Promise.all(mailsTo(BODY_MAIL).map(({ raw }) => simpleParser(raw)))
    return mails.find(
      (candidate) =>
        candidate.subject?.includes(reference) &&
        candidate.attachments.some(({ filename }) => filename?.includes('playback')),
    )
  })
  expect(mail.text).toContain(story.text)
  expect(mail.text).toContain(reference)
  const attached = new Map(mail.attachments.map(({ filename, content }) => [filename, content]))
  const enclosed = JSON.parse(attached.get('dossier.json')?.toString() ?? '') as Dossier
  expect(enclosed).toMatchObject({ reference, text: story.text })
  const sums = mail.attachments.map(({ content }) => sha256(content))
  for (const { original, renditions } of dossier.media) {
    for (const rendition of renditions) expect(sums, rendition.name).toContain(rendition.sha256)
    // What shows place and device stays behind a link whose opening is recorded.
    expect(mail.text).toContain(original.sha256)
  }
}

const checkReceiptMail = async ({ reference, code }: Filed, story: Story): Promise<void> => {
  const [sunk] = await until('the receipt by e-mail', async () => {
    const mails = mailsTo(story.email)
    return mails.length > 0 && mails
  })
  expect(sunk?.from).toBe('')
  const mail = await simpleParser(sunk?.raw ?? '')
  expect(mail.subject).toContain(`[${reference}]`)
  expect(mail.text).toContain(code)
  expect(mail.headers.get('auto-submitted')).toBe('auto-replied')
  expect(mail.headers.get('content-language')).toBe(story.locale)
}

const STORIES: Readonly<Record<'off' | 'on', Omit<Story, 'files'>>> = {
  off: {
    locale: 'ar',
    text: 'انتظرت ست ساعات في المستعجلات ولم يستقبلني أحد. 🙏',
    email: 'amina@example.org',
  },
  on: {
    locale: 'fr',
    text: 'Le centre de santé est fermé depuis une semaine, sans affiche ni remplaçant.',
    email: 'karim@example.org',
  },
}

const RECORDINGS: Readonly<Record<'off' | 'on', () => Story['files']>> = {
  off: () => [
    recording(SOUNDS, 'Ogg/Opus of a messenger', 'رسالة صوتية.ogg', 'audio/ogg'),
    recording(FILMS, 'rotated MOV', 'IMG_0042.MOV', 'video/quicktime'),
  ],
  on: () => [
    recording(SOUNDS, 'AMR of a phone', 'dictée.amr', 'audio/amr'),
    recording(FILMS, '3GP of an old phone', 'video (1).3gp', 'video/3gpp'),
  ],
}

describe.each(['off', 'on'] as const)('a complaint filed with JavaScript %s', (scripts) => {
  it('is receipted, verified offline, tracked, and received by the body with media that play', async () => {
    const story: Story = { ...STORIES[scripts], files: RECORDINGS[scripts]() }
    const { locale } = story
    const citizen = await visit(browser, { javaScriptEnabled: scripts === 'on', locale })
    const { page, context } = citizen
    await answerQuestions(citizen, journey.base, story, scripts === 'on')
    for (const { name } of story.files) expect(await page.innerText('main')).toContain(name)
    const pressed = performance.now()
    await page.click(SEND)
    const filed = await readReceipt(citizen)
    expect(performance.now() - pressed, 'a receipt within seconds').toBeLessThan(10_000)
    expect(filed.reference).toMatch(/^\d{10}$/)
    expect(filed.code).toMatch(/^\d{6}$/)
    expect(await page.getAttribute('html', 'dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr')
    const days = legalDays()
    const shown = await page.innerText('main')
    for (const day of Object.values(days)) expect(shown).toContain(longDay(locale, day))

    const link = (part: string) => page.getAttribute(`main a[href*="${part}"]`, 'href')
    const pdf = await save(`${scripts}.pdf`, await context.request.get((await link('.pdf?')) ?? ''))
    const paper = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' })
    expect(paper).toContain(filed.reference)
    expect(paper).not.toContain(filed.code)
    const signed = await save(`${scripts}.json`, await context.request.get((await link('.json')) ?? ''))
    expect(JSON.parse(fs.readFileSync(signed, 'utf8'))).toMatchObject(days)

    const jwks = await save('jwks.json', await context.request.get(`${journey.base}/.well-known/jwks.json`))
    for (const file of [pdf, signed])
      expect(await checksOf(file, jwks)).toMatchObject({ ok: true, claims: { reference: filed.reference } })
    const forged = path.join(folder, 'forged.json')
    fs.writeFileSync(
      forged,
      fs.readFileSync(signed, 'utf8').replace(/"signature":"(.{60})./, '"signature":"$1A'),
    )
    await expect(checksOf(forged, jwks)).rejects.toMatchObject({ code: 1 })
    expect(fs.existsSync(path.join(folder, 'nowhere'))).toBe(false)

    await trackUntilReady(citizen, journey.base, { locale, ...filed, files: story.files.length })
    const played = await playAll(citizen)
    expect(played.map(({ tag }) => tag).sort()).toEqual(['audio', 'video'])
    for (const { duration } of played) expect(duration).toBeGreaterThan(1)

    const dossier = await journey.body.settledDossier(filed.reference)
    expect(dossier).toMatchObject({ text: story.text, language: locale, channel: 'web' })
    const events = journey.body.eventsOf(filed.reference)
    expect(events[0]?.type).toBe('complaint.referred')
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    await checkManifest(dossier, story)
    await checkMail(filed.reference, story, dossier)
    await checkReceiptMail(filed, story)
    expect(citizen.complaints).toEqual([])
    await context.close()
  })
})

it('documents its API with schemas that are there', async () => {
  const spec = (await (await fetch(`${journey.base}/api/openapi.json`)).json()) as {
    paths: object
    components: { schemas: object }
  }
  const named = [...JSON.stringify(spec).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
  expect(Object.keys(spec.components.schemas)).toEqual(expect.arrayContaining([...new Set(named)]))
  expect(named).toContain('SubmissionInput')
  expect(Object.keys(spec.paths)).toEqual(
    expect.arrayContaining([
      '/api/v1/submissions',
      '/api/v1/uploads',
      '/api/v1/complaints/{reference}',
      '/api/v1/administrations',
      '/api/v1/referrals',
      '/api/v1/staff/complaints',
      '/api/v1/staff/ledger',
    ]),
  )
})

/** How many complaints carry this text. */
const complaintsWith = async (words: string): Promise<number> => {
  const response = await journey.ask('GET', '/api/v1/staff/complaints?limit=200')
  const { items } = (await response.json()) as { items: { text: string }[] }
  return items.filter(({ text }) => text === words).length
}

const impatient = (label: string, locale: Locale = 'fr'): Story => ({
  locale,
  text: `Une plainte, une seule : ${label}.`,
  email: `${label}@example.org`,
  files: [],
})

describe.each([false, true])('an impatient person, scripts %s', (scripts) => {
  const start = async (story: Story) => {
    const citizen = await visit(browser, { javaScriptEnabled: scripts })
    await answerQuestions(citizen, journey.base, story, scripts)
    return citizen
  }

  it('clicks Send twice and has one complaint', async () => {
    const story = impatient(`double-${scripts}`)
    const citizen = await start(story)
    await citizen.page.dblclick(SEND)
    await readReceipt(citizen)
    expect(await complaintsWith(story.text)).toBe(1)
    await citizen.context.close()
  })

  it('goes back after Send, presses again, and has one complaint and the same receipt', async () => {
    const story = impatient(`back-${scripts}`)
    const citizen = await start(story)
    await citizen.page.click(SEND)
    const first = await readReceipt(citizen)
    await citizen.page.goBack()
    const again = citizen.page.locator(SEND)
    if ((await again.count()) > 0) await again.click()
    else await citizen.page.click('main a.button')
    expect(await readReceipt(citizen)).toEqual(first)
    expect(await complaintsWith(story.text)).toBe(1)
    await citizen.context.close()
  })

  it('sends from two tabs at once and has one complaint', async () => {
    const story = impatient(`tabs-${scripts}`)
    const first = await start(story)
    const second = { ...first, page: await first.context.newPage() }
    await second.page.goto(`${journey.base}/fr/file/check`)
    await Promise.all([first.page.click(SEND), second.page.click(SEND)])
    const [here, there] = await Promise.all([readReceipt(first), readReceipt(second)])
    expect(there).toEqual(here)
    expect(await complaintsWith(story.text)).toBe(1)
    await first.context.close()
  })
})
