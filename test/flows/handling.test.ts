import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { closeSilent } from '../../src/handling/close-silent.ts'
import { receiveInformation } from '../../src/handling/receive-information.ts'
import { resubmitComplaint } from '../../src/handling/resubmit-complaint.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { startReferralHouse } from '../support/referrals.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
const tokens: Record<string, string> = {}
const BODIES = ['SANTE', 'COMMUNE', 'ONEE', 'IMPOTS', 'JUSTICE']

beforeAll(async () => {
  house = await startReferralHouse()
  staffApi(house.app, {
    ...house.base,
    store: house.store as never,
    officeZone: 'Africa/Casablanca',
    work: {
      suggest: async () => [],
      route: (decision) => decideTriage(house.base, decision),
      transfer: async () => {},
      retryAsset: async () => {},
      retryFetch: async () => {},
    },
  })
  for (const code of BODIES) {
    await house.put(code)
    for (const role of ['agent', 'manager', 'trainee'] as const)
      tokens[`${code}.${role}`] = (await createToken(house.base, { role, administrationCode: code })).token
  }
  tokens['triage'] = (await createToken(house.base, { role: 'triage' })).token
})
afterAll(() => house.close())

const act = (who: string, reference: string, verb: string, said: object = {}) =>
  house.call(tokens[who] ?? '', 'POST', `/api/v1/staff/complaints/${reference}/${verb}`, said)
const read = async (who: string, reference: string) =>
  (await house.call(tokens[who] ?? '', 'GET', `/api/v1/staff/complaints/${reference}`)).body

const filed = async (administration = 'SANTE', facts = {}) => {
  const complaint = await house.file({ administration, contact: { phone: '+212600000001' }, ...facts })
  await house.relay.drain()
  return complaint
}
const notices = async (complaintId: string) =>
  (await house.db.sql`select kind from notices where complaint_id = ${complaintId} order by created_at`).map(
    ({ kind }) => kind,
  )
const ALL_YES = { ours: true, public_service: true, no_court: true, understandable: true, new: true }

describe('the formal review', () => {
  it('finds a complaint admissible by five yeses', async () => {
    const { reference, complaintId } = await filed()
    expect((await act('SANTE.agent', reference, 'review', { checks: ALL_YES })).status).toBe(204)
    const record = await read('SANTE.agent', reference)
    expect(record).toMatchObject({ status: 'admissible', handling: { review: { checks: ALL_YES } } })
    const met = await house.db
      .sql`select kind from deadlines where complaint_id = ${complaintId} and met_at is not null`
    expect(met.map(({ kind }) => kind)).toEqual(['review'])
    expect(await notices(complaintId)).toEqual(['accepted'])
  })

  it.each([
    ['public_service', 'private_dispute'],
    ['public_service', 'national_defence'],
    ['no_court', 'before_court'],
    ['no_court', 'other_authority'],
    ['understandable', 'insult'],
  ])('refuses for %s with %s, and the citizen is told', async (check, ground) => {
    const { reference, complaintId } = await filed()
    const said = { checks: { ...ALL_YES, [check]: false }, ground, reason: 'Voir le tribunal de Fès.' }
    expect((await act('SANTE.agent', reference, 'review', said)).status).toBe(204)
    expect(await house.complaint(complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'inadmissible',
      ground,
    })
    expect(await notices(complaintId)).toEqual(['refused'])
  })

  it.each([
    ['not ours: it is transferred', { ours: false }, 'private_dispute', 409, 'transfer_required'],
    ['no ground', { no_court: false }, undefined, 400, 'ground_required'],
    ['the ground of another question', { no_court: false }, 'duplicate', 400, 'ground_required'],
    ['not understood, never asked', { understandable: false }, 'unintelligible', 409, 'ask_first'],
    ['a duplicate of nothing', { new: false }, 'duplicate', 400, 'validation'],
  ])('does not refuse: %s', async (_, no, ground, status, code) => {
    const { reference, complaintId } = await filed()
    const said = { checks: { ...ALL_YES, ...no }, reason: 'r', ...(ground ? { ground } : {}) }
    const answer = await act('SANTE.agent', reference, 'review', said)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'received' })
  })

  it('merges a duplicate into the complaint it repeats, within reach only', async () => {
    const first = await filed()
    const elsewhere = await filed('ONEE')
    const { reference, complaintId } = await filed()
    const said = (duplicateOf: string) => ({
      checks: { ...ALL_YES, new: false },
      ground: 'duplicate',
      reason: 'Même guichet.',
      duplicateOf,
    })
    expect((await act('SANTE.agent', reference, 'review', said(elsewhere.reference))).status).toBe(400)
    expect((await act('SANTE.agent', reference, 'review', said(reference))).status).toBe(400)
    expect((await act('SANTE.agent', reference, 'review', said(first.reference))).status).toBe(204)
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'closed', closed_reason: 'merged' })
    expect(await notices(complaintId)).toEqual(['merged'])
    const record = await read('SANTE.agent', reference)
    expect(record).toMatchObject({
      handling: { review: { duplicateOf: first.reference, checks: { new: false } } },
      merging: { into: { reference: first.reference } },
    })
    expect(record.rounds[0]).toMatchObject({ reviewedAt: expect.any(String) })
    expect((await act('SANTE.agent', first.reference, 'answer', { text: 'Mardi.' })).status).toBe(204)
    expect(await notices(complaintId)).toEqual(['merged', 'answered'])
    expect((await act('SANTE.agent', reference, 'separate')).status).toBe(204)
    const again = await read('SANTE.agent', reference)
    expect(again).toMatchObject({ status: 'formal_review', runs: 'review', handling: { review: null } })
    expect(again.rounds[0]).toMatchObject({ reviewedAt: null, answer: null })
  })

  it('asks once before it finds a complaint unintelligible; the answer may come on any channel', async () => {
    const { reference, complaintId } = await filed()
    expect((await act('SANTE.agent', reference, 'ask', { question: 'Quel guichet ?' })).status).toBe(204)
    expect(await notices(complaintId)).toEqual(['need_info'])
    expect((await act('SANTE.agent', reference, 'ask', { question: 'Quel jour ?' })).status).toBe(409)
    await house.db.orm.transaction((tx) =>
      receiveInformation(
        tx,
        { now: new Date(), newId: newUuidV7, actor: 'citizen:sms' },
        { complaintId, occasion: 'x', isAnswer: true },
      ),
    )
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'formal_review' })
    const said = { checks: { ...ALL_YES, understandable: false }, ground: 'unintelligible', reason: 'r' }
    expect((await act('SANTE.agent', reference, 'review', said)).status).toBe(204)
  })
})

