import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepOverdue } from '../../src/deadlines/sweep-overdue.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { acceptReferral, answerReferral } from '../../src/referrals/record-answer.ts'
import { PERSON, startTextHouse, type TextHouse } from '../support/text-house.ts'

const SENTENCE = 'Le guichet est fermé depuis lundi et personne ne répond'
const DAY_MINUTES = 24 * 60

let house: TextHouse<'twilio'>
beforeAll(async () => {
  house = await startTextHouse('twilio')
})
afterAll(() => house.close())

const sweep = () => sweepOverdue(house.base)
/** What the phone got since the last look. */
let seen = 0
const got = async (): Promise<string[]> => {
  await house.relay.drain()
  const fresh = house.got().slice(seen)
  seen += fresh.length
  return fresh.map(({ text }) => text)
}
const complaint = async () => (await house.complaints()).find((row) => row['phone'] === PERSON)!
const tracked = async () => (await readTrackedComplaint(house.base, String((await complaint())['id'])))!
const dates = async () => {
  const { id } = await complaint()
  const rows = await house.db.sql<{ kind: string; day: string }[]>`
    select kind, to_char(due_on, 'DD/MM/YYYY') as day from deadlines where complaint_id = ${id} order by kind desc`
  return rows.map(({ day }) => day)
}
const referral = async () => {
  const { id } = await complaint()
  const [row] = await house.db.sql`
    select id, administration_id, sequence from referrals where complaint_id = ${id}`
  return {
    id: String(row?.['id']),
    sequence: Number(row?.['sequence']),
    body: String(row?.['administration_id']),
  }
}
const told = () => house.db.sql`
  select payload ->> 'event' as event from outbox_messages where topic = 'referral.forward' and payload ->> 'event' = 'complaint.updated'`

describe('a legal date that passes (G46, P94)', () => {
  beforeAll(async () => {
    await house.says(SENTENCE)
    await house.says('Santé')
    await house.db.sql`
      insert into connectors (id, administration_id, type, settings, created_at, updated_at)
      select gen_random_uuid(), id, 'webhook', '{"url":"https://sante.example/hook"}', now(), now()
      from administrations where code = 'SANTE'`
    await got()
  })

  it('is not late on its last day', async () => {
    await house.later(14 * DAY_MINUTES)
    expect(await sweep()).toBe(0)
    expect((await tracked()).late).toBe(false)
  })

  it('is told to the citizen the day it passes, once by two schedulers, and the body is alerted', async () => {
    const before = await referral()
    await house.later(2 * DAY_MINUTES)
    const swept = await Promise.all([sweep(), sweep()])
    expect(swept.toSorted()).toEqual([0, 1])
    expect(await got()).toEqual([expect.stringMatching(/^La vérification de \d{10} est en retard\./)])
    expect(await told()).toHaveLength(1)
    expect((await referral()).sequence).toBeGreaterThan(before.sequence)
    const seenByCitizen = await tracked()
    expect(seenByCitizen.late).toBe(true)
    expect(seenByCitizen.timeline.map(({ event }) => event)).toContain('review_late')
    const [review] = await dates()
    expect(await house.says('SUIVI')).toEqual([expect.stringContaining(`En retard depuis le ${review}`)])
    await got()
  })

  it('is not told again, neither by the next sweep nor by a crash between fact and message', async () => {
    expect(await sweep()).toBe(0)
    await house.db.sql`update outbox_messages set settled_at = null where topic = 'notice.send'`
    expect(await got()).toEqual([])
  })

  it('is told for the answer as well, when that day passes too', async () => {
    const { id, body } = await referral()
    await acceptReferral(house.base, { administrationId: body, actor: 'body:SANTE' }, id, {})
    await got()
    expect((await tracked()).late).toBe(false)
    await house.later(60 * DAY_MINUTES)
    expect(await sweep()).toBe(1)
    expect(await got()).toEqual([
      expect.stringMatching(/^La réponse à \d{10} est en retard\. Nous avons alerté l'administration\.$/),
    ])
    expect((await tracked()).timeline.map(({ event }) => event)).toContain('late')
    const [, answer] = await dates()
    expect(await house.says('SUIVI')).toEqual([expect.stringContaining(`En retard depuis le ${answer}`)])
    await got()
  })

  it('is told by mail to whoever left an address alone', async () => {
    const from = '+212600000776'
    await house.says('Le bus de la ligne 12 ne passe plus le soir', { from })
    await house.db.sql`
      update complainants set phone = null, email = 'amina@example.ma', preferred = 'email' where phone = ${from}`
    await house.later(16 * DAY_MINUTES)
    expect(await sweep()).toBe(1)
    const mails = await house.db.sql`
      select n.kind, n.via from notices n join complainants p using (complaint_id) where p.email = 'amina@example.ma'`
    expect(mails).toEqual([{ kind: 'late', via: 'email' }])
    await house.db.sql`update complaints set status = 'closed' where id in
      (select complaint_id from complainants where email = 'amina@example.ma')`
    await got()
  })

  it('is nothing to a complaint that was answered in time, and to those of the demo', async () => {
    const from = '+212600000777'
    await house.says('L’eau est coupée dans toute la rue depuis lundi', { from })
    await house.says('Santé', { from })
    const [row] = await house.db.sql`
      select r.id, r.administration_id as body from referrals r join complainants p using (complaint_id) where p.phone = ${from}`
    const acting = { administrationId: String(row?.['body']), actor: 'body:SANTE' }
    await answerReferral(house.base, acting, String(row?.['id']), { text: 'C’est réparé.' })
    await house.says('Les lampadaires sont éteints depuis un mois', { from: '+212600000778' })
    await house.db.sql`
      update complaints set origin = 'seed' where id in (select complaint_id from complainants where phone = '+212600000778')`
    await house.later(100 * DAY_MINUTES)
    await got()
    expect(await sweep()).toBe(0)
    expect(await got()).toEqual([])
  })
})
