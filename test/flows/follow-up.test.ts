import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FLOOD_POLICY } from '../../src/http/rate-limit.ts'
import { receiptRoutes } from '../../src/http/receipts.ts'
import { findLedgerGaps } from '../../src/intake/reconcile.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { receiptToken } from '../../src/receipts/link.ts'
import { testSecrets } from '../support/acceptance.ts'
import { startBody, startReferralHouse } from '../support/referrals.ts'
import { type WebPerson, webPerson } from '../support/web-person.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'

const STORY = 'Le guichet de la commune est fermé depuis deux semaines.'
const PAGE = '/fr/track/complaint'
const DAY = 24 * 3600 * 1000

let house: Awaited<ReturnType<typeof startReferralHouse>>
let body: Awaited<ReturnType<typeof startBody>>
let server: WebServer
let receipts: FastifyInstance
let token: string
let secret: string

beforeAll(async () => {
  house = await startReferralHouse()
  body = await startBody()
  server = await startWebServer({
    databaseUrl: house.url,
    folder: fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-follow-')),
    trustedProxies: ['127.0.0.1'],
  })
  const put = await house.put('SANTE', { connectors: [{ type: 'webhook', url: body.url }] })
  token = put.body.token
  secret = put.body.connectors[0].secret
  receipts = Fastify()
  receiptRoutes(receipts, {
    sql: house.db.sql,
    orm: house.db.orm,
    clock: systemClock,
    secrets: testSecrets,
    publicUrl: 'http://wasl.test',
    officeZone: 'Africa/Casablanca',
    pdf: { render: async () => new Uint8Array(), close: async () => {} },
    accessCodeOf: () => '000000',
    localeOf: () => 'fr',
    limit: async () => {},
  })
})
afterAll(async () => {
  await receipts?.close()
  await server?.close()
  await house?.close()
  await body?.close()
})

interface Filed {
  readonly complaintId: string
  readonly receiptId: string
  readonly reference: string
  readonly accessCode: string
}

let nextHost = 1
const somebody = () => webPerson(server.url, { 'x-forwarded-for': `203.0.113.${nextHost++}` })

const enter = async (person: WebPerson, { reference, accessCode }: Filed) => {
  await person.post('/fr/track', { reference, code: accessCode })
  return person.get(PAGE)
}

/** A complaint that its body has, and the person who filed it before the tracking page. */
const followed = async (contact: Record<string, string> = { contact: 'none' }) => {
  const person = somebody()
  await person.get('/fr/file/message?way=write')
  await person.post('/fr/file/message', { text: STORY, kind: 'complaint' })
  await person.post('/fr/file/office', { office: 'SANTE' })
  await person.post('/fr/file/contact', contact)
  await person.post('/fr/file/check', {})
  const filed: Filed = server.accepted.at(-1)!
  await house.relay.drain()
  await enter(person, filed)
  return { person, filed }
}

const bodyDoes = async ({ complaintId }: Filed, verb: string, said: object) => {
  const referral = (await house.referrals(complaintId)).at(-1)
  const done = await house.call(token, 'POST', `/api/v1/referrals/${referral?.['id']}/${verb}`, said)
  expect(done.status).toBeLessThan(300)
}

const answered = async (contact?: Record<string, string>) => {
  const { person, filed } = await followed(contact)
  await bodyDoes(filed, 'answer', { text: 'Le guichet rouvre lundi.\nVenez avec votre carte.' })
  return { person, filed, page: await person.get(PAGE) }
}

const heard = () =>
  body.received.map(({ body: text, headers }) => {
    const { type, data } = new Webhook(secret).verify(text, headers) as { type: string; data: Dossier }
    return { type, data }
  })
interface Dossier {
  readonly reference: string
  readonly rounds: readonly {
    readonly number: number
    readonly text: string
    readonly answer: string | null
  }[]
}
const heardOf = ({ reference }: Filed) => heard().filter(({ data }) => data.reference === reference)