describe('a transfer', () => {
  it('keeps number, history, first filing date and clocks; both bodies see it', async () => {
    const { reference, complaintId } = await filed()
    const dates = () =>
      house.db.sql`select kind, due_on::text from deadlines where complaint_id = ${complaintId} order by kind`
    const before = [await dates(), (await read('SANTE.agent', reference)).receivedAt]
    const said = { administration: 'COMMUNE', reason: 'Éclairage public' }
    expect((await act('SANTE.agent', reference, 'transfer', said)).status).toBe(204)
    for (const who of ['SANTE.agent', 'COMMUNE.agent'])
      expect(await read(who, reference)).toMatchObject({
        administration: { code: 'COMMUNE' },
        handling: { transfers: 1 },
      })
    expect([await dates(), (await read('COMMUNE.agent', reference)).receivedAt]).toEqual(before)
    expect((await act('SANTE.agent', reference, 'review', { checks: ALL_YES })).status).toBe(409)
    expect((await act('COMMUNE.agent', reference, 'review', { checks: ALL_YES })).status).toBe(204)
    expect(await notices(complaintId)).toEqual(['routed', 'accepted'])
  })

  it("goes to the ministry's triage the third time, which places it where it will", async () => {
    const { reference, complaintId } = await filed()
    for (const [from, administration] of [
      ['SANTE', 'COMMUNE'],
      ['COMMUNE', 'ONEE'],
      ['ONEE', 'IMPOTS'],
    ])
      expect(
        (await act(`${from}.agent`, reference, 'transfer', { administration, reason: 'r' })).status,
      ).toBe(204)
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'triage', administration: null })
    const told = await readTrackedComplaint(house.base, complaintId)
    expect([told?.state, told?.administration]).toEqual(['received', undefined])
    expect((await act('IMPOTS.agent', reference, 'review', { checks: ALL_YES })).status).toBe(404)
    expect((await act('triage', reference, 'route', { administration: 'IMPOTS' })).status).toBe(204)
    expect((await act('IMPOTS.agent', reference, 'review', { checks: ALL_YES })).status).toBe(204)
  })
})

