import { afterAll, describe, expect, it } from 'vitest'
import { FLOOD_POLICY } from '../../src/http/rate-limit.ts'
import { findLedgerGaps } from '../../src/intake/reconcile.ts'
import { receiptToken } from '../../src/receipts/link.ts'
import { testSecrets } from '../support/acceptance.ts'
import { type Filed, openFollowUpHouse, PAGE } from '../support/follow-up-house.ts'

const { house, somebody, followed, answered, bodyDoes, heardOf, sentAfter, close } = await openFollowUpHouse()
afterAll(close)

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
