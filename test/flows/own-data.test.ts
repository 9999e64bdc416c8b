import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendAudit } from '../../src/staff/audit.ts'
import { startBody, startReferralHouse } from '../support/referrals.ts'
import { type WebPerson, webPerson } from '../support/web-person.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
let body: Awaited<ReturnType<typeof startBody>>
let server: WebServer
let token: string
beforeAll(async () => {
  house = await startReferralHouse()
  body = await startBody()
  server = await startWebServer({
    databaseUrl: house.url,
    folder: fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-data-')),
    trustedProxies: ['127.0.0.1'],
  })
  token = (await house.put('SANTE', { connectors: [{ type: 'webhook', url: body.url }] })).body.token
})
afterAll(async () => {
  await server?.close()
  await house?.close()
  await body?.close()
})

let nextHost = 1
const somebody = () => webPerson(server.url, { 'x-forwarded-for': `203.0.113.${nextHost++}` })
const STORY = 'Le guichet de la commune est fermé depuis deux semaines.'
const MP3 = new File([`ID3${'x'.repeat(400)}`], 'ma voix.mp3', { type: 'audio/mpeg' })

const filed = async () => {
  const person = somebody()
  await person.get('/fr/file/message?way=write')
  await person.post('/fr/file/message', { text: STORY, kind: 'complaint', files: MP3 })
  await person.post('/fr/file/office', { office: 'SANTE' })
  await person.post('/fr/file/contact', { contact: 'email', email: 'nadia@exemple.ma', name: 'Nadia' })
  await person.post('/fr/file/check', {})
  const accepted = server.accepted.at(-1)!
  await house.relay.drain()
  const { reference, accessCode: code } = accepted
  await person.post('/fr/track', { reference, code })
  return { person, accepted }
}

const correct = (person: WebPerson, fields: Record<string, string>) =>
  person.post('/fr/track/complaint/contact', { action: 'save', answerLanguage: 'fr', ...fields })

describe('who opened one’s identity (law 09-08)', () => {
  it('is told with time, body and what it was, and never with the person’s own downloads', async () => {
    const { person, accepted } = await filed()
    expect((await person.get('/fr/track/complaint/data')).html).toContain('Personne jusqu’ici.')
    const [sante] = await house.db.sql<{ id: string }[]>`select id from administrations where code = 'SANTE'`
    const subject = accepted.reference
    const open = (tenant: string, actor: string, action: string, facts = {}) =>
      house.db.orm.transaction((tx) =>
        appendAudit(tx, { clock: server.clock }, tenant, { actor, action, subject, facts }),
      )
    await open('ministry', 'staff:1', 'complaint.raw')
    await open(sante?.id ?? '', 'staff:2', 'media.original', { reason: 'evidence' })
    await open('ministry', 'citizen', 'media.original')
    await open('ministry', 'staff:1', 'complaint.read')
    const { html } = await person.get('/fr/track/complaint/data')
    const list = /<ol class="events">([\s\S]*?)<\/ol>/.exec(html)?.[1] ?? ''
    expect(list.match(/<li>/g)).toHaveLength(2)
    expect(list).toContain('Le service des plaintes\u00a0: votre message tel qu’il est arrivé')
    expect(list).toMatch(/SANTE.*un fichier original/)
    expect(list).toContain('Motif\u00a0: examiner une preuve')
    expect(list).not.toContain('staff:')
  })
})