describe('an answer', () => {
  it('goes out once and ends the round', async () => {
    const { reference, complaintId } = await filed()
    expect(
      (
        await act('SANTE.agent', reference, 'answer', {
          text: 'Le guichet rouvre lundi.',
          outcome: 'granted',
        })
      ).status,
    ).toBe(204)
    expect((await act('SANTE.agent', reference, 'answer', { text: 'Autre chose.' })).status).toBe(409)
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'answered' })
    expect(await notices(complaintId)).toEqual(['answered'])
  })

  it('waits for a second person where the body wants one; what is returned is sent to nobody', async () => {
    await house.db.sql`update administrations set approves_answers = true where code = 'JUSTICE'`
    const { reference, complaintId } = await filed('JUSTICE')
    await act('JUSTICE.agent', reference, 'answer', { text: 'Première version.' })
    expect(await read('JUSTICE.manager', reference)).toMatchObject({
      status: 'answer_in_approval',
      handling: { draft: { text: 'Première version.' } },
    })
    expect((await act('JUSTICE.agent', reference, 'approve')).status).toBe(403)
    expect((await act('JUSTICE.manager', reference, 'return', { remark: 'Citez la date.' })).status).toBe(204)
    expect(await read('JUSTICE.agent', reference)).toMatchObject({
      status: 'in_progress',
      handling: { draft: { remark: 'Citez la date.' } },
    })
    expect((await act('JUSTICE.manager', reference, 'approve')).status).toBe(409)
    expect(await notices(complaintId)).toEqual([])
    await act('JUSTICE.agent', reference, 'answer', { text: 'Lundi 23 novembre.' })
    expect((await act('JUSTICE.manager', reference, 'approve')).status).toBe(204)
    const [round] = await house.db
      .sql`select answer, written_by, approved_by from rounds where complaint_id = ${complaintId}`
    expect(round).toMatchObject({ answer: 'Lundi 23 novembre.' })
    expect(round?.['written_by']).not.toBe(round?.['approved_by'])
    expect(await notices(complaintId)).toEqual(['answered'])
  })

  it('is stopped when something happened since the complaint was read', async () => {
    const { reference } = await filed()
    const { handling } = await read('SANTE.agent', reference)
    await act('SANTE.agent', reference, 'ask', { question: 'Quand ?' })
    const late = await act('SANTE.manager', reference, 'answer', { text: 'r', seen: handling.version })
    expect([late.status, late.body.code]).toEqual([409, 'conflict'])
  })

  it('may be announced with the reason it takes longer; the clock runs on', async () => {
    const { reference, complaintId } = await filed()
    await act('SANTE.agent', reference, 'review', { checks: ALL_YES })
    for (const _twice of [1, 2])
      expect((await act('SANTE.agent', reference, 'interim', { text: 'Expertise en cours.' })).status).toBe(
        204,
      )
    expect(await notices(complaintId)).toEqual(['accepted', 'interim'])
    expect(await house.complaint(complaintId)).toMatchObject({ status: 'admissible' })
  })

  it('closes by silence when the policy says so, not before, and not for whoever said no', async () => {
    const silent = await filed()
    const said = await filed()
    for (const { reference } of [silent, said]) await act('SANTE.agent', reference, 'answer', { text: 'r' })
    await house.db.sql`update rounds set satisfied = false where complaint_id = ${said.complaintId}`
    const inDays = (days: number) => ({
      ...house.base,
      clock: { now: () => new Date(Date.now() + days * 86_400_000) },
    })
    await closeSilent(inDays(29), 30)
    expect(await house.complaint(silent.complaintId)).toMatchObject({ status: 'answered' })
    await Promise.all([closeSilent(inDays(31), 30), closeSilent(inDays(31), 30)])
    expect(await house.complaint(silent.complaintId)).toMatchObject({
      status: 'closed',
      closed_reason: 'silent',
    })
    expect(await house.complaint(said.complaintId)).toMatchObject({ status: 'answered' })
    expect((await house.events(silent.complaintId)).filter((event) => event === 'closed')).toHaveLength(1)
  })
})

describe('a second round', () => {
  it('is judged by another person than the first', async () => {
    const { reference, complaintId } = await filed()
    await act('SANTE.agent', reference, 'answer', { text: 'Non.' })
    const rules = await readDeadlineRules({ db: house.db, clock: systemClock })
    await house.db.orm.transaction((tx) =>
      resubmitComplaint(
        tx,
        { now: new Date(), newId: newUuidV7, actor: 'citizen:web' },
        { deadlineRules: () => rules, officeZone: 'Africa/Casablanca' },
        { complaintId, channel: 'web', language: 'fr', content: { text: 'encore', media: [] } },
      ),
    )
    await house.relay.drain()
    for (const [verb, said] of [
      ['review', { checks: ALL_YES }],
      ['answer', { text: 'Toujours non.' }],
    ] as const) {
      const again = await act('SANTE.agent', reference, verb, said)
      expect([again.status, again.body.code]).toEqual([409, 'other_reviewer'])
    }
    expect((await act('SANTE.manager', reference, 'review', { checks: ALL_YES })).status).toBe(204)
    expect(await read('SANTE.agent', reference)).toMatchObject({
      round: 2,
      rounds: [{ answer: 'Non.' }, { answer: null }],
    })
  })
})

