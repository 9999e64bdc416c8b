import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NoticeKind } from '../../src/core/letter.ts'
import type { Locale } from '../../src/core/locale.ts'
import { plainForSms } from '../../src/core/segments.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { sendAgain } from '../../src/handling/follow-up.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { noticeInWords, stateInWords } from '../../src/html/state-words.ts'
import { text } from '../../src/html/text.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { createApp } from '../../src/http/app.ts'
import { STATUS_OF } from '../../src/http/status-of.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { transferComplaint } from '../../src/referrals/transfer-referral.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, submissionOf, testSecrets } from '../support/acceptance.ts'
import { ALL_YES } from '../support/handling-house.ts'
import { onTheWire } from '../support/mail.ts'
import { type MailHouse, openMailHouse } from '../support/mail-house.ts'
import { startTextHouse, type TextHouse } from '../support/text-house.ts'

let texts: TextHouse<'twilio'>
let mails: MailHouse

/** What the two houses have in common: a database, a relay, the officials of two bodies. */
const openHandling = async (house: TextHouse<'twilio'> | MailHouse) => {
  const { db, relay, base } = house
  const app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: (_request, reply, error) => reply.code(STATUS_OF[error.code]).send(error.code),
  })
  staffApi(app, {
    ...base,
    store: undefined as never,
    secrets: testSecrets,
    publicUrl: 'https://wasl.test',
    work: {
      suggest: async () => [],
      route: (decision) => decideTriage(base, decision),
      transfer: (wish) => transferComplaint(base, wish),
      retryAsset: async () => {},
      retryFetch: async () => {},
    },
  })
  await app.ready()
  const tokens = new Map<string, string>()
  for (const administrationCode of ['SANTE', 'COMMUNE'])
    for (const role of ['agent', 'manager'] as const)
      tokens.set(
        `${administrationCode}.${role}`,
        (await createToken(base, { role, administrationCode })).token,
      )
  tokens.set('triage', (await createToken(base, { role: 'triage' })).token)
  const rules = await readDeadlineRules(base)
  return {
    db,
    base,
    app,
    followUp: { ...base, deadlineRules: () => rules },
    /** One act of an official, with everything that follows from it. */
    act: async (who: string, reference: string, verb: string, payload: object): Promise<number> => {
      const { statusCode } = await app.inject({
        method: 'POST',
        url: `/api/v1/staff/complaints/${reference}/${verb}`,
        headers: { authorization: `Bearer ${tokens.get(who)}` },
        payload,
      })
      await relay.drain()
      return statusCode
    },
  }
}
type Handling = Awaited<ReturnType<typeof openHandling>>
let byText: Handling
let byMail: Handling

beforeAll(async () => {
  texts = await startTextHouse('twilio')
  mails = await openMailHouse()
  await mails.db.sql`insert into administrations (id, code, names, created_at, updated_at) values
    (${newUuidV7()}, 'SANTE', '{"fr": "Santé"}', now(), now()), (${newUuidV7()}, 'COMMUNE', '{"fr": "Commune"}', now(), now())`
  byText = await openHandling(texts)
  byMail = await openHandling(mails)
})
afterAll(async () => {
  await byText.app.close()
  await byMail.app.close()
  await texts.close()
  await mails.close()
})

const FRENCH = 'Le guichet des urgences est fermé depuis deux semaines.'
const ARABIC = 'الماء مقطوع عندنا منذ يومين ولا أحد يجيب'

interface Run {
  readonly handling: () => Handling
  readonly language: Locale
  /** The way on which every notice must go. */
  readonly via: 'sms' | 'whatsapp' | 'email'
  readonly file: () => Promise<string>
  /** Says no to the answer, on the channel; gives nothing. */
  readonly refuse: (complaintId: string) => Promise<unknown>
}

const newest = async (channel: string): Promise<string> =>
  String(
    (
      await texts.db
        .sql`select id from complaints where channel = ${channel} order by received_at desc, id desc limit 1`
    )[0]?.['id'],
  )