const roundsOf = ({ complaintId }: Filed) =>
  house.db
    .sql`select r.number, r.satisfied, r.answer, d.due_on::text as answer_by, i.id as receipt, i.state, i.via
    from rounds r join deadlines d on d.complaint_id = r.complaint_id and d.round = r.number and d.kind = 'answer'
    join receipts i on i.complaint_id = r.complaint_id and i.round = r.number
    where r.complaint_id = ${complaintId} order by r.number`

const sentAfter = ({ complaintId }: Filed) =>
  house.db
    .sql`select round, text from submissions where complaint_id = ${complaintId} order by received_at offset 1`

describe('sending a complaint again', () => {
  it('goes round as often as wished, each time with a receipt and clocks of its own', async () => {
    server.clock.ahead = -20 * DAY
    const { filed } = await answered()
    server.clock.ahead = 0
    const person = somebody()
    const page = await enter(person, filed)
    expect(page.html).toContain('Le guichet rouvre lundi.\nVenez avec votre carte.')

    const no = await person.post(`${PAGE}/unsatisfied`, {})
    expect(no.location).toBe(`${PAGE}/again`)
    const form = await person.get(`${PAGE}/again`)
    expect(form.html.match(/<(textarea|select|input type="(?!hidden))/g)).toHaveLength(1)
    expect(form.html).toContain('Que manque-t-il')
    const again = await person.post(`${PAGE}/again`, { text: 'Lundi, il était encore fermé.' })
    const [first, second] = await roundsOf(filed)
    expect(again.location).toBe(`/fr/receipts/${receiptToken(testSecrets, second?.['receipt'])}`)
    expect(first).toMatchObject({ number: 1, satisfied: false, answer: expect.stringContaining('rouvre') })
    expect(second).toMatchObject({ number: 2, satisfied: null, answer: null, state: 'sent', via: 'inline' })
    expect(Date.parse(second?.['answer_by']) - Date.parse(first?.['answer_by'])).toBe(20 * DAY)

    const receipt = (await receipts.inject(again.location!)).body
    expect(receipt).toContain(filed.reference)
    expect(receipt.replace(/<[^>]+>/g, ' ')).toMatch(/Passage\s+2/)
    const after = await person.get(PAGE)
    expect(after.html).toContain('Passage 2')
    expect(after.html).toContain('Réponse du passage 1')
    expect(after.html).toContain('Le guichet rouvre lundi.')

    await house.relay.drain()
    const told = heardOf(filed).at(-1)
    expect(told?.type).toBe('complaint.resubmitted')
    expect(told?.data.rounds).toMatchObject([
      { number: 1, text: STORY, answer: expect.stringContaining('rouvre') },
      { number: 2, text: 'Lundi, il était encore fermé.', answer: null },
    ])

    await bodyDoes(filed, 'answer', { text: 'Il est ouvert.' })
    await person.get(PAGE)
    expect((await person.post(`${PAGE}/satisfied`, {})).location).toBe(PAGE)
    expect(await house.complaint(filed.complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'satisfied',
    })
    expect((await person.get(PAGE)).html).toContain('Clôturée')

    await person.get(`${PAGE}/again`)
    expect((await person.post(`${PAGE}/again`, { text: '' })).location).toMatch(/^\/fr\/receipts\//)
    await house.relay.drain()
    expect((await roundsOf(filed)).map(({ satisfied }) => satisfied)).toEqual([false, false, null])
    expect(heardOf(filed).map(({ type }) => type)).toEqual([
      'complaint.referred',
      'complaint.resubmitted',
      'complaint.resubmitted',
    ])
  })

  it('mails the new receipt where the person left an address', async () => {
    const { person, filed } = await answered({ contact: 'email', email: 'amina@example.ma' })
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, { text: 'Toujours fermé.' })
    const [, second] = await roundsOf(filed)
    expect(second).toMatchObject({ state: 'due', via: 'email' })
    const queued = await house.db.sql`select key from outbox_messages
      where topic = 'receipt.send' and payload ->> 'receiptId' = ${second?.['receipt']}`
    expect(queued).toEqual([{ key: 'receipt:email' }])
  })

  it('counts two presses, and a third from the page one came back to, once', async () => {
    const { person, filed } = await answered()
    await person.get(`${PAGE}/again`)
    const press = () => person.post(`${PAGE}/again`, { text: 'Rien n’a changé.' })
    const answers = [...(await Promise.all([press(), press()])), await press()]
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1)
    expect(answers[0]?.location).toMatch(/^\/fr\/receipts\//)
    expect(await roundsOf(filed)).toHaveLength(2)
    expect(await sentAfter(filed)).toEqual([{ round: 2, text: 'Rien n’a changé.' }])
  })

  it('judges no later round by a page of an earlier one', async () => {
    const { person, filed } = await answered()
    const late = webPerson(server.url, { 'x-forwarded-for': '203.0.113.250' })
    await enter(late, filed)
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, {})
    await house.relay.drain()
    await bodyDoes(filed, 'answer', { text: 'Deuxième réponse.' })
    await late.post(`${PAGE}/satisfied`, {})
    expect(await house.complaint(filed.complaintId)).toMatchObject({ status: 'answered', round: 2 })
    expect((await roundsOf(filed)).map(({ satisfied }) => satisfied)).toEqual([false, null])
  })

  it('is offered for what was refused, with no other act beside it', async () => {
    const { person, filed } = await followed()
    await bodyDoes(filed, 'refuse', { ground: 'duplicate', reason: 'Déjà traitée.' })
    const { html } = await person.get(PAGE)
    const steps = [...html.matchAll(/track\/complaint\/(\w+)"/g)].map(([, step]) => step)
    expect(steps.filter((step) => step !== 'data')).toEqual(['again'])
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, { text: 'Ce n’est pas la même.' })
    await house.relay.drain()
    expect(heardOf(filed).at(-1)?.type).toBe('complaint.resubmitted')
    expect((await person.get(`${PAGE}/again`)).location).toBe(PAGE)
  })
})

const photo = (name: string, bytes = 'JFIF and so on') => new File([bytes], name, { type: 'image/jpeg' })

describe('adding to a complaint that runs', () => {
  it('keeps words and files with the round, tells the body and says so', async () => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    const added = await person.post(`${PAGE}/add`, { text: 'Voici la porte.', files: photo('porte.jpg') })
    expect(added.location).toBe(`${PAGE}?done=added`)
    const { html } = await person.get(added.location!)
    expect(html).toContain('Nous avons reçu votre envoi.')
    expect(html).toContain('porte.jpg')
    expect(html).toContain('Complétée par vous')
    expect(await sentAfter(filed)).toEqual([{ round: 1, text: 'Voici la porte.' }])
    const assets = await house.db.sql`select a.name, a.state, u.claimed_by, o.topic
      from media_assets a join uploads u on u.object_key = a.object_key
      join outbox_messages o on o.payload ->> 'assetId' = a.id::text where a.complaint_id = ${filed.complaintId}`
    expect(assets).toEqual([
      { name: 'porte.jpg', state: 'stored', claimed_by: filed.complaintId, topic: 'media.process' },
    ])
    await house.relay.drain()
    expect(heardOf(filed).map(({ type }) => type)).toEqual(['complaint.referred', 'complaint.updated'])
    expect(heardOf(filed).at(-1)?.data.rounds[0]?.text).toContain('Voici la porte.')
  })

  it('takes a double press once, and a second addition from the same page as another', async () => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    const press = () => person.post(`${PAGE}/add`, { text: 'Une fois.', files: photo('une.jpg') })
    const answers = [...(await Promise.all([press(), press(), press()])), await press()]
    expect(answers.map(({ location }) => location)).toEqual(Array(4).fill(`${PAGE}?done=added`))
    await person.post(`${PAGE}/add`, { text: 'Une autre.' })
    expect((await sentAfter(filed)).map(({ text }) => text)).toEqual(['Une fois.', 'Une autre.'])
    const [files] = await house.db
      .sql`select count(*)::int as count from media_assets where complaint_id = ${filed.complaintId}`
    expect(files).toEqual({ count: 1 })
  })

  it.each([
    ['nothing', { text: ' ' }, 'Écrivez un texte ou ajoutez un fichier.'],
    ['too long a text', { text: 'x'.repeat(10_001) }, '10.001'],
    ['a program', { text: 'Voici.', files: new File(['MZ.....'], 'a.jpg', { type: 'image/jpeg' }) }, 'a.jpg'],
    ['an empty file', { text: 'Voici.', files: photo('vide.jpg', '') }, 'vide.jpg'],
  ])('gives %s back to be mended, with what was typed', async (_label, fields, words) => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    const answer = await person.post(`${PAGE}/add`, fields)
    expect(answer.status).toBe(422)
    expect(answer.problems.join().replaceAll(/[\u202f\u00a0]/g, ' ')).toContain(words)
    expect(answer.html).toContain(fields.text.trim())
    expect(await sentAfter(filed)).toEqual([])
    await person.post(`${PAGE}/add`, { text: 'Maintenant bien.' })
    expect((await sentAfter(filed)).map(({ text }) => text)).toEqual(['Maintenant bien.'])
  })

  it('keeps a good file while the words are mended, lets it be taken out, and changes language in between', async () => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    const long = await person.post(`${PAGE}/add`, { text: 'x'.repeat(10_001), files: photo('garde.jpg') })
    expect(long.html).toContain('garde.jpg')
    const arabic = await person.post(`${PAGE}/add`, { text: 'نص', language: 'ar' })
    expect(arabic.html).toContain('dir="rtl"')
    expect(arabic.html).toContain('نص</textarea>')
    const upload = /name="remove" value="([^"]+)"/.exec(arabic.html)?.[1] ?? ''
    const without = await person.post('/ar/track/complaint/add', { text: 'نص', remove: upload })
    expect(without.html).not.toContain('garde.jpg')
    await person.post('/ar/track/complaint/add', { text: 'نص' })
    expect(await sentAfter(filed)).toEqual([{ round: 1, text: 'نص' }])
  })

  it('turns what came too late into sending it again, without losing a word', async () => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    await bodyDoes(filed, 'answer', { text: 'Voilà.' })
    const late = await person.post(`${PAGE}/add`, { text: 'Un mot encore.' })
    expect(late.html).toContain('Un mot encore.</textarea>')
    await person.post(`${PAGE}/again`, { text: 'Un mot encore.' })
    expect(await sentAfter(filed)).toEqual([{ round: 2, text: 'Un mot encore.' }])
  })

  it('slows a flood and keeps the words', async () => {
    const { person, filed } = await followed()
    await person.get(`${PAGE}/add`)
    const { limit } = FLOOD_POLICY.followUp
    for (let n = 0; n < limit; n += 1) await person.post(`${PAGE}/add`, { text: `Mot ${n}` })
    const slowed = await person.post(`${PAGE}/add`, { text: 'Un de trop.' })
    expect(slowed.status).toBe(429)
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(slowed.html).toContain('Un de trop.</textarea>')
    expect(await sentAfter(filed)).toHaveLength(limit)
  })
})

