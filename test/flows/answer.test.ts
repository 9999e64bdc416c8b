import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'

let house: Awaited<ReturnType<typeof startHandlingHouse>>
beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'ONEE'])
})
afterAll(() => house.close())

const SOUND = Buffer.from('not really a sound; the pipeline looks at it later')
const voiceOf = (reference: string) => `/api/v1/staff/complaints/${reference}/answer/voice`
const speak = (who: string, reference: string, sound = SOUND) =>
  house.send(who, 'PUT', voiceOf(reference), sound, 'audio/ogg')
const tracked = (complaintId: string) => readTrackedComplaint(house.base, complaintId)

describe('a spoken answer', () => {
  it('is heard with the answer and not before, and is never counted among what was sent', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    expect((await speak('SANTE.agent', reference)).statusCode).toBe(204)
    expect((await tracked(complaintId))?.answerVoice).toBeUndefined()
    expect((await tracked(complaintId))?.media).toEqual([])
    const record = await house.read('SANTE.manager', reference)
    expect(record).toMatchObject({ mediaCount: 0, media: [{ ofAnswer: true, bytes: SOUND.length }] })
    await house.act('SANTE.agent', reference, 'answer', { text: 'Le guichet rouvre lundi.' })
    expect(await tracked(complaintId)).toMatchObject({
      answer: 'Le guichet rouvre lundi.',
      answerVoice: { bytes: SOUND.length },
      media: [],
    })
    expect((await speak('SANTE.agent', reference)).statusCode).toBe(409)
    // One that turns out to be no sound is spoken of to nobody.
    await house.db.sql`update media_assets set state = 'failed' where complaint_id = ${complaintId}`
    expect((await tracked(complaintId))?.answerVoice).toBeUndefined()
    const dossier = await house.get('SANTE.body', `/api/v1/referrals/${record.referrals[0].id}`)
    expect(dossier.media).toEqual([])
  })

  it('is put before the media pipeline, once', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    await speak('SANTE.agent', reference)
    const due = await house.db.sql`
      select topic from outbox_messages where complaint_id = ${complaintId} and topic = 'media.process'`
    expect(due).toHaveLength(1)
  })

  it('is replaced by the next one, and can be taken away', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    await speak('SANTE.agent', reference)
    await speak('SANTE.agent', reference, Buffer.from('better'))
    const kept = await house.db
      .sql`select bytes::int as bytes from media_assets where complaint_id = ${complaintId}`
    expect(kept).toEqual([{ bytes: 6 }])
    expect((await house.send('SANTE.agent', 'DELETE', voiceOf(reference))).statusCode).toBe(204)
    await house.act('SANTE.agent', reference, 'answer', { text: 'r' })
    expect((await tracked(complaintId))?.answerVoice).toBeUndefined()
  })

  it.each([
    ['of another body', 'ONEE.agent', SOUND, 404],
    ['of a trainee', 'SANTE.trainee', SOUND, 404],
    ['that holds nothing', 'SANTE.agent', Buffer.alloc(0), 400],
  ])('%s is refused, and leaves nothing in the store', async (_, who, sound, status) => {
    const { reference } = await house.filed('SANTE')
    const before = house.store.objects.size
    expect((await speak(who, reference, sound)).statusCode).toBe(status)
    expect(house.store.objects.size).toBe(before)
  })

  it('may come from a body that answers by its own system', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    const { referrals } = await house.read('SANTE.agent', reference)
    const url = `/api/v1/referrals/${referrals[0].id}/answer`
    expect((await house.send('ONEE.body', 'PUT', `${url}/voice`, SOUND, 'audio/mpeg')).statusCode).toBe(404)
    expect((await house.send('SANTE.body', 'PUT', `${url}/voice`, SOUND, 'audio/mpeg')).statusCode).toBe(204)
    expect((await house.send('SANTE.body', 'POST', url, { text: 'Lundi.' })).statusCode).toBe(200)
    expect(await tracked(complaintId)).toMatchObject({
      answer: 'Lundi.',
      answerVoice: { bytes: SOUND.length },
    })
  })

  it('of an earlier round stays with that round', async () => {
    const { reference, complaintId } = await house.filed('SANTE')
    await speak('SANTE.agent', reference)
    await house.act('SANTE.agent', reference, 'answer', { text: 'Non.' })
    await house.db.sql`insert into rounds (complaint_id, number, opened_at) values (${complaintId}, 2, now())`
    await house.db.sql`
      insert into deadlines (complaint_id, round, kind, due_on, due_at, policy_version)
      select complaint_id, 2, kind, due_on, due_at, policy_version from deadlines where complaint_id = ${complaintId}`
    await house.db.sql`update complaints set round = 2, status = 'received' where id = ${complaintId}`
    const shown = await tracked(complaintId)
    expect(shown?.answerVoice).toBeUndefined()
    expect(shown?.earlierAnswers).toMatchObject([
      { round: 1, answer: 'Non.', voice: { bytes: SOUND.length } },
    ])
  })
})

