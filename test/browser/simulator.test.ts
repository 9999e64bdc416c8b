import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, expectNoSidewaysScroll, startBrowser, visit } from '../support/browser.ts'
import { signIn, uploadFile, wasl } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { ffmpeg } from '../support/media.ts'
import { SOUNDS } from '../support/media-files.ts'

/** The whole gateway as `npm start` gives it, and its simulated telephone in a real browser with a microphone. */
let folder: string
let environment: Record<string, string>
let gateway: GatewayProcess
let browser: Browser

beforeAll(async () => {
  folder = scratchFolder('simulator')
  environment = { DATA_DIR: path.join(folder, 'data'), PORT: String(await freePort()) }
  ;[browser, gateway] = await Promise.all([startBrowser(), startGatewayProcess(environment)])
})
afterAll(async () => {
  await browser?.close()
  await gateway?.end('SIGTERM')
  fs.rmSync(folder, { recursive: true, force: true })
})

const phoneUrl = (phone: string, line = 'sms') =>
  `${gateway.base}/simulator/phone?${new URLSearchParams({ phone, line })}`

/** The phone of a person, in a browser of their own. */
const hold = async (phone: string, options: { line?: string; locale?: string; width?: number } = {}) => {
  const { line, locale = 'fr', width = 360 } = options
  const seen = await visit(browser, { locale, viewport: { width, height: 720 } })
  await seen.context.grantPermissions(['microphone'])
  await seen.page.goto(phoneUrl(phone, line))
  return seen
}

const press = async (page: Page, selector: string) => {
  const loaded = page.waitForEvent('load')
  await page.locator(selector).first().click()
  await loaded
}
const key = (page: Page, pressed: string) => press(page, `button[name=key][value="${pressed}"]`)
const bubbles = (page: Page) => page.locator('.thread > li').allInnerTexts()
/** The thread as the server would draw it now: asking for it costs a hundredth of what drawing it does. */
const threadNow = async (page: Page): Promise<string | undefined> =>
  /<ol class="thread">[\s\S]*<\/ol>/.exec(await (await page.request.get(page.url())).text())?.[0]

/** Looks again, whenever the thread has changed, until it holds as many; gives the first. */
const arrives = async (page: Page, what: RegExp, count = 1): Promise<string> => {
  let drawn: string | undefined
  return until(`${what}`, async () => {
    const found = (await bubbles(page)).filter((text) => what.test(text))
    if (found.length >= count) return found[0]
    const now = await threadNow(page)
    if (now !== drawn) await page.reload()
    drawn = now
    return undefined
  })
}
const write = async (page: Page, text: string) => {
  await page.fill('#text', text)
  await press(page, 'form[action$="/messages"] button.button:not(.second)')
}

/** Speaks into the fake microphone for that long; gives what the page says of it. */
const record = async (page: Page, form: string, seconds: number): Promise<string> => {
  await page.click(`${form} [data-act=record]`)
  await page.locator(`${form} [data-act=stop]`).waitFor({ state: 'visible' })
  const began = performance.now()
  await until('enough said', async () => performance.now() - began > seconds * 1000)
  await page.click(`${form} [data-act=stop]`)
  await page.locator(`${form} audio`).waitFor({ state: 'visible' })
  return page.locator(`${form} [role=status]`).innerText()
}

interface Tracked {
  readonly media: readonly { readonly kind: string; readonly state: string; readonly url?: string }[]
}