describe('taking one’s data away', () => {
  it('gives everything the record holds, and the files with hashes and links', async () => {
    const { person, accepted } = await filed()
    const answer = await person.get('/fr/track/complaint/data.json')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="${accepted.reference}.json"`,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const own = JSON.parse(answer.html)
    expect(own).toMatchObject({
      reference: accepted.reference,
      contact: { name: 'Nadia', email: 'nadia@exemple.ma', phone: null, preferred: 'email' },
      sent: [{ text: STORY, channel: 'web', round: 1 }],
      rounds: [{ number: 1, answer: null }],
      receipts: [{ round: 1 }],
      media: [{ name: 'ma voix.mp3', bytes: MP3.size, declaredType: 'audio/mpeg' }],
      openings: [],
    })
    expect(own.dates).toHaveLength(2)
    expect(own.media[0].sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(own.media[0].url).toContain('/media/')
    expect(own.timeline.map(({ event }: { event: string }) => event)).toContain('received')
    expect(answer.html).not.toContain(accepted.accessCode)
  })

  it('is refused to whoever only has the receipt’s link', async () => {
    await filed()
    for (const page of ['data', 'data.json', 'contact']) {
      const answer = await somebody().get(`/fr/track/complaint/${page}`)
      expect(answer.status, page).toBe(303)
      expect(answer.location).toBe('/fr/track/complaint')
    }
  })
})

describe('correcting one’s contact data', () => {
  it('changes the record, tells which fields in the history, and leaves what was sent', async () => {
    const { person, accepted } = await filed()
    const form = await person.get('/fr/track/complaint/contact')
    expect(form.html).toContain('value="nadia@exemple.ma"')
    const answer = await correct(person, {
      name: '',
      email: '',
      phone: '06 12 34 56 78',
      preferred: 'sms',
      answerLanguage: 'ar',
    })
    expect(answer.location).toBe('/fr/track/complaint/data?done=changed')
    expect((await person.get(answer.location ?? '')).html).toContain('Vos données sont corrigées.')
    const [row] = await house.db.sql`
      select p.name, p.email, p.phone, p.preferred, c.language, c.anonymous, s.raw_body
      from complainants p join complaints c on c.id = p.complaint_id join submissions s on s.complaint_id = c.id
      where c.id = ${accepted.complaintId}`
    expect(row).toMatchObject({
      name: null,
      email: null,
      phone: '+212612345678',
      preferred: 'sms',
      language: 'ar',
      anonymous: false,
    })
    expect(row?.['raw_body'].toString()).toContain('Nadia')
    const [event] = await house.db.sql`
      select facts from complaint_events where complaint_id = ${accepted.complaintId} and event = 'contact_changed'`
    expect(event?.['facts']).toEqual({ fields: ['name', 'email', 'phone', 'preferred', 'language'] })
    expect((await person.get('/fr/track/complaint')).html).toContain('Coordonnées corrigées par vous')
  })

  it.each<[string, Record<string, string>, string]>([
    ['half an address', { email: 'nadia@', preferred: 'none' }, 'email'],
    ['half a number', { phone: '0612', preferred: 'none' }, 'phone'],
    ['a way without its address', { preferred: 'email' }, 'email'],
    ['a way without its number', { preferred: 'whatsapp' }, 'phone'],
  ])('says what is wrong with %s and keeps what was typed', async (_label, fields, field) => {
    const { person } = await filed()
    await person.get('/fr/track/complaint/contact')
    const answer = await correct(person, { name: 'Nadia B.', email: '', phone: '', ...fields })
    expect(answer.status).toBe(422)
    expect(answer.html).toContain(`<a href="#${field}">`)
    expect(answer.html).toContain('par exemple')
    expect(answer.html).toContain('value="Nadia B."')
  })

  it('keeps what was typed when the language is switched', async () => {
    const { person } = await filed()
    await person.get('/fr/track/complaint/contact')
    const answer = await person.post('/fr/track/complaint/contact', {
      name: 'Nadia B.',
      email: 'b@c.ma',
      language: 'ar',
    })
    expect(answer.html).toContain('<html lang="ar" dir="rtl">')
    expect(answer.html).toContain('value="Nadia B."')
  })
})

describe('a refusal', () => {
  it('is told with its ground, the body’s own words and where to go instead', async () => {
    const { person, accepted } = await filed()
    const referral = (await house.referrals(accepted.complaintId)).at(-1)
    const said = { ground: 'private_dispute', reason: 'Le bail lie deux particuliers.' }
    const done = await house.call(token, 'POST', `/api/v1/referrals/${referral?.['id']}/refuse`, said)
    expect(done.status).toBeLessThan(300)
    const { html } = await person.get('/fr/track/complaint')
    for (const words of [
      'conflit privé, hors des services publics',
      'Le bail lie deux particuliers.',
      'Adressez-vous à un avocat',
      'Médiateur',
      'Renvoyer votre demande',
    ])
      expect(html, words).toContain(words)
  })
})
