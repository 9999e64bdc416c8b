import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { createRecountOpen } from '../../src/deadlines/recount-open.ts'
import { sweepOverdue } from '../../src/deadlines/sweep-overdue.ts'
import { sendAgain } from '../../src/handling/follow-up.ts'
import { receiveInformation } from '../../src/handling/receive-information.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { acceptanceOver, submissionOf } from '../support/acceptance.ts'
import { ALL_YES, startHandlingHouse } from '../support/handling-house.ts'
import { bendPolicy } from '../support/policy.ts'

let now = new Date(0)
let house: Awaited<ReturnType<typeof startHandlingHouse>>
beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'COMMUNE'], { now: () => now })
})
afterAll(() => house.close())
beforeEach(async () => {
  await house.db.sql`delete from complaints`
  await house.db.sql`delete from holidays`
})

/** A complaint and the official who has it; a round that was sent again is another's to review. */
interface Case {
  readonly complaintId: string
  readonly reference: string
  readonly holder: string
}

const statusOf = async ({ reference, holder }: Case, verb: string, said: object = {}) =>
  (await house.act(holder, reference, verb, said)).status

/** Everything that happens to a complaint, at the door where it happens. */
const DEEDS = {
  nothing: async () => {},
  transfer: async (it: Case) =>
    expect(await statusOf(it, 'transfer', { administration: 'COMMUNE', reason: 'Compétence' })).toBe(204),
  review: async (it: Case) => expect(await statusOf(it, 'review', { checks: ALL_YES })).toBe(204),
  ask: async (it: Case) => expect(await statusOf(it, 'ask', { question: 'Quel guichet ?' })).toBe(204),
  reply: ({ complaintId }: Case) =>
    house.db.orm.transaction((tx) =>
      receiveInformation(
        tx,
        { now, newId: newUuidV7, actor: 'citizen:sms' },
        { complaintId, occasion: newUuidV7(), isAnswer: true },
      ),
    ),
  answer: async (it: Case) => expect(await statusOf(it, 'answer', { text: 'Ouvert lundi.' })).toBe(204),
  again: async ({ complaintId }: Case) => {
    const rules = await readDeadlineRules(house.base)
    const text = 'Toujours fermé.'
    await sendAgain(
      { ...house.base, deadlineRules: () => rules },
      {
        complaintId,
        round: 1,
        channel: 'sms',
        externalId: newUuidV7(),
        text,
        language: 'fr',
        media: [],
        raw: { type: 'text/plain', body: Buffer.from(text) },
      },
    )
  },
  close: async (_: Case, day: string) => {
    const said = { names: { fr: 'Fête' }, movable: true }
    const { statusCode } = await house.send(
      'ministry-supervisor',
      'PUT',
      `/api/v1/staff/calendar/${day}`,
      said,
    )
    expect(statusCode).toBe(204)
    const work = createRecountOpen(house.base)
    for (const { id, payload } of await house.db.sql<{ id: string; payload: { after: string } }[]>`
      delete from outbox_messages where topic = 'deadlines.recount' returning id, payload`)
      await work(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(10_000) })
  },
} as const satisfies Record<string, (it: Case, what: string) => Promise<unknown>>

type Line = readonly [
  /** By the clock of the office: UTC+1, and UTC in Ramadan, from 15 February to 22 March 2026. */
  at: string,
  deed: keyof typeof DEEDS | `close ${string}`,
  review: string,
  answer: string,
  sign?: 'late' | 'answered',
]
interface Story {
  readonly name: string
  readonly rules: object
  readonly holidays?: readonly string[]
  readonly filed: string
  readonly lines: readonly Line[]
}

const CALENDAR_DAYS = { dayKind: 'calendar', rollOver: false, informationClock: 'runs', informationDays: 10 }