/** Filed at a door whose own tests are elsewhere, by somebody who left a number or an address. */
const filedAt = async (
  handling: Handling,
  channel: string,
  contact: { phone?: string; email?: string },
): Promise<string> => {
  const { accept } = await acceptanceOver(handling.db)
  const { complaintId } = await accept(
    submissionOf({ channel, contact, text: FRENCH, receivedAt: handling.base.clock.now() }),
  )
  return complaintId
}

const again = (handling: Handling, complaintId: string, channel: string) =>
  sendAgain(handling.followUp, {
    complaintId,
    round: 1,
    channel,
    externalId: newUuidV7(),
    text: 'Toujours fermé ce matin.',
    language: 'fr',
    media: [],
    raw: { type: 'text/plain', body: Buffer.from('Toujours fermé ce matin.') },
  })

/** By text one reads the answer, says no, and says why. */
const sayNo = async (from: string): Promise<void> => {
  for (const words of ['1', '2', 'Toujours fermé ce matin.']) await texts.says(words, { from })
}

const SMS = '+212612000001'
const WHATSAPP = 'whatsapp:+212612000002'
const RUNS: Readonly<Record<string, Run>> = {
  sms: {
    handling: () => byText,
    language: 'fr',
    via: 'sms',
    file: async () => {
      await texts.says(FRENCH, { from: SMS })
      return newest('sms')
    },
    refuse: () => sayNo(SMS),
  },
  whatsapp: {
    handling: () => byText,
    language: 'ar',
    via: 'whatsapp',
    file: async () => {
      await texts.says(ARABIC, { from: WHATSAPP })
      return newest('whatsapp')
    },
    refuse: () => sayNo(WHATSAPP),
  },
  voice: {
    handling: () => byText,
    language: 'fr',
    via: 'sms',
    file: () => filedAt(byText, 'voice', { phone: '+212612000003' }),
    refuse: (id) => again(byText, id, 'voice'),
  },
  counter: {
    handling: () => byText,
    language: 'fr',
    via: 'sms',
    file: () => filedAt(byText, 'desk', { phone: '+212612000004' }),
    refuse: (id) => again(byText, id, 'desk'),
  },
  web: {
    handling: () => byMail,
    language: 'fr',
    via: 'email',
    file: () => filedAt(byMail, 'web', { email: 'web@example.ma' }),
    refuse: (id) => again(byMail, id, 'web'),
  },
  email: {
    handling: () => byMail,
    language: 'fr',
    via: 'email',
    file: async () => {
      const wire = `From: amina@example.ma\nTo: plaintes@wasl.example\nSubject: Guichet\nMessage-ID: <six@example.ma>\n\nLe guichet est ferme depuis lundi matin et personne ne repond.\n`
      const { complaint_id: id } = await mails.take(onTheWire(wire))
      return String(id)
    },
    // A mail that says no is an addition; the way to send it again is on the tracking page.
    refuse: (id) => again(byMail, id, 'web'),
  },
}

const TOLD: readonly NoticeKind[] = ['routed', 'routed', 'accepted', 'answered', 'accepted', 'answered']

/** What was put into the hands of the person, in order: texts as they were sent, letters as they were written. */
const words = async (run: Run, complaintId: string): Promise<string[]> => {
  if (run.via === 'email') {
    const ids = (
      await byMail.db.sql`select id from notices where complaint_id = ${complaintId} order by created_at, id`
    ).map(({ id }) => `<notice.${id}@wasl.example>`)
    return ids.map(
      (id) => mails.outbox.find(({ raw }) => raw.toString().includes(id))?.raw.toString('utf8') ?? '',
    )
  }
  const rows = await run.handling().db.sql<{ text: string }[]>`
    select o.text from notices n join outgoing_messages o on o.notice_id = n.id
    where n.complaint_id = ${complaintId} order by n.created_at, n.id`
  return rows.map(({ text: said }) => said)
}

