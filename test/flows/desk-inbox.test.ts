import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let desk: Awaited<ReturnType<typeof openDesk>>
let accept: Awaited<ReturnType<typeof acceptanceOver>>['accept']
type Person = Awaited<ReturnType<typeof desk.enter>>
let manager: Person
let agent: Person
let chief: Person
const DAY_MS = 86_400_000

beforeAll(async () => {
  open = await openTestDatabase()
  ;({ accept } = await acceptanceOver(open.db))
  await seedAdministrations({ db: open.db, clock: { now: () => new Date() }, newId: newUuidV7 })
  desk = await openDesk(open.db, undefined as never)
  manager = await desk.enter('manager', 'SANTE')
  agent = await desk.enter('agent', 'SANTE')
  chief = await desk.enter('ministry-supervisor')
  await open.db.sql`update staff_members set enrolled_at = now()`
})
afterAll(async () => {
  await desk.close()
  await open.close()
})

/** A complaint with a body, whose review ends in so many days. */
const waiting = async (days: number, facts: Parameters<typeof submissionOf>[0] = {}, body = 'SANTE') => {
  const receivedAt = new Date(Date.now() + (days - 15) * DAY_MS)
  const filed = await accept(submissionOf({ receivedAt, ...facts }))
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${filed.complaintId}, 1, id, 'delivered', now(), now() from administrations where code = ${body}`
  await open.db.sql`
    update complaints set status = 'formal_review', administration_id = (select id from administrations where code = ${body})
    where id = ${filed.complaintId}`
  return filed
}
const pageOf = async (person: Person, url: string, language?: string): Promise<string> =>
  (await person.get(url, language)).payload.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
const referencesOf = (page: string): string[] =>
  [...page.matchAll(/<a href="\/console\/complaints\/(\d{10})">/g)].map(([, reference = '']) => reference)
const seenBy = async (person: Person, query = ''): Promise<string[]> =>
  referencesOf((await person.get(`/console${query}`)).payload)

describe('the inbox', () => {
  it('is sorted by the days left on the running clock, and says them in a word', async () => {
    const later = await waiting(9, { channel: 'order' })
    const late = await waiting(-2, { channel: 'order' })
    const soon = await waiting(2, { channel: 'order' })
    expect(await seenBy(agent, '?channel=order')).toEqual([late.reference, soon.reference, later.reference])
    const { payload } = await agent.get('/console?channel=order')
    expect(payload).toMatch(
      /clock over[\s\S]*en retard de 2 jours[\s\S]*clock soon[\s\S]*2 jours[\s\S]*clock calm/,
    )
    await open.db.sql`update complaints set status = 'answered' where id = ${late.complaintId}`
    expect(await seenBy(agent, '?channel=order')).not.toContain(late.reference)
  })

  it('takes the answer’s date once the review is made', async () => {
    const { complaintId } = await waiting(1, { channel: 'legs' })
    await open.db.sql`update complaints set status = 'admissible' where id = ${complaintId}`
    const { payload } = await agent.get('/console?channel=legs')
    expect(payload).toMatch(/61 jours[\s\S]*pour la réponse/)
  })

  it.each([
    ['late', [-3]],
    ['today', [0]],
    ['week', []],
    ['unassigned', [-3, 0, 20]],
    ['mine', []],
  ])('the view %s shows its own and counts them', async (view, days) => {
    const channel = `view-${view}`
    const filed = new Map<number, string>()
    for (const day of [-3, 0, 20]) filed.set(day, (await waiting(day, { channel })).reference)
    const expected = days.map((day) => filed.get(day))
    const shown = await seenBy(agent, `?view=${view}&channel=${channel}`)
    expect(shown).toEqual(expect.arrayContaining(expected))
    if (view !== 'week') expect(shown).toHaveLength(expected.length)
    const payload = await pageOf(agent, `/console?view=${view}`)
    const count = Number(new RegExp(`view=${view}"[^>]*>[^<]*<bdi class="count">(\\d+)`).exec(payload)?.[1])
    expect(Math.min(count, 50)).toBe(Number(payload.match(/class="clock /g)?.length ?? 0))
  })

  it('pages by keyset, 50 at a time, under 80 KB', async () => {
    const filed: string[] = []
    const text = 'شكاية حول تأخر طويل في منح الموعد الطبي بمستشفى الأقاليم الجنوبية رغم تكرار الطلب. '.repeat(
      4,
    )
    for (let n = 0; n < 60; n += 1)
      filed.push((await waiting(5, { channel: 'paging', language: 'ar', text })).reference)
    const first = await agent.get('/console?channel=paging', 'ar')
    expect(Buffer.byteLength(first.payload)).toBeLessThan(80_000)
    expect(referencesOf(first.payload)).toHaveLength(50)
    const next = /href="([^"]+)" rel="next"/.exec(first.payload)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = referencesOf(
      (await agent.get(next.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)))).payload,
    )
    expect([...referencesOf(first.payload), ...second].toSorted()).toEqual(filed.toSorted())
  })

  it('shows a body its own and nobody else’s, in list, counters and search', async () => {
    const theirs = await waiting(-1, { channel: 'other', text: 'dromadaire' }, 'ONEE')
    expect(await seenBy(chief, '?channel=other')).toEqual([theirs.reference])
    for (const query of ['?channel=other', '?q=dromadaire', `?q=${theirs.reference}`, '?administration=ONEE'])
      expect(await seenBy(manager, query), query).toEqual([])
    const late = await agent.get('/console?view=late')
    expect(referencesOf(late.payload)).not.toContain(theirs.reference)
  })

  it('finds by the words of a recording, and by name and number for those who may open the identity', async () => {
    const id = newUuidV7()
    const { reference } = await waiting(4, {
      contact: { name: 'Zineb Ouazzani', phone: '+212612345678' },
      media: [
        { id, name: 'a.ogg', declaredType: 'audio/ogg', bytes: 1, sha256: 'a', objectKey: newUuidV7() },
      ],
    })
    await open.db.sql`
      insert into transcripts (asset_id, text, source, created_at) values (${id}, 'le parapluie est resté ouvert', 'machine', now())`
    expect(await seenBy(agent, '?q=parapluie')).toEqual([reference])
    for (const q of ['zineb', 'Ouazzani Zineb', '0612345678', '+212 6 12 34 56 78']) {
      expect(await seenBy(manager, `?q=${encodeURIComponent(q)}`), q).toEqual([reference])
      expect(await seenBy(agent, `?q=${encodeURIComponent(q)}`), q).toEqual([])
    }
    // Nothing typed reaches the marks that stand beside the words, and signs alone ask for nothing.
    for (const q of ['n=zineb', "'n=zineb'", 't=+212612345678', 's=formal_review', '&', "' | 'c=web"])
      expect(await seenBy(agent, `?q=${encodeURIComponent(q)}`), q).toEqual([])
    expect(await seenBy(agent, '?q=parapluie&language=fr&state=being_checked')).toEqual([reference])
    for (const other of ['language=ar', 'state=answered', 'channel=sms', "channel='", 'administration=ONEE'])
      expect(await seenBy(agent, `?q=parapluie&${other}`), other).toEqual([])
  })

  it('notes each search for a person, who asked and not for whom; what a body does not hold it cannot look up', async () => {
    const typed = ['Idriss Naciri', 'naciri  IDRISS', '0661222333', '+212 661-222-333', 'Autre Personne']
    const { reference, complaintId } = await waiting(4, {
      text: 'bougainvillier',
      contact: { name: 'Idriss Naciri', phone: '+212661222333' },
    })
    const asked = () => open.db.sql<{ actor: string; subject: string; facts: object }[]>`
      select actor, subject, facts from audit_entries where action = 'complaint.find_person' order by at, number`
    const before = (await asked()).length
    for (const q of typed) await seenBy(manager, `?q=${encodeURIComponent(q)}`)
    const entries = (await asked()).slice(before)
    const [name, again, number, spaced, other] = entries.map(({ subject }) => subject)
    expect(entries).toHaveLength(typed.length)
    expect(new Set(entries.map(({ actor }) => actor)).size).toBe(1)
    expect([name, number]).toEqual([again, spaced])
    expect(new Set([name, number, other]).size).toBe(3)
    expect(JSON.stringify(entries)).not.toMatch(/naciri|661222333|661-222/i)

    const trainee = await desk.enter('trainee', 'SANTE')
    const elsewhere = await desk.enter('manager', 'ONEE')
    for (const who of [agent, trainee, elsewhere])
      for (const q of typed) expect(await seenBy(who, `?q=${encodeURIComponent(q)}`)).toEqual([])
    // The two who may not look people up did not; the other body asked, is on record, and found nothing.
    expect((await asked()).length - before).toBe(2 * typed.length)

    // Handed on: the words are in the body's own history, the person is not.
    await open.db.sql`
      update complaints set administration_id = (select id from administrations where code = 'ONEE') where id = ${complaintId}`
    expect(await seenBy(manager, '?q=bougainvillier')).toEqual([reference])
    expect(await seenBy(manager, '?q=Naciri')).toEqual([])
    expect(await seenBy(manager, '?q=0661222333')).toEqual([])
    expect(await seenBy(chief, '?q=0661222333')).toEqual([reference])
    // A name that was put right is found by nothing else.
    await open.db.sql`update complainants set name = 'Idriss Benani' where complaint_id = ${complaintId}`
    expect(await seenBy(chief, '?q=naciri')).toEqual([])
    expect(await seenBy(chief, '?q=Benani')).toEqual([reference])
  })

  it('keeps what it is filtered by when the language is changed', async () => {
    const page = await pageOf(chief, '/console?view=late&channel=voice&lang=ar')
    expect(page).toMatch(/href="\/console\?view=late&(?:amp;)?channel=voice&(?:amp;)?lang=fr"/)
  })

  it('keeps a search under a name, for the person who kept it', async () => {
    await agent.post('/console/filters', { name: 'Voix en retard', query: 'view=late&channel=voice&evil=1' })
    const payload = await pageOf(agent, '/console')
    expect(payload).toContain('href="/console?view=late&channel=voice">Voix en retard')
    expect((await manager.get('/console')).payload).not.toContain('Voix en retard')
    const id = /filters\/([0-9a-f-]{36})\/forget/.exec(payload)?.[1] ?? ''
    await manager.post(`/console/filters/${id}/forget`)
    expect((await agent.get('/console')).payload).toContain('Voix en retard')
    await agent.post(`/console/filters/${id}/forget`)
    expect((await agent.get('/console')).payload).not.toContain('Voix en retard')
  })

  it('gives many to one person at once, and takes it back within seconds', async () => {
    const filed = [await waiting(3, { channel: 'bulk' }), await waiting(4, { channel: 'bulk' })]
    const [person] = await open.db.sql`select id, email from staff_members where role = 'agent' limit 1`
    const pick = filed.map(({ reference }) => reference)
    const assignees = async () =>
      (await open.db.sql`select assignee_id from complaints where reference = any(${pick})`).map(
        (row) => row['assignee_id'],
      )
    const done = await manager.post('/console/bulk/assign', {
      pick,
      to: person?.['id'],
      back: 'channel=bulk',
    })
    expect(referencesOf(done.payload).toSorted()).toEqual(pick.toSorted())
    expect(await assignees()).toEqual([person?.['id'], person?.['id']])
    expect(await seenBy(agent, '?view=mine')).toEqual(expect.arrayContaining(pick))
    const token = /name="token" value="([^"]+)"/.exec(done.payload)?.[1] ?? ''
    expect((await agent.post('/console/bulk/assign/undo', { token })).statusCode).toBe(409)
    await manager.post('/console/bulk/assign/undo', { token })
    expect(await assignees()).toEqual([null, null])
    expect((await agent.post('/console/bulk/assign', { pick, to: person?.['id'] })).payload).not.toContain(
      'name="token"',
    )
    expect(await assignees()).toEqual([null, null])
  })
})