const track = async (reference: string, code: string): Promise<Tracked> => {
  const answer = await fetch(`${gateway.base}/api/v1/complaints/${reference}`, {
    headers: { 'access-code': code },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Tracked
}

/** Waits until every file of a complaint can be played; gives what a player makes of each. */
const playable = async (reference: string, code: string, count: number) => {
  const { media } = await until(`${count} files of ${reference}`, async () => {
    const tracked = await track(reference, code)
    return tracked.media.length === count && tracked.media.every(({ state }) => state === 'ready') && tracked
  })
  return Promise.all(
    media.map(async ({ kind, url = '' }, nth) => {
      const file = path.join(folder, `${reference}-${nth}`)
      fs.writeFileSync(file, Buffer.from(await (await fetch(url)).arrayBuffer()))
      const probed = execFileSync('ffprobe', [
        '-v',
        'error',
        '-show_entries',
        'format=duration:stream=codec_type,codec_name',
        '-of',
        'json',
        file,
      ])
      const { format, streams } = JSON.parse(probed.toString())
      return { kind, seconds: Number(format.duration), codec: streams[0].codec_name as string }
    }),
  )
}

const numbersIn = (text: string) => {
  const [, reference = '', code = ''] = /(\d{10})\D+(\d{6})/.exec(text) ?? []
  return { reference, code }
}

describe('SMS', () => {
  it('U15: a sentence gets its receipt on the same thread, in one segment, before any question', async () => {
    const { page, complaints, context } = await hold('+212611000001')
    const began = performance.now()
    await write(page, 'Le guichet est fermé depuis lundi et personne ne répond')
    const receipt = await arrives(page, /enregistrée/)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(receipt).toMatch(/^Plainte \d{10} enregistrée\. Code \d{6}\./)
    expect(receipt).toMatch(/1 segment, GSM-7, \d+ unités · État\s: /)
    await arrives(page, /De quelle administration/)
    expect((await bubbles(page))[1]).toContain('enregistrée')
    await arrives(page, /delivered/)
    await expectAccessible(page)
    expect(complaints).toEqual([])
    await context.close()
  })

  it('U15: Arabic is answered in Arabic, one segment of UCS-2, also without scripts at 320 px', async () => {
    const { page, context } = await visit(browser, {
      locale: 'ar',
      javaScriptEnabled: false,
      viewport: { width: 320, height: 640 },
    })
    await page.goto(phoneUrl('+212611000002'))
    await write(page, 'الماء مقطوع عندنا منذ يومين')
    expect(await arrives(page, /سجلنا شكايتكم/)).toContain('UCS-2')
    expect(await page.getAttribute('html', 'dir')).toBe('rtl')
    await expectNoSidewaysScroll(page)
    await context.close()
  })

  it('U17: an office is named, more is added, and "suivi" tells where it stands', async () => {
    const { page, context } = await hold('+212611000003')
    await write(page, 'Le centre de santé n’a plus de vaccin depuis un mois')
    const { reference } = numbersIn(await arrives(page, /enregistrée/))
    await write(page, 'Santé')
    if (/Choisissez/.test(await arrives(page, /Choisissez|transmise à/))) await write(page, '1')
    await arrives(page, /transmise à/)
    await write(page, 'C’est le centre du quartier Océan, à Rabat')
    await arrives(page, /ajouté à la plainte/)
    await write(page, 'súivi')
    expect(await arrives(page, /Réponse avant/)).toContain(reference)
    await context.close()
  })
})

describe('WhatsApp', () => {
  it('takes a photo, and a voice note from the microphone that plays at the office', async () => {
    const { page, complaints, context } = await hold('+212611000004', { line: 'whatsapp' })
    const photo = path.join(folder, 'photo.jpg')
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=320x240', '-frames:v', '1', photo)
    await page.setInputFiles('#file', photo)
    await write(page, 'Voici le trou dans la route')
    const receipt = await arrives(page, /enregistrée/)
    const { reference, code } = numbersIn(receipt)
    expect(await record(page, 'form[action$="/messages"]', 3)).toMatch(/^Enregistré\s: \d+\.\d s$/)
    await expectAccessible(page)
    await write(page, '')
    await arrives(page, /ajouté/)
    const played = await playable(reference, code, 2)
    expect(played.map(({ kind }) => kind)).toEqual(['image', 'audio'])
    expect(played[1]).toMatchObject({ codec: 'aac' })
    expect(played[1]?.seconds).toBeGreaterThan(2.5)
    // The thread shows and plays what was sent, though the provider has deleted its copies.
    expect(await page.evaluate("document.querySelector('.thread img').naturalWidth")).toBe(320)
    await page.evaluate("document.querySelector('.thread audio').preload = 'auto'")
    await until('a sound to play', () =>
      page.evaluate("document.querySelector('.thread audio').readyState > 0"),
    )
    expect(complaints).toEqual([])
    await expectAccessible(page)
    await context.close()
  })
})

describe('a call', () => {
  const dial = async (page: Page) => {
    await press(page, 'form[action$="/calls"] button')
    if (await page.locator('text=For English').count()) await key(page, '3')
  }
  /** Up to the open recording. */
  const toTone = async (page: Page) => {
    await key(page, '1')
    await key(page, '1')
    await key(page, '')
  }
  const heard = (page: Page) => page.locator('[data-prompts]').innerText()
  const twiml = (page: Page) => page.locator('details pre').innerText()

  it('U19: prompts are played, the microphone is recorded, the receipt is spoken and texted, with the TwiML beside', async () => {
    const { page, complaints, context } = await hold('+212611000005')
    await press(page, 'form[action$="/calls"] button')
    await page.click('button.listen')
    await until('every prompt', () =>
      page.evaluate("[...document.querySelectorAll('[data-heard]')].every((one) => one.dataset.played)"),
    )
    await expectAccessible(page)
    await page.click('details summary >> text=TwiML')
    expect(await twiml(page)).toMatch(/^<\?xml[\s\S]*<Gather input="dtmf"/)
    await key(page, '3')
    await toTone(page)
    expect(await heard(page)).toMatch(/Bip/)
    expect(await record(page, 'form[action$="/speak"]', 4)).toMatch(/^Enregistré\s: \d+\.\d s$/)
    await expectAccessible(page)
    await press(page, 'form[action$="/speak"] button[value="#"]')
    await key(page, '1')
    const digits = (await page.locator('[data-heard=say]').allInnerTexts())
      .map((text) => /(?:^|\n)(\d)$/.exec(text)?.[1] ?? '')
      .join('')
    expect(digits).toMatch(/^\d{32,36}$/)
    await key(page, '3')
    expect(await heard(page)).toContain('Un lien part par SMS')
    await page.goto(phoneUrl('+212611000005'))
    const [link = ''] = /http\S+\/u\/\w{9}/.exec(await arrives(page, /\/u\//)) ?? []
    expect((await fetch(link)).status).toBe(200)
    const { reference, code } = numbersIn(await arrives(page, /enregistrée/))
    expect(digits.startsWith(reference + code)).toBe(true)
    const [voice] = await playable(reference, code, 1)
    expect(voice).toMatchObject({ kind: 'audio', codec: 'aac' })
    expect(voice?.seconds).toBeGreaterThan(3)
    expect(complaints).toEqual([])
    await context.close()
  })

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['while speaking', (page) => press(page, 'button[value=hangup]')],
    [
      'at the review',
      async (page) => {
        await press(page, 'button[name=ending][value="#"]')
        await press(page, 'form[action$="/hang-up"] button')
      },
    ],
    [
      'while starting again',
      async (page) => {
        await press(page, 'button[name=ending][value="#"]')
        await key(page, '3')
        await press(page, 'form[action$="/hang-up"] button')
      },
    ],
    [
      'at the receipt',
      async (page) => {
        await press(page, 'button[name=ending][value="#"]')
        await key(page, '1')
        await press(page, 'form[action$="/hang-up"] button')
      },
    ],
  ])(
    'U20: hung up %s ends in a complaint with a recording that plays, and a receipt by SMS',
    async (label, end) => {
      const phone = `+2126110001${String(label.length).padStart(2, '0')}`
      const { page, context } = await hold(phone)
      await dial(page)
      await toTone(page)
      await page.fill('#seconds', '6')
      await end(page)
      await page.goto(phoneUrl(phone))
      const { reference, code } = numbersIn(await arrives(page, /enregistrée/))
      const [voice] = await playable(reference, code, 1)
      expect(voice?.seconds).toBeCloseTo(6, 0)
      await context.close()
    },
  )

  it('U20: three wrong keys lead to a voicemail whose recording plays, and a receipt by SMS', async () => {
    const { page, context } = await hold('+212611000006')
    await dial(page)
    for (const wrong of ['7', '8', '5']) await key(page, wrong)
    expect(await heard(page)).toContain('laisser votre message')
    await key(page, '')
    await page.fill('#seconds', '5')
    await press(page, 'button[value=hangup]')
    await page.goto(phoneUrl('+212611000006'))
    const { reference, code } = numbersIn(await arrives(page, /enregistrée/))
    expect((await playable(reference, code, 1))[0]?.seconds).toBeCloseTo(5, 0)
    await context.close()
  })
})

describe('faults of the operator', () => {
  const misbehave = async (
    page: Page,
    faults: { ticks?: readonly string[]; numbers?: Record<string, string> },
  ) => {
    await page.click('details:last-of-type summary')
    for (const name of ['duplicate', 'reorder', 'drop'])
      await page.setChecked(`input[name=${name}]`, faults.ticks?.includes(name) ?? false)
    for (const name of ['delay', 'refuse', 'not_found_first'])
      await page.fill(`#${name}`, faults.numbers?.[name] ?? '0')
    await expectAccessible(page)
    await press(page, 'form[action$="/misbehave"] button')
  }

  it('can each be chosen, and none makes a second complaint or loses one', async () => {
    const { page, context } = await hold('+212611000007')
    await misbehave(page, { ticks: ['duplicate'], numbers: { delay: '1', not_found_first: '2' } })
    await page.click('details:last-of-type summary')
    expect(await page.isChecked('input[name=duplicate]')).toBe(true)
    expect(await page.inputValue('#not_found_first')).toBe('2')
    await write(page, 'Les lampadaires de la rue sont éteints depuis un mois')
    await arrives(page, /enregistrée/)
    await misbehave(page, { ticks: ['drop'] })
    await write(page, 'NOUVEAU')
    await write(page, 'Cette deuxième plainte ne parvient jamais par le réseau')
    await misbehave(page, {})
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const { stdout } = await wasl(environment, 'reconcile', '--since', since)
    expect(stdout).toMatch(/2 of \d+ events of twilio were missing and are filed/)
    const count = async () => (await bubbles(page)).filter((text) => /enregistrée/.test(text)).length
    await arrives(page, /enregistrée/, 2)
    await wasl(environment, 'reconcile', '--since', since)
    await page.reload()
    expect(await count()).toBe(2)
    await context.close()
  })

  it('a refusal by the provider falls to the next try', async () => {
    const { page, context } = await hold('+212611000008')
    await misbehave(page, { numbers: { refuse: '20429' } })
    await write(page, 'Le bus de la ligne 12 ne passe plus le soir')
    await misbehave(page, {})
    await arrives(page, /enregistrée/)
    await context.close()
  })
})

describe('a recording of any exchange', () => {
  it('in mu-law WAV is filed by a driver token, plays, and its receipt goes out by SMS', async () => {
    const created = await wasl(environment, 'token', 'create', '--role', 'driver', '--json')
    const { token } = JSON.parse(created.stdout) as { token: string }
    const sound = SOUNDS.find(({ label }) => label.startsWith('mu-law'))!.bytes(
      fs.mkdtempSync(path.join(folder, 'make-')),
    )
    expect(sound.subarray(20, 22).readUInt16LE()).toBe(7)
    const upload = await uploadFile(gateway.base, 'pbx.wav', 'audio/wav', sound)
    const phone = '+212611000009'
    const file = () =>
      fetch(`${gateway.base}/api/v1/submissions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': 'pbx-call-1',
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ kind: 'complaint', language: 'fr', uploads: [upload], contact: { phone } }),
      })
    const [first, again] = [await file(), await file()]
    expect([first.status, again.status]).toEqual([201, 200])
    const { reference, accessCode } = (await first.json()) as { reference: string; accessCode: string }
    const [voice] = await playable(reference, accessCode, 1)
    expect(voice).toMatchObject({ kind: 'audio', codec: 'aac' })
    expect(voice?.seconds).toBeCloseTo(3, 0)
    const { page, context } = await hold(phone)
    expect(await arrives(page, /enregistrée/)).toContain(reference)
    const staff = await signIn(gateway.base, environment)
    expect(await staff.complaint(reference)).toMatchObject({ channel: 'voice' })
    await context.close()
  })
})

describe.each(['ar', 'fr'])('the pages in %s', (locale) => {
  it.each([320, 1280])('stand at %i px with a thread, a call and the faults open', async (width) => {
    const { page, context } = await hold('+212611000004', { line: 'whatsapp', locale, width })
    await press(page, 'form[action$="/calls"] button')
    for (const details of await page.locator('details').all()) await details.locator('summary').click()
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    const shots = process.env['SHOTS']
    if (shots)
      await page.screenshot({ path: path.join(shots, `simulator-${locale}-${width}.png`), fullPage: true })
    await context.close()
  })
})
