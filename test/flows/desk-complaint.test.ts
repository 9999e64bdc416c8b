import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PLAY_ON_ISLAND } from '../../src/html/islands.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let accept: Awaited<ReturnType<typeof acceptanceOver>>['accept']
type Person = Awaited<ReturnType<typeof desk.enter>>
let agent: Person
let manager: Person

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  await seedAdministrations({ db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 })
  desk = await openDesk(open.db, undefined as never)
  agent = await desk.enter('agent', 'SANTE')
  manager = await desk.enter('manager', 'SANTE')
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

const referred = async (facts: Parameters<typeof submissionOf>[0] = {}) => {
  const filed = await accept(
    submissionOf({
      receivedAt: new Date('2026-11-21T10:00:00Z'),
      contact: { phone: '+212600000001' },
      ...facts,
    }),
  )
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${filed.complaintId}, 1, id, 'delivered', now(), now() from administrations where code = 'SANTE'`
  await open.db.sql`
    update complaints set status = 'formal_review', administration_id = (select id from administrations where code = 'SANTE')
    where id = ${filed.complaintId}`
  return { ...filed, home: `/console/complaints/${filed.reference}` }
}
const decoded = (page: string) => page.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
const pageOf = async (person: Person, url: string, language?: string) =>
  decoded((await person.get(url, language)).payload)
const seenIn = (page: string) => /name="seen" value="([^"]*)"/.exec(page)?.[1] ?? ''
const ALL_YES = { ours: 'yes', public_service: 'yes', no_court: 'yes', understandable: 'yes', new: 'yes' }
const statusOf = async (id: string) =>
  (await open.db.sql`select status from complaints where id = ${id}`)[0]?.['status']

describe('the page of a complaint', () => {
  it('shows both clocks with why it is this day', async () => {
    const { home } = await referred()
    const page = await pageOf(agent, home)
    expect(page).toContain('Examen avant le 6 décembre 2026')
    expect(page).toContain('Réponse avant le 4 février 2027')
    expect(page).toMatch(
      /Pourquoi cette date[\s\S]*21 novembre 2026, plus 15 jours calendaires, sans le jour du dépôt/,
    )
    expect(page).toMatch(/15 jours calendaires d’examen, puis 60 de réponse/)
  })

  it('is taken, reviewed and answered without a script', async () => {
    const { home, complaintId } = await referred()
    expect((await agent.post(`${home}/take`)).statusCode).toBe(303)
    expect(await pageOf(agent, home)).toMatch(/Chez <bdi dir="ltr">agent\./)
    const done = await agent.post(`${home}/review`, { ...ALL_YES, ground: '', reason: '', duplicateOf: '' })
    expect(done.statusCode).toBe(303)
    expect(await statusOf(complaintId)).toBe('admissible')
    const page = await pageOf(agent, home)
    const shown = await agent.post(`${home}/answer`, {
      step: 'preview',
      text: 'Le guichet rouvre. À lundi !',
      seen: seenIn(page),
    })
    expect(decoded(shown.payload)).toMatch(
      /Telle que la personne la reçoit[\s\S]*1 SMS[\s\S]*Le guichet rouvre\. À lundi !/,
    )
    expect(await statusOf(complaintId)).toBe('admissible')
    await agent.post(`${home}/answer`, {
      step: 'send',
      text: 'Le guichet rouvre lundi.',
      outcome: 'granted',
      seen: seenIn(page),
    })
    expect(await statusOf(complaintId)).toBe('answered')
    expect(await pageOf(agent, home)).not.toContain('name="step"')
  })

  it('is merged with another after both were read side by side, and taken apart again', async () => {
    const original = await referred({ text: 'La pharmacie de garde est restée fermée.' })
    const { home, complaintId } = await referred({ text: 'Pharmacie fermée toute la nuit.' })
    const strange = await agent.get(`${home}/merge?into=1234`)
    expect([strange.statusCode, strange.payload.includes('value="1234"')]).toEqual([400, true])
    const pair = await pageOf(agent, `${home}/merge?into=${original.reference}`)
    expect(pair).toContain('La pharmacie de garde est restée fermée.')
    expect(pair).toContain('Pharmacie fermée toute la nuit.')
    const said = { into: original.reference, seen: seenIn(pair) }
    expect((await agent.post(`${home}/merge`, said)).headers['location']).toBe(home)
    expect(await statusOf(complaintId)).toBe('closed')
    const page = await pageOf(agent, home)
    expect(page).toMatch(new RegExp(`Jointe à <a href="/console/complaints/${original.reference}"`))
    expect(await pageOf(agent, original.home)).toMatch(/1 plainte lui est jointe[\s\S]*1 autre personne lira/)
    await agent.post(`${home}/separate`, { seen: seenIn(page) })
    expect(await statusOf(complaintId)).toBe('formal_review')
  })

  it('is classified in two lists, with an act or alone, and its history says so', async () => {
    const { home } = await referred()
    const open = await pageOf(agent, home)
    expect(open).toMatch(/Cause<\/strong> <bdi>pas encore classé/)
    const [, code = '', name = ''] =
      /<option value="([^"]+)">([^<]+)<\/option>/.exec(open.slice(open.indexOf('id="class-service"'))) ?? []
    const said = { service: code, cause: 'delay', seen: seenIn(open) }
    expect(
      (await agent.post(`${home}/review`, { ...ALL_YES, ground: '', reason: '', ...said })).statusCode,
    ).toBe(303)
    const noted = await pageOf(agent, home)
    expect(noted).toContain(
      `Service public</strong> <bdi>${name}</bdi> · <strong>Cause</strong> <bdi>Lenteur du traitement</bdi>`,
    )
    expect(noted).toContain(`Service et cause notés (<bdi>${code}</bdi> · Lenteur du traitement)`)
    const again = { text: 'Voici.', outcome: '', step: 'send', seen: seenIn(noted) }
    expect((await agent.post(`${home}/answer`, { ...again, service: code, cause: '' })).statusCode).toBe(303)
    const answered = await pageOf(agent, home)
    expect(answered).toMatch(/Cause<\/strong> <bdi>pas encore classé/)
    const alone = { service: code, cause: 'cost', seen: seenIn(answered) }
    expect((await agent.post(`${home}/classify`, alone)).statusCode).toBe(303)
    expect(await pageOf(agent, home)).toContain('Cause</strong> <bdi>Coût ou taxe contestés</bdi>')
  })

  it('keeps what was typed and says why, where an act cannot be done', async () => {
    const { home } = await referred()
    const wrong = await agent.post(`${home}/review`, {
      ...ALL_YES,
      no_court: 'no',
      ground: '',
      reason: 'Voir le greffe de Fès',
    })
    expect(wrong.statusCode).toBe(400)
    expect(decoded(wrong.payload)).toMatch(/role="alert"[\s\S]*Voir le greffe de Fès/)
    const notOurs = await agent.post(`${home}/review`, { ...ALL_YES, ours: 'no' })
    expect([notOurs.statusCode, decoded(notOurs.payload).includes('transférez-la')]).toEqual([409, true])
  })

  it('stops the second of two who write at once, and keeps their words (U27)', async () => {
    const { home, complaintId } = await referred()
    const seen = seenIn(await pageOf(manager, home))
    expect(decoded((await agent.get(home)).payload)).toMatch(/Ouverte maintenant par.: manager\./)
    expect((await agent.get(`${home}/presence`)).payload).toContain('manager.')
    await agent.post(`${home}/ask`, { question: 'Quel jour ?' })
    const second = await manager.post(`${home}/answer`, { step: 'send', text: 'Ma longue réponse', seen })
    expect(second.statusCode).toBe(409)
    expect(decoded(second.payload)).toMatch(
      /agent\.[\s\S]*Quel jour \?[\s\S]*Ce que vous aviez écrit[\s\S]*Ma longue réponse/,
    )
    expect(await statusOf(complaintId)).toBe('information_requested')
    await agent.post(`${home}/answer`, { step: 'send', text: 'La réponse du premier' })
    const third = await manager.post(`${home}/answer`, { step: 'send', text: 'La mienne, perdue ?', seen })
    expect(third.statusCode).toBe(409)
    expect(decoded(third.payload)).toMatch(
      /La réponse du premier[\s\S]*Ce que vous aviez écrit[\s\S]*La mienne, perdue \?/,
    )
  })

  it('shows every message in and out with what became of it', async () => {
    const { home, complaintId } = await referred({ channel: 'sms', text: 'Premier mot' })
    await open.db.sql`
      insert into outgoing_messages (id, channel, driver, sender, recipient, purpose, language, text, encoding, segments, complaint_id,
                                     dedupe_key, state, created_at, updated_at)
      values (${newUuidV7()}, 'sms', 'twilio', '+1', '+212600000001', 'filed', 'fr', 'Plainte enregistree', 'gsm7', 1, ${complaintId},
              ${newUuidV7()}, 'delivered', now(), now())`
    const page = await pageOf(agent, home)
    expect(page).toMatch(
      /Du citoyen, SMS[\s\S]*Premier mot[\s\S]*Au citoyen, SMS[\s\S]*Plainte enregistree[\s\S]*arrivé · 1 SMS/,
    )
    expect(page).not.toContain('+212600000001')
  })

  it('marks a transcript as a machine’s until a person has confirmed it', async () => {
    const id = newUuidV7()
    const { home } = await referred({
      media: [
        { id, name: 'a.ogg', declaredType: 'audio/ogg', bytes: 1, sha256: 'a', objectKey: newUuidV7() },
      ],
    })
    await open.db
      .sql`insert into transcripts (asset_id, text, source, created_at) values (${id}, 'le guichet est fermé', 'machine', now())`
    expect(await pageOf(agent, home)).toContain('écrit par une machine')
    const stranger = await desk.enter('agent', 'ONEE')
    expect((await stranger.post(`${home}/transcripts/${id}`, { text: 'x' })).statusCode).toBe(404)
    await agent.post(`${home}/transcripts/${id}`, { text: 'le guichet cinq est fermé' })
    const page = await pageOf(agent, home)
    // What was recorded in parts is heard as one.
    expect(page).toMatch(/<div data-in-turn><figure>/)
    expect(page).toContain(PLAY_ON_ISLAND.url)
    expect(page).toContain('le guichet cinq est fermé')
    expect(page).not.toContain('écrit par une machine')
    expect(await pageOf(agent, '/console?q=cinq')).toContain(home)
  })

  it('keeps notes apart and says they are never sent', async () => {
    const { home } = await referred()
    await agent.post(`${home}/notes`, { note: 'Appeler le chef de guichet' })
    expect(await pageOf(manager, home)).toMatch(
      /class="notes"[\s\S]*Jamais envoyées[\s\S]*Appeler le chef de guichet/,
    )
  })

  it.each(['ar', 'en'])('speaks %s whole', async (language) => {
    const { home } = await referred()
    const page = await pageOf(agent, home, language)
    for (const french of ['Pourquoi', 'Examen de forme', 'Notes internes', 'Transférer'])
      expect(page).not.toContain(french)
  })

  it('offers nobody an act they have no right to', async () => {
    const { home } = await referred()
    const auditor = await desk.enter('auditor')
    const page = await pageOf(auditor, home)
    for (const name of ['take', 'review', 'ask', 'answer', 'transfer', 'notes', 'interim'])
      expect(page).not.toContain(`action="${home}/${name}"`)
    for (const name of ['take', 'review', 'ask', 'answer', 'notes'])
      expect(
        (
          await auditor.post(`${home}/${name}`, {
            ...ALL_YES,
            question: 'q',
            text: 't',
            note: 'n',
            step: 'send',
          })
        ).statusCode,
        name,
      ).toBe(403)
  })
})