/** The table made by hand, from a paper calendar and the decree: 15 days, then 60, the day of filing not counted. */
const STORIES: readonly Story[] = [
  {
    name: 'in calendar days, every day of the two legs',
    rules: CALENDAR_DAYS,
    // The last minute of the eve of Independence Day: the eve is the day of filing.
    filed: '2025-11-17T23:59+01:00',
    lines: [
      ['2025-11-18T08:00+01:00', 'nothing', '2025-12-02', '2026-01-31'],
      ['2025-11-20T10:00+01:00', 'transfer', '2025-12-02', '2026-01-31'],
      ['2025-11-25T10:00+01:00', 'ask', '2025-12-02', '2026-01-31'],
      ['2025-11-27T10:00+01:00', 'reply', '2025-12-02', '2026-01-31'],
      ['2025-12-02T23:59+01:00', 'nothing', '2025-12-02', '2026-01-31'],
      ['2025-12-03T00:01+01:00', 'nothing', '2025-12-02', '2026-01-31', 'late'],
      ['2025-12-04T10:00+01:00', 'review', '2025-12-02', '2026-01-31'],
      ['2026-01-16T10:00+01:00', 'nothing', '2025-12-02', '2026-01-31'],
      ['2026-01-31T23:59+01:00', 'nothing', '2025-12-02', '2026-01-31'],
      ['2026-02-01T00:01+01:00', 'nothing', '2025-12-02', '2026-01-31', 'late'],
      ['2026-02-02T10:00+01:00', 'answer', '2025-12-02', '2026-01-31', 'answered'],
      // Sent again in the night in which the clocks go back for Ramadan.
      ['2026-02-15T02:30+01:00', 'again', '2026-03-02', '2026-05-01'],
      ['2026-03-02T23:59+00:00', 'nothing', '2026-03-02', '2026-05-01'],
      ['2026-03-03T00:01+00:00', 'nothing', '2026-03-02', '2026-05-01', 'late'],
      ['2026-03-04T10:00+00:00', 'review', '2026-03-02', '2026-05-01'],
      ['2026-05-01T23:59+01:00', 'nothing', '2026-03-02', '2026-05-01'],
      ['2026-05-02T00:01+01:00', 'nothing', '2026-03-02', '2026-05-01', 'late'],
    ],
  },
  {
    name: 'where a closed last day leads on and a question stops the clock',
    rules: { ...CALENDAR_DAYS, rollOver: true, informationClock: 'stops' },
    holidays: ['2025-11-18'],
    filed: '2025-11-17T10:00+01:00',
    lines: [
      // 31 January is a Saturday.
      ['2025-11-18T10:00+01:00', 'nothing', '2025-12-02', '2026-02-02'],
      ['2025-12-01T10:00+01:00', 'review', '2025-12-02', '2026-02-02'],
      // To be answered by 20 December, a Saturday, so by the 22nd: twelve days after 31 January.
      ['2025-12-10T10:00+01:00', 'ask', '2025-12-02', '2026-02-12'],
      ['2025-12-15T10:00+01:00', 'reply', '2025-12-02', '2026-02-05'],
      ['2025-12-16T10:00+01:00', 'transfer', '2025-12-02', '2026-02-05'],
      // Ten days more lead to a Sunday; eight, which it takes, to a Friday.
      ['2026-01-05T10:00+01:00', 'ask', '2025-12-02', '2026-02-16'],
      ['2026-01-13T10:00+01:00', 'reply', '2025-12-02', '2026-02-13'],
      // That Friday is closed, it is said the day before: on to the Monday, which ends by the clock of Ramadan.
      ['2026-02-12T10:00+01:00', 'close 2026-02-13', '2025-12-02', '2026-02-16'],
      ['2026-02-16T23:59+00:00', 'nothing', '2025-12-02', '2026-02-16'],
      ['2026-02-17T00:01+00:00', 'nothing', '2025-12-02', '2026-02-16', 'late'],
      ['2026-02-17T10:00+00:00', 'answer', '2025-12-02', '2026-02-16', 'answered'],
      // 7 March is a Saturday; the sixty days are counted from it, not from the Monday.
      ['2026-02-20T10:00+00:00', 'again', '2026-03-09', '2026-05-06'],
    ],
  },
  {
    name: 'in working days, with a feast of the moon that is announced late',
    rules: { ...CALENDAR_DAYS, dayKind: 'working' },
    holidays: ['2025-07-30', '2025-08-14', '2025-08-20', '2025-08-21', '2025-11-06', '2025-11-18'],
    // The eve of Throne Day, a Tuesday.
    filed: '2025-07-29T16:00+01:00',
    lines: [
      ['2025-07-31T10:00+01:00', 'nothing', '2025-08-25', '2025-11-19'],
      ['2025-08-25T23:59+01:00', 'review', '2025-08-25', '2025-11-19'],
      ['2025-09-04T10:00+01:00', 'close 2025-09-05', '2025-08-25', '2025-11-20'],
      ['2025-11-20T23:59+01:00', 'nothing', '2025-08-25', '2025-11-20'],
      ['2025-11-21T00:01+01:00', 'nothing', '2025-08-25', '2025-11-20', 'late'],
    ],
  },
]

const file = async ({ rules, holidays = [], filed }: Story): Promise<Case> => {
  now = new Date(filed)
  await bendPolicy(house.db, rules)
  for (const day of holidays)
    await house.db.sql`insert into holidays (day, names, movable) values (${day}, '{}', false)`
  const { accept } = await acceptanceOver(house.db)
  const filing = submissionOf({
    receivedAt: now,
    administration: 'SANTE',
    contact: { phone: '+212600000001' },
  })
  const { complaintId, reference } = await accept(filing)
  await house.relay.drain()
  return { complaintId, reference, holder: 'SANTE.agent' }
}

describe('the legal clock of a complaint, by a table made by hand (U24)', () => {
  it.each(STORIES)('$name', async (story) => {
    let current = await file(story)
    for (const [at, deed, review, answer, sign] of story.lines) {
      now = new Date(at)
      const [verb, what = ''] = deed.split(' ') as [keyof typeof DEEDS, string?]
      await DEEDS[verb](current, what)
      if (verb === 'transfer') current = { ...current, holder: 'COMMUNE.agent' }
      if (verb === 'again') current = { ...current, holder: 'COMMUNE.manager' }
      await house.relay.drain()
      await Promise.all([sweepOverdue(house.base), sweepOverdue(house.base)])
      const read = await house.read(current.holder, current.reference)
      const tracked = await readTrackedComplaint(house.base, current.complaintId)
      const seen = ({ reviewBy, answerBy, late }: { reviewBy: string; answerBy: string; late: boolean }) => [
        reviewBy,
        answerBy,
        late,
      ]
      // The official and the citizen are told the same.
      for (const told of [read, tracked])
        expect([at, deed, ...seen(told)]).toEqual([at, deed, review, answer, sign === 'late'])
      if (sign === 'answered') expect(read.status).toBe('answered')
    }
    // Each late day was told once, by two schedulers.
    const lateDays = story.lines.filter(([, , , , sign]) => sign === 'late').length
    const told = (await house.events(current.complaintId)).filter((event) => /^(review_)?late$/.test(event))
    expect(told).toHaveLength(lateDays)
  })
})