describe('what a body was about to answer', () => {
  it('is neither read nor sent by the body that takes the complaint over', async () => {
    await house.put('SANTE', { approvesAnswers: true })
    const { reference, complaintId } = await house.filed('SANTE')
    await speak('SANTE.agent', reference)
    await house.act('SANTE.agent', reference, 'ask', { question: 'Quel jour ?' })
    expect((await house.act('SANTE.agent', reference, 'answer', { text: 'Projet.' })).status).toBe(204)
    const wish = { administration: 'ONEE', reason: 'Compteurs' }
    expect((await house.act('SANTE.agent', reference, 'transfer', wish)).status).toBe(204)
    await house.relay.drain()
    await house.put('SANTE', { approvesAnswers: false })
    expect(await house.read('ONEE.manager', reference)).toMatchObject({
      status: 'formal_review',
      handling: { draft: null },
      media: [],
    })
    expect((await house.act('ONEE.manager', reference, 'approve')).status).toBe(409)
    await house.act('ONEE.agent', reference, 'answer', { text: 'La nôtre.' })
    const told = await tracked(complaintId)
    expect([told?.answer, told?.answerVoice]).toEqual(['La nôtre.', undefined])
  })
})

describe('approval', () => {
  it('is what a body asks for in its form', async () => {
    const put = (approvesAnswers: boolean) => house.put('ONEE', { approvesAnswers })
    expect((await put(true)).status).toBe(200)
    const { reference, complaintId } = await house.filed('ONEE')
    await speak('ONEE.agent', reference)
    await house.act('ONEE.agent', reference, 'answer', { text: 'Compteur changé.' })
    expect(await house.read('ONEE.manager', reference)).toMatchObject({
      status: 'answer_in_approval',
      handling: { approvesAnswers: true, draft: { text: 'Compteur changé.' } },
      media: [{ ofAnswer: true }],
    })
    expect((await tracked(complaintId))?.answer).toBeUndefined()
    expect((await house.act('ONEE.manager', reference, 'approve')).status).toBe(204)
    expect(await tracked(complaintId)).toMatchObject({ answer: 'Compteur changé.', answerVoice: {} })
    // Who approves needs nobody's approval.
    const own = await house.filed('ONEE')
    await house.act('ONEE.manager', own.reference, 'answer', { text: 'De la direction.' })
    expect(await tracked(own.complaintId)).toMatchObject({ answer: 'De la direction.' })
    await put(false)
    const next = await house.filed('ONEE')
    await house.act('ONEE.agent', next.reference, 'answer', { text: 'r' })
    expect(await house.complaint(next.complaintId)).toMatchObject({ status: 'answered' })
  })
})

