import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { transferComplaint } from '../../src/referrals/transfer-referral.ts'
import { startBody, startReferralHouse } from '../support/referrals.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
let body: Awaited<ReturnType<typeof startBody>>
let sante: { token: string; connectors: { id: string; secret: string }[] }

beforeAll(async () => {
  house = await startReferralHouse()
  body = await startBody()
  const saved = await house.put('SANTE', {
    names: { fr: 'Santé', ar: 'الصحة' },
    connectors: [
      { type: 'webhook', url: body.url },
      { type: 'email', address: 'bureau@sante.example' },
    ],
  })
  sante = saved.body
  await house.put('EDUCATION')
  await house.put('DEFENSE', { outsideGround: 'national_defence' })
})
afterAll(async () => {
  await house.close()
  await body.close()
})

const act = (token: string, id: string, verb: string, said: object) =>
  house.call(token, 'POST', `/api/v1/referrals/${id}/${verb}`, said)

/** A complaint that its body already has, with the referral's id. */
const deliveredTo = async (administration: string) => {
  const { complaintId, reference } = await house.file({ administration })
  await house.relay.drain()
  const [referral] = await house.referrals(complaintId)
  return { complaintId, reference, referralId: String(referral?.['id']) }
}

const deadlinesMet = async (complaintId: string) =>
  (
    await house.db
      .sql`select kind from deadlines where complaint_id = ${complaintId} and met_at is not null order by kind`
  ).map(({ kind }) => kind)

describe('a complaint that names its body', () => {
  it('is received by webhook and by mail, and only then forwarded', async () => {
    const { complaintId, reference } = await house.file({ administration: 'SANTE', text: 'Six heures' })
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'received' })
    await house.relay.drain()
    const hook = body.received.at(-1)!
    const secret = sante.connectors[0]!.secret
    const event = new Webhook(secret).verify(hook.body, hook.headers) as { type: string; data: object }
    expect(event).toMatchObject({
      type: 'complaint.referred',
      data: {
        version: '1',
        reference,
        text: 'Six heures',
        administration: { code: 'SANTE' },
        referral: { round: 1 },
        rounds: [{ number: 1, text: 'Six heures' }],
        deadlines: [{ kind: 'review' }, { kind: 'answer' }],
      },
    })
    expect(house.mails.at(-1)).toMatchObject({
      to: 'bureau@sante.example',
      subject: `Wasl ${reference} : nouveau dossier`,
    })
    expect(await house.complaint(complaintId)).toMatchObject({
      status: 'formal_review',
      administration: 'SANTE',
    })
    expect(await house.referrals(complaintId)).toMatchObject([{ code: 'SANTE', state: 'delivered' }])
    expect(await house.events(complaintId)).toEqual(['received', 'referred', 'forwarded'])
  })

  it('carries no name and no contact', async () => {
    await house.file({
      administration: 'SANTE',
      contact: { name: 'Amina Testi', email: 'amina@citoyenne.example', phone: '+212612345678' },
    })
    await house.relay.drain()
    const sent = body.received.at(-1)!.body + JSON.stringify(house.mails.at(-1))
    for (const secret of ['Amina', 'amina@', '+2126']) expect(sent).not.toContain(secret)
  })

  it('is not forwarded before a 2xx, and then once, with the same id', async () => {
    await house.put('LENTE', { connectors: [{ type: 'webhook', url: `${body.url}/lente` }] })
    body.behaviour.status = 503
    const { complaintId } = await house.file({ administration: 'LENTE' })
    await house.relay.drain()
    expect(await house.referrals(complaintId)).toMatchObject([{ state: 'queued', delivered_at: null }])
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'received' })
    expect(await house.events(complaintId)).not.toContain('forwarded')
    body.behaviour.status = 200
    await house.db
      .sql`update outbox_messages set due_at = now() - interval '1 second' where complaint_id = ${complaintId} and settled_at is null`
    await house.relay.drain()
    expect(await house.referrals(complaintId)).toMatchObject([{ state: 'delivered' }])
    const ids = body.received
      .filter(({ path }) => path.endsWith('/lente'))
      .map((hook) => hook.headers['webhook-id'])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('is routed once, however often the message comes', async () => {
    const { complaintId } = await deliveredTo('SANTE')
    await house.db
      .sql`update outbox_messages set settled_at = null, leased_until = null, due_at = now() - interval '1 second'
      where complaint_id = ${complaintId} and topic = 'complaint.route'`
    await house.relay.drain()
    expect(await house.referrals(complaintId)).toHaveLength(1)
    expect((await house.events(complaintId)).filter((event) => event === 'referred')).toHaveLength(1)
  })

  it('waits where a person sees it when the body has no connector, and goes out once it has one', async () => {
    await house.put('COMMUNE')
    const { complaintId, reference } = await house.file({ administration: 'COMMUNE' })
    await house.relay.drain()
    expect(await house.referrals(complaintId)).toMatchObject([{ state: 'queued' }])
    const waiting = await house.call(house.ministry, 'GET', '/api/v1/staff/referrals?state=queued')
    expect(waiting.body.items).toContainEqual(
      expect.objectContaining({ reference, administration: expect.objectContaining({ code: 'COMMUNE' }) }),
    )
    await house.put('COMMUNE', { connectors: [{ type: 'webhook', url: `${body.url}/commune` }] })
    await house.relay.drain()
    expect(await house.referrals(complaintId)).toMatchObject([{ state: 'delivered' }])
  })

  it('stops at 410 until a person puts the connector again', async () => {
    const connectors = [{ type: 'webhook', url: `${body.url}/gone` }]
    await house.put('PARTIE', { connectors })
    body.behaviour.status = 410
    const { complaintId } = await house.file({ administration: 'PARTIE' })
    await house.relay.drain()
    body.behaviour.status = 200
    expect(await house.events(complaintId)).toContain('connector_disabled')
    const later = await house.file({ administration: 'PARTIE' })
    await house.relay.drain()
    expect(body.received.filter(({ path }) => path.endsWith('/gone'))).toHaveLength(1)
    await house.put('PARTIE', { connectors })
    await house.relay.drain()
    for (const id of [complaintId, later.complaintId])
      expect(await house.referrals(id)).toMatchObject([{ state: 'delivered' }])
  })

  it('is closed with ground and direction when it is about National Defence', async () => {
    const { complaintId } = await house.file({ administration: 'DEFENSE' })
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'inadmissible',
      ground: 'national_defence',
    })
    expect(await house.events(complaintId)).toEqual(['received', 'outside_scope'])
    expect(await deadlinesMet(complaintId)).toEqual(['answer', 'review'])
    expect(await house.referrals(complaintId)).toEqual([])
  })
})