describe('answering a question of the body', () => {
  it.each([
    ['before it took the complaint', [], 'formal_review'],
    ['after it took the complaint', ['accept'], 'admissible'],
  ])('asked %s leads back to where it was', async (_label, before, status) => {
    const { person, filed } = await followed()
    for (const verb of before) await bodyDoes(filed, verb, {})
    await bodyDoes(filed, 'ask', { question: 'Quelle commune ?' })
    expect((await person.get(PAGE)).html).toContain('Quelle commune ?')
    const form = await person.get(`${PAGE}/add`)
    expect(form.html).toContain('Quelle commune ?')
    await person.post(`${PAGE}/add`, { text: 'Agdal' })
    expect(await house.complaint(filed.complaintId)).toMatchObject({ status })
    expect(await house.events(filed.complaintId)).toContain('information_received')
    expect((await person.get(PAGE)).html).not.toContain('Quelle commune ?')
    await house.relay.drain()
    expect(heardOf(filed).at(-1)?.type).toBe('complaint.updated')
  })
})

describe('taking a complaint back', () => {
  it('asks once, tells the body, stops the clocks, and can be sent again', async () => {
    const { person, filed } = await followed()
    const asked = await person.get(`${PAGE}/withdraw`)
    expect(asked.html).toContain('Retirer votre demande')
    expect(await house.complaint(filed.complaintId)).toMatchObject({ status: 'formal_review' })
    const press = () => person.post(`${PAGE}/withdraw`, {})
    await Promise.all([press(), press()])
    expect(await house.complaint(filed.complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'withdrawn',
    })
    expect((await person.get(PAGE)).html).toContain('vous l’avez retirée')
    const running = await house.db
      .sql`select kind from deadlines where complaint_id = ${filed.complaintId} and met_at is null`
    expect(running).toEqual([])
    await house.relay.drain()
    expect(heardOf(filed).map(({ type }) => type)).toEqual(['complaint.referred', 'complaint.withdrawn'])
    await person.get(`${PAGE}/again`)
    await person.post(`${PAGE}/again`, {})
    await house.relay.drain()
    expect(heardOf(filed).at(-1)?.type).toBe('complaint.resubmitted')
  })
})

