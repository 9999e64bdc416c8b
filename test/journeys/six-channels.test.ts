import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NoticeKind } from '../../src/core/letter.ts'
import type { Locale } from '../../src/core/locale.ts'
import { plainForSms } from '../../src/core/segments.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { noticeInWords, stateInWords } from '../../src/html/state-words.ts'
import { text } from '../../src/html/text.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { sampleVoice } from '../../src/simulator/phone/sample-voice.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { ALL_YES } from '../support/handling-house.ts'
import { deliver } from '../support/mail-client.ts'
import { pollUntil } from '../support/poll-until.ts'
import { fillFiling, type WebPerson, webPerson } from '../support/web-person.ts'
import { COMPLAINTS_ADDRESS, openWholeGateway, type WholeGateway } from '../support/whole-gateway.ts'

let house: WholeGateway
const tokens = new Map<string, string>()

beforeAll(async () => {
  house = await openWholeGateway()
  await seedAdministrations(house.parts)
  for (const administrationCode of ['SANTE', 'ONEE'])
    for (const role of ['agent', 'manager'] as const)
      tokens.set(
        `${administrationCode}.${role}`,
        (await createToken(house.parts, { role, administrationCode })).token,
      )
  tokens.set('triage', (await createToken(house.parts, { role: 'triage' })).token)
})
afterAll(() => house.close())

/** One act of an official, with everything that follows from it. */
const act = async (who: string, reference: string, verb: string, payload: object): Promise<number> => {
  const { statusCode } = await house.app.inject({
    method: 'POST',
    url: `/api/v1/staff/complaints/${reference}/${verb}`,
    headers: { authorization: `Bearer ${tokens.get(who)}` },
    payload,
  })
  await house.settle()
  return statusCode
}

const FRENCH = 'Le guichet des urgences est fermé depuis deux semaines.'
const ARABIC = 'الماء مقطوع عندنا منذ يومين ولا أحد يجيب'
const MISSING = { fr: 'Toujours fermé ce matin.', ar: 'ما زال مقطوعا هذا الصباح' } as const

/** The person: files at a door of their own, says that the answer does not satisfy, and in the end that it does. */
interface Person {
  readonly channel: string
  readonly language: 'ar' | 'fr'
  /** The way on which every notice must go. */
  readonly via: 'sms' | 'whatsapp' | 'email'
  file(): Promise<unknown>
  refuse(): Promise<unknown>
  accept(): Promise<unknown>
}

const texting = (line: 'sms' | 'whatsapp', phone: string) => async (said: string) => {
  await house.exchange.write({ line, phone, text: said, files: [] })
  await house.settle()
}

const byText = (line: 'sms' | 'whatsapp', language: 'ar' | 'fr', phone: string): Person => {
  const say = texting(line, phone)
  return {
    channel: line,
    language,
    via: line,
    file: () => say(language === 'ar' ? ARABIC : FRENCH),
    refuse: async () => {
      for (const words of ['1', '2', MISSING[language]]) await say(words)
    },
    accept: async () => {
      for (const words of ['1', '1']) await say(words)
    },
  }
}

/** A call: what is pressed at each question, and what is said after the tone. */
const call = async (phone: string, ...steps: readonly (string | number)[]): Promise<void> => {
  const { calls } = house.exchange
  const line = await calls.dial(phone)
  for (const step of steps)
    if (typeof step === 'string') await calls.press(line, step)
    else await calls.speak(line, { type: 'audio/x-wav', bytes: sampleVoice(step), seconds: step }, '#')
  await calls.hangUp(line)
  await house.settle()
}

const CALLER = '+212612000003'
const byVoice: Person = {
  channel: 'voice',
  language: 'ar',
  via: 'sms',
  // Arabic, a complaint, agreed; listened, spoken, done.
  file: () => call(CALLER, '1', '1', '1', '', 12, '1'),
  // Known by the number: my complaints, send it again, agreed; listened, spoken, done.
  refuse: () => call(CALLER, '2', '3', '1', '', 12, '1'),
  // My complaints, satisfied.
  accept: () => call(CALLER, '2', '2'),
}

/** Opens the tracking page with number and code. */
const track = async (person: WebPerson, complaintId: string, language: Locale): Promise<string> => {
  const [row] = await house.db.sql`select reference from complaints where id = ${complaintId}`
  await person.get(`/${language}/track`)
  await person.post(`/${language}/track`, {
    reference: String(row?.['reference']),
    code: accessCodeOf(house.parts.secrets, complaintId),
  })
  return (await person.get(`/${language}/track/complaint`)).html
}

const newest = async (channel: string): Promise<string> =>
  String(
    (
      await house.db.sql`
        select id from complaints where channel = ${channel} order by received_at desc, id desc limit 1`
    )[0]?.['id'],
  )

