import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { handlingRules } from '../../src/core/handling-rules.ts'
import { sweepReminders } from '../../src/deadlines/remind.ts'
import { sweepOverdue } from '../../src/deadlines/sweep-overdue.ts'
import { goOnWithoutAnswer, receiveInformation } from '../../src/handling/receive-information.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { bendPolicy } from '../support/policy.ts'
import { startReferralHouse } from '../support/referrals.ts'

const FILED = new Date('2026-11-21T10:00:00Z')
const DAY_MS = 86_400_000
let now = FILED
/** At midday so many days after the filing. */
const onDay = (day: number) => {
  now = new Date(FILED.getTime() + day * DAY_MS + 2 * 3600_000)
}

let house: Awaited<ReturnType<typeof startReferralHouse>>
let agent = ''

beforeAll(async () => {
  house = await startReferralHouse(undefined, { now: () => now })
  staffApi(house.app, {
    ...house.base,
    store: house.store as never,
    work: {
      suggest: async () => [],
      route: async () => {},
      transfer: async () => {},
      retryAsset: async () => {},
      retryFetch: async () => {},
    },
  })
  await house.put('SANTE')
  agent = (await createToken(house.base, { role: 'agent', administrationCode: 'SANTE' })).token
})
afterAll(() => house.close())
beforeEach(() => {
  now = FILED
})

const policy = (rules: object) => bendPolicy(house.db, rules)
const act = (reference: string, verb: string, said: object = {}) =>
  house.call(agent, 'POST', `/api/v1/staff/complaints/${reference}/${verb}`, said)
const filed = async () => {
  const complaint = await house.file({ administration: 'SANTE', receivedAt: FILED })
  await house.relay.drain()
  return complaint
}
const ask = async (reference: string) =>
  expect((await act(reference, 'ask', { question: 'Quel guichet ?' })).status).toBe(204)
const answers = (complaintId: string) =>
  house.db.orm.transaction((tx) =>
    receiveInformation(
      tx,
      { now, newId: newUuidV7, actor: 'citizen:sms' },
      { complaintId, occasion: newUuidV7(), isAnswer: true },
    ),
  )
const dates = async (complaintId: string) =>
  Object.fromEntries(
    (await house.db.sql`select kind, due_on::text from deadlines where complaint_id = ${complaintId}`).map(
      (row) => [row['kind'], row['due_on']],
    ),
  )
const tracked = (complaintId: string) => readTrackedComplaint(house.base, complaintId)
const ALL_YES = { ours: true, public_service: true, no_court: true, understandable: true, new: true }

describe('where the policy lets the clock run on', () => {
  beforeAll(() => policy({ informationClock: 'runs', informationDays: 10 }))

  it('nothing moves; an answer is of use until the date that runs', async () => {
    const { complaintId, reference } = await filed()
    onDay(12)
    await ask(reference)
    expect(await tracked(complaintId)).toMatchObject({
      state: 'waiting_for_you',
      answerUsBy: '2026-12-06',
      counting: { stoppedDays: 0, asked: { stopsClock: false } },
    })
    onDay(14)
    await answers(complaintId)
    expect(await dates(complaintId)).toEqual({ review: '2026-12-06', answer: '2027-02-04' })
    expect(await tracked(complaintId)).toMatchObject({ state: 'being_checked', runs: 'review' })
  })

  it('the date of a complaint that was admissible is that of the answer', async () => {
    const { complaintId, reference } = await filed()
    await act(reference, 'review', { checks: ALL_YES })
    onDay(20)
    await ask(reference)
    expect(await tracked(complaintId)).toMatchObject({
      runs: 'answer',
      late: false,
      answerUsBy: '2026-12-21',
    })
    const { body } = await house.call(agent, 'GET', '/api/v1/staff/inbox')
    expect(body.items.find((item: { reference: string }) => item.reference === reference)).toMatchObject({
      runs: 'answer',
      late: false,
      answerBy: '2027-02-04',
    })
  })
})

describe('where the policy stops the clock', () => {
  beforeAll(() => policy({ informationClock: 'stops', informationDays: 10 }))

  it.each([
    ['the same day', 5, 5, 0, '2026-12-06', '2027-02-04'],
    ['three days later', 5, 8, 3, '2026-12-09', '2027-02-07'],
    ['on the last day', 5, 15, 10, '2026-12-16', '2027-02-14'],
  ])(
    'an answer %s moves both dates by the days that passed',
    async (_, asked, answered, days, review, answer) => {
      const { complaintId, reference } = await filed()
      onDay(asked)
      await ask(reference)
      expect(await dates(complaintId)).toEqual({ review: '2026-12-16', answer: '2027-02-14' })
      onDay(answered)
      await answers(complaintId)
      expect(await dates(complaintId)).toEqual({ review, answer })
      expect((await tracked(complaintId))?.counting).toMatchObject({ stoppedDays: days, asked: null })
    },
  )

  it('nothing is late, and nobody reminded, while the citizen has the word', async () => {
    const { complaintId, reference } = await filed()
    onDay(13)
    await ask(reference)
    onDay(16)
    await sweepOverdue(house.base)
    await sweepReminders({ ...house.base, rules: handlingRules({ rules: {} as never }) })
    expect(await tracked(complaintId)).toMatchObject({ late: false, answerUsBy: '2026-12-14' })
    expect(await house.events(complaintId)).not.toContain('review_late')
  })

  it('goes on after the last day, once; what comes later is added all the same', async () => {
    const { complaintId, reference } = await filed()
    onDay(5)
    await ask(reference)
    onDay(15)
    expect(await goOnWithoutAnswer(house.base)).toBe(0)
    onDay(16)
    const swept = await Promise.all([goOnWithoutAnswer(house.base), goOnWithoutAnswer(house.base)])
    expect(swept[0] + swept[1]).toBe(1)
    expect(await tracked(complaintId)).toMatchObject({ state: 'being_checked', reviewBy: '2026-12-16' })
    expect(await house.events(complaintId)).toContain('information_missing')
    await answers(complaintId)
    expect(await dates(complaintId)).toEqual({ review: '2026-12-16', answer: '2027-02-14' })
  })

  it('whatever the body does next ends the pause, and its date is judged by the days that passed', async () => {
    const { complaintId, reference } = await filed()
    onDay(5)
    await ask(reference)
    onDay(7)
    expect((await act(reference, 'answer', { text: 'Ouvert lundi.' })).status).toBe(204)
    expect(await dates(complaintId)).toEqual({ review: '2026-12-08', answer: '2027-02-06' })
  })

  it('a second question stops it again', async () => {
    const { complaintId, reference } = await filed()
    for (const [asked, answered] of [
      [2, 4],
      [6, 9],
    ] as const) {
      onDay(asked)
      await ask(reference)
      onDay(answered)
      await answers(complaintId)
    }
    expect(await dates(complaintId)).toEqual({ review: '2026-12-11', answer: '2027-02-09' })
    expect((await tracked(complaintId))?.counting.stoppedDays).toBe(5)
  })
})
