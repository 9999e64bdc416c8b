import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { officeDay } from '../../src/core/deadlines.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { createRecountOpen } from '../../src/deadlines/recount-open.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { bendPolicy } from '../support/policy.ts'

const ZONE = 'Africa/Casablanca'
type Desk = Awaited<ReturnType<typeof openDesk>>
let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Desk
type Person = Awaited<ReturnType<Desk['enter']>>
let ministry: Person
let manager: Person
let other: Person
let agent: Person

const dayIn = (days: number) => officeDay(new Date(Date.now() + days * 86_400_000), ZONE)
/** What a person reads: the words of a page without its markup. */
const wordsOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/[\s\u00A0]+/g, ' ')
const read = async (person: Person, url: string, language = 'fr') =>
  wordsOf((await person.get(url, language)).payload)

beforeAll(async () => {
  open = await openTestDatabase()
  const { sql } = open.db
  for (const code of ['SANTE', 'EAU'])
    await sql`insert into administrations (id, code, names, created_at, updated_at)
      values (${newUuidV7()}, ${code}, ${`{"fr": "${code}"}`}::text::jsonb, now(), now())`
  await sql`insert into services (id, administration_id, code, names, keywords)
    select ${newUuidV7()}, id, 'URG', '{"fr": "Urgences"}', '{}' from administrations where code = 'SANTE'`
  desk = await openDesk(open.db, undefined as never)
  ministry = await desk.enter('ministry-supervisor')
  manager = await desk.enter('manager', 'SANTE')
  other = await desk.enter('manager', 'EAU')
  agent = await desk.enter('agent', 'SANTE')
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

describe('who keeps the rules', () => {
  it.each([
    ['ministry-supervisor', ['Modèles', 'Calendrier', 'Règles des délais'], [200, 200, 200]],
    ['manager', ['Modèles', 'Calendrier'], [200, 200, 403]],
    ['agent', ['Modèles', 'Calendrier'], [200, 200, 403]],
  ] as const)('%s finds in the navigation what is theirs', async (role, links, statuses) => {
    const person = { 'ministry-supervisor': ministry, manager, agent }[role]
    const { payload } = await person.get('/console')
    const areas = wordsOf(/<nav class="areas"[\s\S]*?<\/nav>/.exec(payload)?.[0] ?? '')
    for (const link of ['Modèles', 'Calendrier', 'Règles des délais'])
      expect(areas.includes(link), link).toBe((links as readonly string[]).includes(link))
    const pages = ['/console/templates', '/console/calendar', '/console/policy']
    expect(await Promise.all(pages.map(async (url) => (await person.get(url)).statusCode))).toEqual(statuses)
  })

  it('shows the words and the days to those who use them, and none of the forms', async () => {
    for (const url of ['/console/templates', '/console/calendar']) {
      const page = await agent.get(url)
      expect(page.statusCode).toBe(200)
      const main = /<main[\s\S]*<\/main>/.exec(page.payload)?.[0] ?? ''
      expect(main).toContain('<h1>')
      expect(main).not.toContain('method="post"')
    }
    expect((await agent.post('/console/templates', {})).statusCode).not.toBe(303)
  })
})

describe('ready words', () => {
  const words = {
    act: 'answer',
    language: 'fr',
    name: 'Dossier prêt',
    text: 'Votre dossier {reference} est prêt depuis le {filed}.',
  }

  it('are previewed as the person will read them, and kept only when asked', async () => {
    const shown = await manager.post('/console/templates', { ...words, step: 'preview' })
    expect(wordsOf(shown.payload)).toMatch(
      /Tel que la personne le lira.*Votre dossier 2600000006 est prêt depuis le \d/,
    )
    expect(await read(manager, '/console/templates?for=answer')).not.toContain('Dossier prêt Réponse')
  })

  it.each([
    ['{nom}', 'Rien ne remplit {nom}. Possible : {reference}'],
    ['{reference} {prix} {ville}', 'Rien ne remplit {prix} {ville}.'],
    ['', 'Remplissez cette case.'],
  ])('with %s are refused, with the reason at the field', async (text, said) => {
    const refused = await manager.post('/console/templates', { ...words, text, step: 'keep' })
    expect(refused.statusCode).toBe(422)
    expect(refused.payload).toContain('href="#text"')
    expect(wordsOf(refused.payload)).toContain(said)
    expect(refused.payload, 'what was typed stays').toContain('value="Dossier pr')
  })

  it('have versions: a change is a new one, and the older stays to be read', async () => {
    await manager.post('/console/templates', { ...words, step: 'keep', service: 'URG' })
    expect(await read(manager, '/console/templates?about=URG')).toContain('Dossier prêt Réponse')
    expect(await read(manager, '/console/templates?about=AUTRE')).not.toContain('Dossier prêt Réponse')
    await manager.post('/console/templates', { ...words, text: 'Venez le chercher.', step: 'keep' })
    const { payload } = await manager.get('/console/templates?for=answer&in=fr')
    expect(wordsOf(payload)).toMatch(/Dossier prêt Réponse français .{0,20}SANTE Version 2/i)
    const [, edit = ''] = /href="(\/console\/templates\?edit=[\w-]+)#write"/.exec(payload) ?? []
    const edited = await read(manager, edit)
    expect(edited).toMatch(/Version 2.*Venez le chercher\..*Version 1.*Votre dossier {reference} est prêt/)
    expect((await other.get(edit)).statusCode).toBe(404)
    const id = edit.split('=')[1] ?? ''
    expect((await other.post(`/console/templates/${id}/forget`)).statusCode).toBe(404)
  })

  it('of the ministry are for every body, and no body changes them', async () => {
    await ministry.post('/console/templates', { ...words, name: 'Orientation', act: 'refusal', step: 'keep' })
    const { payload } = await other.get('/console/templates?for=refusal')
    expect(wordsOf(payload)).toMatch(/Orientation Refus .*Le ministère, pour tous/)
    expect(payload).not.toContain('Modifier</a>')
    expect(await read(other, '/console/templates?for=question')).not.toContain('Orientation Refus')
  })

  it('that are withdrawn are offered no longer', async () => {
    const { payload } = await manager.get('/console/templates?for=answer')
    const [, forget = ''] = /action="(\/console\/templates\/[\w-]+\/forget)"/.exec(payload) ?? []
    expect((await manager.post(forget)).statusCode).toBe(303)
    expect(await read(manager, '/console/templates?for=answer')).not.toContain('Dossier prêt Réponse')
    expect((await manager.post(forget)).statusCode).toBe(404)
  })
})

describe('the calendar', () => {
  const recount = async () => {
    const base = { db: open.db, clock: systemClock, newId: newUuidV7, officeZone: ZONE }
    const due = await open.db.sql<{ id: string; payload: { after: string } }[]>`
      delete from outbox_messages where topic = 'deadlines.recount' returning id, payload`
    for (const { id, payload } of due) {
      const context = { messageId: id, attempt: 1, signal: AbortSignal.timeout(10_000) }
      await createRecountOpen(base)(payload, context)
      // At least once: a repeat counts nothing twice.
      await createRecountOpen(base)(payload, context)
    }
  }

  it('is filled with the national holidays, those of the moon marked', async () => {
    const wrong = await ministry.post('/console/calendar/fill', { year: '1900' })
    expect([wrong.statusCode, wrong.payload.includes('href="#year"')]).toEqual([422, true])
    const year = dayIn(0).slice(0, 4)
    expect((await ministry.post('/console/calendar/fill', { year })).statusCode).toBe(303)
    const words = await read(ministry, '/console/calendar')
    expect(words).toMatch(/Fête du trône fixe/)
    expect(words).toMatch(/selon la lune, peut changer/)
    expect(words).toContain(`Année ${year} remplie. Le calcul est en cours.`)
    expect(await read(ministry, '/console/calendar', 'ar')).toContain('عيد العرش')
  })

  it('tells how many open rounds a late holiday moved, also when the moon moves it again', async () => {
    const { sql } = open.db
    await bendPolicy(open.db, { rollOver: true })
    const { accept } = await acceptanceOver(open.db)
    for (let count = 0; count < 3; count += 1) await accept(submissionOf({ receivedAt: systemClock.now() }))
    await sql`update complaints set status = 'formal_review'`
    await recount()
    const [due] = await sql<
      { day: string }[]
    >`select due_on::text as day from deadlines where kind = 'review' limit 1`
    const day = due?.day ?? ''
    const closed = await ministry.post('/console/calendar/close', {
      day,
      'name-fr': 'Aïd',
      'name-ar': 'العيد',
      movable: 'yes',
    })
    expect(closed.statusCode).toBe(303)
    expect(await read(ministry, '/console/calendar')).toMatch(/: férié\. Le calcul est en cours/)
    await recount()
    expect(await read(ministry, '/console/calendar')).toMatch(
      /: férié\. Plaintes dont une date a changé : 3\./,
    )
    await ministry.post('/console/calendar/move', { from: day, to: dayIn(300) })
    await recount()
    expect(await read(manager, '/console/calendar')).toMatch(
      /Un férié est passé au .{5,30}\. Plaintes dont une date a changé : 3\./,
    )
    const [back] = await sql<
      { day: string }[]
    >`select due_on::text as day from deadlines where kind = 'review' limit 1`
    expect(back?.day).toBe(day)
  })

  it('is the ministry’s to change; a body adds days of its own, which move nothing', async () => {
    expect(
      (await manager.post('/console/calendar/close', { day: dayIn(3), 'name-fr': 'x', 'name-ar': 'x' }))
        .statusCode,
    ).toBe(403)
    const wrong = await manager.post('/console/calendar/own', {
      'own-day': 'demain',
      'own-name': 'Inventaire',
    })
    expect([wrong.statusCode, wrong.payload.includes('href="#own-day"')]).toEqual([422, true])
    const before = await open.db.sql`select due_on from deadlines order by 1`
    await manager.post('/console/calendar/own', { 'own-day': dayIn(15), 'own-name': 'Inventaire' })
    await recount()
    expect(await open.db.sql`select due_on from deadlines order by 1`).toEqual(before)
    expect(await read(manager, '/console/calendar')).toContain('Inventaire')
    expect(await read(other, '/console/calendar')).not.toContain('Inventaire')
    expect((await manager.post(`/console/calendar/own/drop?day=${dayIn(15)}`)).statusCode).toBe(303)
    expect(await read(manager, '/console/calendar')).not.toContain('Inventaire')
  })
})

describe('the policy of the legal dates', () => {
  const RULES = {
    reviewDays: '10',
    answerDays: '45',
    dayKind: 'calendar',
    rollOver: 'false',
    countFilingDay: 'false',
    silentClosureDays: '30',
    reviewSilence: 'escalate',
    reminderDays: '5, 2',
    escalationDays: '0, 5',
    informationClock: 'stops',
    informationDays: '15',
    absentDays: '5',
  }
  const send = (fields: object) => ministry.post('/console/policy', { ...RULES, ...fields })

  it('says before it is added what it changes, with the dates of a complaint of today', async () => {
    await bendPolicy(open.db, { rollOver: false })
    const words = wordsOf((await send({ step: 'foresee' })).payload)
    expect(words).toMatch(/Jours pour l’examen de forme 15 10/)
    expect(words).toMatch(/Pendant une demande, le délai court s’arrête/)
    expect(words).toMatch(/Ce qui est déposé avant garde ses règles/)
    expect(words).not.toMatch(/Jours de silence avant clôture 30 30/)
    expect(await open.db.sql`select from deadline_policies`).toHaveLength(1)
    // Nobody writes over a version, whoever holds the database's password.
    for (const change of [
      'update deadline_policies set rules = rules',
      'delete from deadline_policies',
      'truncate deadline_policies cascade',
    ])
      await expect(open.db.sql.unsafe(change)).rejects.toThrow(/is not allowed/)
  })

  it.each([
    ['a start that has been', { from: dayIn(0) }, 'from'],
    ['no start', { from: '' }, 'from'],
    ['no number', { from: dayIn(5), answerDays: 'beaucoup' }, 'answerDays'],
    [
      'nothing that changes',
      { from: dayIn(5), reviewDays: '15', answerDays: '60', informationClock: 'runs' },
      'reviewDays',
    ],
  ])('is not added with %s', async (_, fields, field) => {
    const refused = await send({ step: 'add', ...fields })
    expect([refused.statusCode, refused.payload.includes(`href="#${field}"`)]).toEqual([422, true])
  })

  it('starts on its day: what is filed before keeps its dates, what is filed then has new ones', async () => {
    expect((await send({ step: 'add', from: dayIn(5) })).statusCode).toBe(303)
    const words = await read(ministry, '/console/policy')
    expect(words).toMatch(/Version 2 · à venir.*Jours pour la réponse, ensuite 60 45.*Version 1 · en vigueur/)
    const again = await send({ step: 'add', from: dayIn(5), answerDays: '40' })
    expect(again.payload).toContain('href="#from"')
    const filedIn = async (days: number) => {
      const receivedAt = new Date(Date.now() + days * 86_400_000)

      const rules = await readDeadlineRules({ db: open.db, clock: { now: () => receivedAt } })
      return [rules.policy.version, rules.policy.rules.reviewDays]
    }
    expect([await filedIn(4), await filedIn(6)]).toEqual([
      [1, 15],
      [2, 10],
    ])
    const [entry] = await open.db.sql`select subject, facts from audit_entries where action = 'policy.write'`
    expect(entry).toMatchObject({ subject: '2', facts: { from: dayIn(5) } })
    expect(await read(ministry, '/console/policy', 'ar')).toContain('قواعد الآجال')
  })
})