describe('one complaint by each channel, through transfer, answer, dissatisfaction and a second round', () => {
  it.each(Object.entries(RUNS))('%s', async (_, run) => {
    const { act, db, base } = run.handling()
    const complaintId = await run.file()
    const house = run.handling() === byText ? texts : mails
    await house.relay.drain()
    const [filed] = await db.sql`select reference, language, status from complaints where id = ${complaintId}`
    const reference = String(filed?.['reference'])
    expect(filed).toMatchObject({ language: run.language, status: 'triage' })

    expect(await act('triage', reference, 'route', { administration: 'SANTE' })).toBe(204)
    const notOurs = { checks: { ...ALL_YES, ours: false } }
    expect(await act('SANTE.agent', reference, 'review', notOurs)).toBe(409)
    const move = { administration: 'COMMUNE', reason: 'Bureau communal' }
    expect(await act('SANTE.agent', reference, 'transfer', move)).toBe(204)
    expect(await act('COMMUNE.agent', reference, 'review', { checks: ALL_YES })).toBe(204)
    expect(await act('COMMUNE.agent', reference, 'answer', { text: 'Non.' })).toBe(204)
    // An address gets few mails an hour; whoever is not satisfied says so another day.
    mails.setNow(new Date(mails.clock.now().getTime() + 86_400_000))
    await run.refuse(complaintId)
    await house.relay.drain()
    const [renewed] = await db.sql`select round, status from complaints where id = ${complaintId}`
    expect(renewed).toEqual({ round: 2, status: 'received' })
    expect(await act('COMMUNE.agent', reference, 'review', { checks: ALL_YES })).toBe(409)
    expect(await act('COMMUNE.manager', reference, 'review', { checks: ALL_YES })).toBe(204)
    expect(await act('COMMUNE.manager', reference, 'answer', { text: 'Il rouvre lundi.' })).toBe(204)

    const notices = await db.sql<{ kind: NoticeKind; state: string; via: string }[]>`
      select kind, state, via from notices where complaint_id = ${complaintId} order by created_at, id`
    expect(notices).toEqual(TOLD.map((kind) => ({ kind, state: 'sent', via: run.via })))
    const receipts = await db.sql`
      select round, state from receipts where complaint_id = ${complaintId} order by round`
    expect(receipts.map(({ round }) => round)).toEqual([1, 2])

    const tracked = await readTrackedComplaint(base, complaintId)
    expect(tracked).toMatchObject({ state: 'answered', answer: 'Il rouvre lundi.', round: 2 })
    expect(tracked?.earlierAnswers).toMatchObject([{ round: 1, answer: 'Non.' }])
    const history = tracked?.timeline.map(({ event }) => text(run.language, `event.${event}` as never)) ?? []
    const said = await words(run, complaintId)
    expect(said).toHaveLength(TOLD.length)
    for (const [nth, kind] of TOLD.entries()) {
      const happened = noticeInWords(run.language, kind)
      expect(history, 'the tracking page tells it').toContain(happened)
      expect(said[nth], `${kind} speaks of the complaint`).toContain(reference)
      if (run.language === 'ar') expect(said[nth]).toMatch(/[\u0600-\u06FF]/)
    }
  })

  it('and whoever asks by text hears the state in the words of the tracking page', async () => {
    for (const [from, channel, language] of [
      [SMS, 'sms', 'fr'],
      [WHATSAPP, 'whatsapp', 'ar'],
    ] as const) {
      const tracked = await readTrackedComplaint(texts.base, await newest(channel))
      if (tracked === undefined) throw new Error('no complaint')
      const state = stateInWords(language, tracked)
      const [said] = await texts.says(language === 'ar' ? 'تتبع' : 'SUIVI', { from })
      expect(said).toContain(language === 'ar' ? state : plainForSms(state))
    }
  })
})