describe('a complaint that names none', () => {
  it('waits for triage, which decides once', async () => {
    const { complaintId } = await house.file()
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'triage', administration: null })
    const decision = { complaintId, administration: 'SANTE', actor: 'token:t' }
    await decideTriage(house.base, decision)
    await decideTriage(house.base, decision)
    await expect(
      decideTriage(house.base, { ...decision, administration: 'EDUCATION' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'formal_review' })
    expect(await house.referrals(complaintId)).toHaveLength(1)
  })

  it('tells an unknown body', async () => {
    const { complaintId } = await house.file({ administration: 'NOWHERE' })
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'triage' })
    await expect(
      decideTriage(house.base, { complaintId, administration: 'NOWHERE', actor: 'token:t' }),
    ).rejects.toMatchObject({ code: 'administration_unknown' })
  })
})

describe('the body', () => {
  it('accepts under its own number, again with the same effect, and then answers', async () => {
    const { complaintId, referralId } = await deliveredTo('SANTE')
    for (const _ of [1, 2]) {
      const accepted = await act(sante.token, referralId, 'accept', { externalReference: 'MS-7' })
      expect(accepted).toMatchObject({
        status: 200,
        body: { referral: { state: 'accepted', externalReference: 'MS-7' } },
      })
    }
    expect(await deadlinesMet(complaintId)).toEqual(['review'])
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'admissible' })
    const other = await act(sante.token, referralId, 'accept', { externalReference: 'MS-8' })
    expect([other.status, other.body.code]).toEqual([409, 'conflict'])
    const refused = await act(sante.token, referralId, 'refuse', { ground: 'insult', reason: 'x' })
    expect(refused.status).toBe(409)
    const answer = { text: 'Votre rendez-vous est fixé.', outcome: 'granted' }
    for (const _ of [1, 2])
      expect(await act(sante.token, referralId, 'answer', answer)).toMatchObject({
        status: 200,
        body: { referral: { state: 'answered' }, rounds: [{ outcome: 'admissible', answer: answer.text }] },
      })
    expect((await act(sante.token, referralId, 'answer', { text: 'autre' })).status).toBe(409)
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'answered' })
    expect(await deadlinesMet(complaintId)).toEqual(['answer', 'review'])
    expect(await house.events(complaintId)).toEqual([
      'received',
      'referred',
      'forwarded',
      'admissible',
      'answered',
    ])
  })

  it('refuses with a listed ground only', async () => {
    const { complaintId, referralId } = await deliveredTo('SANTE')
    const wrong = await act(sante.token, referralId, 'refuse', { ground: 'not_our_competence', reason: 'x' })
    expect([wrong.status, wrong.body.code]).toEqual([400, 'ground_required'])
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'formal_review' })
    const refusal = { ground: 'before_court', reason: 'Affaire 12/2026' }
    for (const _ of [1, 2]) expect((await act(sante.token, referralId, 'refuse', refusal)).status).toBe(200)
    expect(await house.complaint(complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'inadmissible',
      ground: 'before_court',
    })
    expect(await deadlinesMet(complaintId)).toEqual(['answer', 'review'])
  })

  it('asks the person once for each question', async () => {
    const { complaintId, referralId } = await deliveredTo('SANTE')
    const ask = (question: string) => act(sante.token, referralId, 'ask', { question })
    for (const _ of [1, 2]) expect((await ask('Quel service ?')).status).toBe(200)
    expect(
      (await house.events(complaintId)).filter((event) => event === 'information_requested'),
    ).toHaveLength(1)
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'information_requested' })
    expect((await act(sante.token, referralId, 'accept', {})).status).toBe(200)
  })

  it('transfers what is not its own: number, dates and history stay, both bodies see it', async () => {
    const { complaintId, reference, referralId } = await deliveredTo('SANTE')
    const dates = () =>
      house.db.sql`select kind, due_at, met_at from deadlines where complaint_id = ${complaintId}`
    const before = await dates()
    const wish = { administration: 'COMMUNE', reason: 'Voirie' }
    for (const _ of [1, 2])
      expect(await act(sante.token, referralId, 'transfer', wish)).toMatchObject({
        status: 200,
        body: {
          reference,
          referral: { state: 'transferred' },
          transfers: [{ from: 'SANTE', to: 'COMMUNE', reason: 'Voirie' }],
        },
      })
    await house.relay.drain()
    expect(await dates()).toEqual(before)
    expect(await house.referrals(complaintId)).toMatchObject([
      { code: 'SANTE', state: 'transferred' },
      { code: 'COMMUNE', state: 'delivered' },
    ])
    expect(JSON.parse(body.received.at(-1)!.body).data).toMatchObject({
      reference,
      administration: { code: 'COMMUNE' },
      transfers: [{ from: 'SANTE', to: 'COMMUNE' }],
    })
    expect(await house.events(complaintId)).toContain('transferred')
    expect((await act(sante.token, referralId, 'answer', { text: 'x' })).status).toBe(409)
  })

  it('loses what the ministry transfers, is told so, and may get it back', async () => {
    const { complaintId } = await deliveredTo('SANTE')
    const to = (administration: string) =>
      transferComplaint(house.base, { complaintId, administration, reason: 'r', actor: 'token:t' })
    await to('COMMUNE')
    await house.relay.drain()
    const told = body.received
      .map((hook) => JSON.parse(hook.body))
      .find((event) => event.type === 'complaint.withdrawn' && event.data.administration.code === 'SANTE')
    expect(told.data).toMatchObject({ referral: { state: 'transferred' }, media: [] })
    await to('SANTE')
    await house.relay.drain()
    expect((await house.referrals(complaintId)).map(({ state }) => state)).toEqual([
      'transferred',
      'transferred',
      'delivered',
    ])
  })

  it('pulls what changed since its cursor; coming back says that it arrived', async () => {
    const { body: saved } = await house.put('PULL')
    const pull = async (cursor: string) =>
      (await house.call(saved.token, 'GET', `/api/v1/referrals?cursor=${cursor}&limit=1`)).body
    const filed = [await house.file({ administration: 'PULL' }), await house.file({ administration: 'PULL' })]
    await house.relay.drain()
    const first = await pull('0')
    const second = await pull(first.next)
    const seen = [...first.items, ...second.items].map(({ reference }) => reference)
    expect(seen.toSorted()).toEqual(filed.map(({ reference }) => reference).toSorted())
    const [early, late] = seen.map((reference) => filed.find((one) => one.reference === reference)!)
    expect(await house.referrals(early!.complaintId)).toMatchObject([{ state: 'delivered' }])
    expect(await house.referrals(late!.complaintId)).toMatchObject([{ state: 'queued' }])
    const third = await pull(second.next)
    expect(third).toEqual({ items: [], next: second.next })
    expect(await house.complaint(late!.complaintId)).toMatchObject({ status: 'formal_review' })
    await act(saved.token, first.items[0].referral.id, 'accept', {})
    expect((await pull(third.next)).items).toMatchObject([{ referral: { state: 'accepted' } }])
  })

  it.each(['accept', 'refuse', 'transfer', 'ask', 'answer'])(
    'finds nothing of another body to %s',
    async (verb) => {
      const { referralId } = await deliveredTo('COMMUNE')
      const said = {
        ground: 'insult',
        reason: 'r',
        administration: 'SANTE',
        question: 'q',
        text: 't',
      }
      expect((await act(sante.token, referralId, verb, said)).status).toBe(404)
      expect((await house.call(sante.token, 'GET', `/api/v1/referrals/${referralId}`)).status).toBe(404)
      expect((await act(sante.token, newUuidV7(), verb, said)).status).toBe(404)
    },
  )

  it('is the only one let in', async () => {
    for (const [token, status] of [
      ['', 401],
      [`wasl_${'a'.repeat(43)}`, 401],
      [house.ministry, 403],
    ] as const)
      expect((await house.call(token, 'GET', '/api/v1/referrals')).status).toBe(status)
  })

  it('acts once when two of its machines act together', async () => {
    const { complaintId, referralId } = await deliveredTo('SANTE')
    const answers = await Promise.all([
      act(sante.token, referralId, 'accept', { externalReference: 'A' }),
      act(sante.token, referralId, 'accept', { externalReference: 'A' }),
      act(sante.token, referralId, 'refuse', { ground: 'insult', reason: 'r' }),
      act(sante.token, referralId, 'transfer', { administration: 'COMMUNE', reason: 'r' }),
    ])
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    const live = (await house.referrals(complaintId)).filter(({ state }) => state !== 'transferred')
    expect(live).toHaveLength(1)
  })
})