describe('between colleagues', () => {
  it('a note is read within the body and by the ministry, and by nobody it was not meant for', async () => {
    const { reference } = await filed()
    await act('SANTE.agent', reference, 'notes', { text: 'Appeler le chef de guichet.' })
    expect((await read('SANTE.manager', reference)).handling.notes).toMatchObject([
      { text: 'Appeler le chef de guichet.' },
    ])
    await act('SANTE.agent', reference, 'transfer', { administration: 'ONEE', reason: 'r' })
    expect((await read('ONEE.agent', reference)).handling.notes).toEqual([])
    expect((await read('triage', reference)).handling.notes).toHaveLength(1)
  })

  it.each(['take', 'assign', 'review', 'ask', 'answer', 'approve', 'return', 'interim', 'notes', 'transfer'])(
    '%s of another body meets nothing',
    async (verb) => {
      const { reference } = await filed('SANTE')
      const said = {
        to: null,
        checks: ALL_YES,
        question: 'q',
        text: 't',
        remark: 'r',
        reason: 'r',
        administration: 'ONEE',
      }
      expect((await act('ONEE.manager', reference, verb, said)).status).toBe(404)
      expect((await act('SANTE.trainee', reference, verb, said)).status).toBe(404)
    },
  )
})

it('the running clock of the list is the legal date its status waits for', async () => {
  const { STATUSES } = await import('../../src/core/complaint.ts')
  for (const [status, { awaits }] of Object.entries(STATUSES)) {
    const [row] = await house.db.sql`select awaited_clock(${status}) as clock`
    expect(row?.['clock'] ?? 'none', status).toBe(awaits)
  }
  const rows = await house.db.sql`
    select c.id from complaints c left join deadlines d
      on d.complaint_id = c.id and d.round = c.round and d.kind = awaited_clock(c.status)
    where c.due_at is distinct from d.due_at`
  expect(rows).toEqual([])
})

describe('the list and the people, for machines', () => {
  const get = (who: string, url: string) => house.call(tokens[who] ?? '', 'GET', `/api/v1/staff${url}`)

  it('gives what waits by its clock, with counts, to its own body only', async () => {
    const { reference } = await filed('IMPOTS', { channel: 'api-inbox' })
    const own = await get('IMPOTS.agent', '/inbox?channel=api-inbox')
    expect(own.body).toMatchObject({
      items: [{ reference, status: expect.any(String), dueAt: expect.any(String) }],
      next: null,
    })
    expect((await get('ONEE.agent', '/inbox?channel=api-inbox')).body.items).toEqual([])
    expect((await get('IMPOTS.agent', '/inbox/counts')).body).toMatchObject({
      unassigned: expect.any(Number),
      mine: 0,
    })
  })

  it('invites within reach', async () => {
    const invite = (who: string, wish: object) =>
      house.call(tokens[who] ?? '', 'POST', '/api/v1/staff/members', wish)
    const email = `${newUuidV7()}@example.org`
    const made = await invite('ONEE.manager', { email, role: 'agent', administration: 'ONEE' })
    expect([made.status, made.body.url]).toEqual([
      201,
      expect.stringMatching(/\/console\/sign-in\/[\w-]{43}$/),
    ])
    expect((await invite('ONEE.manager', { email, role: 'agent', administration: 'SANTE' })).status).toBe(404)
    expect((await invite('ONEE.agent', { email, role: 'agent', administration: 'ONEE' })).status).toBe(403)
    // A manager who names no body means the own one.
    const colleague = `${newUuidV7()}@example.org`
    expect((await invite('ONEE.manager', { email: colleague, role: 'clerk' })).status).toBe(201)
    expect((await get('ONEE.manager', '/members')).body).toContainEqual(
      expect.objectContaining({
        email: colleague,
        administration: expect.objectContaining({ code: 'ONEE' }),
      }),
    )
    expect((await invite('ONEE.manager', { email: colleague, role: 'triage' })).status).toBe(403)
    const { body } = await get('ONEE.manager', '/members')
    const member = body.find((one: { email: string }) => one.email === email)
    expect(
      (await house.call(tokens['SANTE.manager'] ?? '', 'POST', `/api/v1/staff/members/${member.id}/disable`))
        .status,
    ).toBe(404)
    expect(
      (await house.call(tokens['ONEE.manager'] ?? '', 'POST', `/api/v1/staff/members/${member.id}/disable`))
        .status,
    ).toBe(204)
  })
})