/** On the tracking page, without a script. */
const onThePage = (channel: string, language: 'ar' | 'fr') => {
  const open = async () => {
    const person = webPerson(house.base)
    await track(person, await newest(channel), language)
    return person
  }
  return {
    refuse: async () => {
      const person = await open()
      const pressed = await person.post(`/${language}/track/complaint/unsatisfied`, {})
      await person.get(String(pressed.location))
      await person.post(`/${language}/track/complaint/again`, { text: MISSING[language] })
      await house.settle()
    },
    accept: async () => {
      await (await open()).post(`/${language}/track/complaint/satisfied`, {})
      await house.settle()
    },
  }
}

const byWeb: Person = {
  channel: 'web',
  language: 'fr',
  via: 'email',
  file: async () => {
    const person = webPerson(house.base)
    await fillFiling(person, FRENCH)
    await person.get('/fr/file/contact')
    await person.post('/fr/file/contact', { contact: 'email', email: 'web@example.ma' })
    await person.get('/fr/file/check')
    const sent = await person.post('/fr/file/check', { action: 'send', consent: 'yes' })
    expect(sent.location, sent.problems.join()).toMatch(/\/receipts\//)
    await house.settle()
  },
  ...onThePage('web', 'fr'),
}

const MAILER = 'samir@example.ma'
const byMail: Person = {
  channel: 'email',
  language: 'ar',
  via: 'email',
  file: async () => {
    const raw = `From: ${MAILER}\r\nTo: ${COMPLAINTS_ADDRESS}\r\nSubject: Eau\r\nMessage-ID: <six@example.ma>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${ARABIC}\r\n`
    const [word] = await deliver({
      port: house.mailPort,
      protocol: 'smtp',
      from: MAILER,
      to: [COMPLAINTS_ADDRESS],
      raw: Buffer.from(raw),
    })
    expect(word?.code).toBe(250)
    await house.settle()
  },
  // A mail that says no is an addition; the way to send it again is on the page that every letter leads to.
  ...onThePage('email', 'ar'),
}

const AT_THE_COUNTER = '+212612000004'
const atTheCounter: Person = {
  channel: 'counter',
  language: 'fr',
  via: 'sms',
  file: async () => {
    const cookie = await house.enter('clerk', 'SANTE')
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'accept-language': 'fr' }
    const page = await house.app.inject({ url: '/console/counter', headers })
    const data = new FormData()
    for (const [name, value] of Object.entries({
      form: /name="form" value="([^"]+)"/.exec(page.payload)?.[1] ?? '',
      kind: 'complaint',
      language: 'fr',
      text: FRENCH,
      phone: AT_THE_COUNTER,
      preferred: 'sms',
      consent: 'yes',
    }))
      data.append(name, value)
    const request = new Request('https://wasl.test/', { method: 'POST', body: data })
    const filed = await house.app.inject({
      method: 'POST',
      url: '/console/counter',
      headers: { ...headers, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    expect(filed.statusCode).toBe(303)
    await house.settle()
  },
  refuse: async () => {
    for (const words of ['1', '2', MISSING.fr]) await texting('sms', AT_THE_COUNTER)(words)
  },
  accept: async () => {
    for (const words of ['1', '1']) await texting('sms', AT_THE_COUNTER)(words)
  },
}

const PEOPLE: readonly Person[] = [
  byText('sms', 'fr', '+212612000001'),
  byText('whatsapp', 'ar', '+212612000002'),
  byVoice,
  atTheCounter,
  byWeb,
  byMail,
]

const TOLD: readonly NoticeKind[] = ['routed', 'routed', 'accepted', 'answered', 'accepted', 'answered']
const A_DAY_MS = 86_400_000

interface Told {
  readonly id: string
  readonly kind: NoticeKind
  readonly state: string
  readonly via: string
  /** What the provider said of the text message. */
  readonly delivery: string | null
  readonly said: string | null
}

const noticesOf = (complaintId: string) =>
  house.db.sql<Told[]>`
    select n.id, n.kind, n.state, n.via, o.state as delivery, o.text as said
    from notices n left join outgoing_messages o on o.notice_id = n.id
    where n.complaint_id = ${complaintId} order by n.created_at, n.id`

/** How a text of that kind begins in the string table, up to the number. */
const beginningOf = (language: 'ar' | 'fr', kind: NoticeKind, reference: string): string => {
  const facts = { reference, kind: 'complaint', office: '', date: '', hotline: 'none' }
  const [words = ''] = text(language, `sms.${kind}` as 'sms.routed', facts).split(reference)
  return `${language === 'ar' ? words : plainForSms(words)}${reference}`
}

/** What was put into the person's hands says so in the words of the string table and in their language. */
const expectWords = async (told: readonly Told[], person: Person, reference: string): Promise<void> => {
  const { language } = person
  const letters = await house.mails()
  for (const { id, kind, said } of told) {
    if (said !== null) {
      expect(said).toContain(beginningOf(language, kind, reference))
      continue
    }
    const letter = await simpleParser(letters.find((raw) => raw.includes(`notice.${id}@`)) ?? '')
    expect(letter.subject).toContain(`[${reference}] ${noticeInWords(language, kind)}`)
    expect(letter.headers.get('content-language')).toBe(language)
    expect([letter.to].flat().map((to) => to?.text)).toEqual([
      person.channel === 'web' ? 'web@example.ma' : MAILER,
    ])
  }
}

describe('one complaint by each channel, through review, transfer, answer, dissatisfaction and a second round', () => {
  it.each(PEOPLE.map((person) => [person.channel, person] as const))(
    '%s',
    async (channel, person) => {
      const { language } = person
      await person.file()
      const complaintId = await newest(channel)
      const [filed] = await house.db
        .sql`select reference, language, status from complaints where id = ${complaintId}`
      const reference = String(filed?.['reference'])
      expect(filed).toMatchObject({ language, status: 'triage' })

      expect(await act('triage', reference, 'route', { administration: 'SANTE' })).toBe(204)
      const notOurs = { checks: { ...ALL_YES, ours: false } }
      expect(await act('SANTE.agent', reference, 'review', notOurs)).toBe(409)
      const move = { administration: 'ONEE', reason: 'Eau et électricité' }
      expect(await act('SANTE.agent', reference, 'transfer', move)).toBe(204)
      expect(await act('ONEE.agent', reference, 'review', { checks: ALL_YES })).toBe(204)
      expect(await act('ONEE.agent', reference, 'answer', { text: 'Non.' })).toBe(204)
      // An address gets few mails an hour, and WhatsApp closes after a day: whoever is not satisfied says so somewhat later.
      house.later(A_DAY_MS / 2)
      await person.refuse()
      const [renewed] = await house.db.sql`select round, status from complaints where id = ${complaintId}`
      expect(renewed).toEqual({ round: 2, status: 'received' })
      // Another reviewer than the first.
      expect(await act('ONEE.agent', reference, 'review', { checks: ALL_YES })).toBe(409)
      expect(await act('ONEE.manager', reference, 'review', { checks: ALL_YES })).toBe(204)
      expect(await act('ONEE.manager', reference, 'answer', { text: 'Il rouvre lundi.' })).toBe(204)

      const delivered = person.via === 'email' ? null : 'delivered'
      await pollUntil(async () => {
        await house.settle()
        return (await noticesOf(complaintId)).every(({ delivery }) => delivery === delivered)
      })
      const told = await noticesOf(complaintId)
      expect(told.map(({ kind, state, via }) => ({ kind, state, via }))).toEqual(
        TOLD.map((kind) => ({ kind, state: 'sent', via: person.via })),
      )
      const receipts = await house.db
        .sql`select round, state from receipts where complaint_id = ${complaintId} order by round`
      expect(receipts.map(({ round }) => round)).toEqual([1, 2])

      const tracked = await readTrackedComplaint(house.parts, complaintId)
      if (tracked === undefined) throw new Error('nothing to track')
      expect(tracked).toMatchObject({ state: 'answered', answer: 'Il rouvre lundi.', round: 2 })
      expect(tracked.earlierAnswers).toMatchObject([{ round: 1, answer: 'Non.' }])
      const page = await track(webPerson(house.base), complaintId, language)
      expect(page).toContain(stateInWords(language, tracked))
      for (const kind of TOLD)
        expect(page, 'the tracking page tells it').toContain(noticeInWords(language, kind))
      await expectWords(told, person, reference)

      await person.accept()
      const [ended] = await house.db
        .sql`select status, closed_reason, round from complaints where id = ${complaintId}`
      expect(ended).toEqual({ status: 'closed', closed_reason: 'satisfied', round: 2 })
      const closed = await track(webPerson(house.base), complaintId, language)
      expect(closed).toContain(text(language, 'closed.satisfied'))
    },
    60_000,
  )

  it('and whoever asks by text hears the state in the words of the tracking page', async () => {
    for (const [line, phone, language, word] of [
      ['sms', '+212612000001', 'fr', 'SUIVI'],
      ['whatsapp', '+212612000002', 'ar', 'تتبع'],
    ] as const) {
      const tracked = await readTrackedComplaint(house.parts, await newest(line))
      if (tracked === undefined) throw new Error('no complaint')
      const state = stateInWords(language, tracked)
      await texting(line, phone)(word)
      const said = house.exchange.state.thread(line, phone).at(-1)?.body ?? ''
      expect(said).toContain(language === 'ar' ? state : plainForSms(state))
    }
  })

  it('leaves nothing of the people in the log (P87)', () => {
    const log = house.logged.join('\n')
    for (const word of [FRENCH, ARABIC, MISSING.fr, MISSING.ar, '612000', 'example.ma', ...tokens.values()])
      expect(log).not.toContain(word)
  })
})