describe('who may act', () => {
  const STEPS = ['add', 'again', 'withdraw', 'satisfied', 'unsatisfied']
  const state = ({ complaintId }: Filed) => house.complaint(complaintId)

  it.each(STEPS)('nobody without the code does %s', async (step) => {
    const { person, filed } = await answered()
    const before = await state(filed)
    const stranger = somebody()
    const stolen = /name="form" value="([^"]+)"/.exec((await person.get(PAGE)).html)?.[1] ?? ''
    expect(stolen).not.toBe('')
    const answer = await stranger.post(`${PAGE}/${step}`, { form: stolen, text: 'Moi.' })
    expect(answer.location).toBe(PAGE)
    expect((await stranger.get(PAGE)).location).toBe('/fr/track')
    expect(await state(filed)).toEqual(before)
  })

  it.each(STEPS)('no other site does %s, nor a form that is not ours', async (step) => {
    const { person, filed } = await answered()
    const before = await state(filed)
    const { filed: other, person: owner } = await answered()
    await person.get(PAGE)
    const crossed = await person.post(`${PAGE}/${step}`, {}, { origin: 'https://evil.example' })
    const forged = await person.post(`${PAGE}/${step}`, { form: 'AAAA' })
    const theirs = /name="form" value="([^"]+)"/.exec((await owner.get(PAGE)).html)?.[1] ?? ''
    const mixed = await person.post(`${PAGE}/${step}`, { form: theirs })
    expect([crossed.status, forged.status, mixed.status]).toEqual([403, 403, 403])
    expect([await state(filed), (await state(other))?.['status']]).toEqual([before, 'answered'])
  })

  it('is shown the answer but no button behind a receipt’s link', async () => {
    const { filed } = await answered()
    const { html } = await somebody().get(`/fr/track/${receiptToken(testSecrets, filed.receiptId)}`)
    expect(html).toContain('Le guichet rouvre lundi.')
    expect(html).not.toContain('<form method="post" action="/fr/track/complaint')
    expect(html).toContain(`/fr/track?reference=${filed.reference}`)
  })

  it('nobody acts after leaving', async () => {
    const { person, filed } = await answered()
    const { html } = await person.get(PAGE)
    await person.post('/fr/track/leave', {})
    const form = /name="form" value="([^"]+)"/.exec(html)?.[1] ?? ''
    await person.post(`${PAGE}/satisfied`, { form })
    expect(await state(filed)).toMatchObject({ status: 'answered' })
  })
})

it.each(['ar', 'fr', 'en'])('every page speaks %s', async (locale) => {
  const { person, filed } = await followed()
  const pages = [
    await person.get(`/${locale}/track/complaint/add`),
    await person.get(`/${locale}/track/complaint/withdraw`),
  ]
  await bodyDoes(filed, 'answer', { text: 'Voilà.' })
  pages.push(
    await person.get(`/${locale}/track/complaint`),
    await person.get(`/${locale}/track/complaint/again`),
  )
  for (const { status, html } of pages) {
    expect(status).toBe(200)
    expect(html).toContain(`<html lang="${locale}"`)
    expect(Buffer.byteLength(html)).toBeLessThan(15 * 1024)
  }
})

it('leaves the ledger balanced', async () => {
  expect(await findLedgerGaps(house.db.sql)).toEqual([])
})