describe('ready words', () => {
  const words = { act: 'answer', language: 'fr', name: 'Rendez-vous', text: '{reference} : le {filed}.' }
  const put = (who: string, more: object = {}) =>
    house.send(who, 'PUT', '/api/v1/staff/templates', { ...words, ...more })
  const names = async (who: string): Promise<string[]> =>
    (await house.get(who, '/api/v1/staff/templates')).map(({ name }: { name: string }) => name)

  it('belong to a body or to everybody, and are written over under the same name', async () => {
    expect((await put('SANTE.manager')).statusCode).toBe(204)
    expect((await put('SANTE.manager', { text: 'Autre {service}.' })).statusCode).toBe(204)
    expect((await put('ministry-supervisor', { name: 'Pour tous' })).statusCode).toBe(204)
    expect(await names('SANTE.agent')).toEqual(['Pour tous', 'Rendez-vous'])
    expect(await names('ONEE.agent')).toEqual(['Pour tous'])
    const [shared] = await house.get('SANTE.agent', '/api/v1/staff/templates')
    const forget = (who: string) => house.send(who, 'DELETE', `/api/v1/staff/templates/${shared.id}`)
    expect((await forget('SANTE.manager')).statusCode).toBe(404)
    expect((await forget('ministry-supervisor')).statusCode).toBe(204)
  })

  it.each([
    ['a variable that nothing fills', 'SANTE.manager', { text: 'Cher {prénom}' }, 400],
    ['a service the body does not have', 'SANTE.manager', { service: 'X' }, 400],
    ['an agent', 'SANTE.agent', {}, 403],
  ])('are not kept for %s', async (_, who, more, status) => {
    expect((await put(who, more)).statusCode).toBe(status)
  })
})

it('tells a body that answers by its own system how to explain a delay', async () => {
  const { reference, complaintId } = await house.filed('SANTE')
  await house.act('SANTE.agent', reference, 'review', { checks: ALL_YES })
  const { referrals } = await house.read('SANTE.agent', reference)
  const said = await house.send('SANTE.body', 'POST', `/api/v1/referrals/${referrals[0].id}/interim`, {
    text: 'Expertise en cours.',
  })
  expect(said.statusCode).toBe(200)
  expect(await house.notices(complaintId)).toEqual(['accepted', 'interim'])
})

it('lists what a body has and what it handed on, newest filing first, each once', async () => {
  const at = (day: number) => ({ receivedAt: new Date(Date.UTC(2024, 0, day)), channel: 'lists' })
  const kept = await house.filed('SANTE', at(1))
  const handed = await house.filed('SANTE', at(2))
  const back = await house.filed('SANTE', at(3))
  const move = (who: string, reference: string, administration: string) =>
    house.act(who, reference, 'transfer', { administration, reason: 'r' })
  await move('SANTE.agent', handed.reference, 'ONEE')
  await move('SANTE.agent', back.reference, 'ONEE')
  await move('ONEE.agent', back.reference, 'SANTE')
  const list = async (who: string, query = '') => {
    const { items, next } = await house.get(who, `/api/v1/staff/complaints?channel=lists${query}`)
    return { next, references: items.map(({ reference }: { reference: string }) => reference) }
  }
  expect((await list('SANTE.agent')).references).toEqual([back.reference, handed.reference, kept.reference])
  expect((await list('ONEE.agent')).references).toEqual([back.reference, handed.reference])
  const first = await list('SANTE.agent', '&limit=2')
  expect(first.references).toEqual([back.reference, handed.reference])
  expect((await list('SANTE.agent', `&limit=2&cursor=${first.next}`)).references).toEqual([kept.reference])
})

it('suggests what says much the same, within reach, and leaves the judging to a person', async () => {
  const words = 'Le guichet central des urgences pédiatriques reste fermé chaque après-midi depuis septembre'
  const first = await house.filed('SANTE', { text: words })
  const elsewhere = await house.filed('ONEE', { text: words })
  await house.filed('SANTE', {
    text: 'Les urgences pédiatriques ont un guichet central : bravo, continuez !',
  })
  const { reference, complaintId } = await house.filed('SANTE', { text: `${words} !` })
  const { duplicates } = await house.read('SANTE.agent', reference)
  expect(duplicates.map((other: { reference: string }) => other.reference)).toEqual([first.reference])
  expect(await house.complaint(complaintId)).toMatchObject({ status: 'received' })
  const seen = (await house.read('triage', reference)).duplicates
  expect(seen.map((other: { reference: string }) => other.reference).toSorted()).toEqual(
    [first.reference, elsewhere.reference].toSorted(),
  )
})
