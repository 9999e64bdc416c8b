import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deadlinesOf, officeDay } from '../../src/core/deadlines.ts'
import { handlingRules } from '../../src/core/handling-rules.ts'
import { nationalHolidays } from '../../src/deadlines/national-holidays.ts'
import { createRecountOpen } from '../../src/deadlines/recount-open.ts'
import { sweepReminders } from '../../src/deadlines/remind.ts'
import { seedCalendar } from '../../src/deadlines/seed-calendar.ts'
import { sweepOverdue } from '../../src/deadlines/sweep-overdue.ts'
import { readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import { startHandlingHouse } from '../support/handling-house.ts'
import { bendPolicy } from '../support/policy.ts'

const ZONE = 'Africa/Casablanca'
const RULES = {
  reviewDays: 15,
  answerDays: 60,
  dayKind: 'calendar',
  rollOver: false,
  countFilingDay: false,
} as const

/** Twenty years of days at which clocks have moved in Morocco: the ends of months, of years, and the weeks round Ramadan. */
const filings = (): string[] => {
  const days: string[] = []
  for (let year = 2017; year <= 2036; year += 1)
    for (let month = 1; month <= 12; month += 1) {
      const first = Temporal.PlainDate.from({ year, month, day: 1 })
      days.push(
        ...[first, first.add({ days: 13 }), first.add({ months: 1 }).subtract({ days: 1 })].map(String),
      )
    }
  return days
}

describe('the two legal dates over twenty years', () => {
  it('are the 15th and the 75th day after the filing, whatever the clocks do, and end when that day does', () => {
    for (const day of filings())
      for (const hour of [0, 23]) {
        const filed = Temporal.PlainDate.from(day)
        const instant = new Date(
          filed.toZonedDateTime({ timeZone: ZONE, plainTime: `${hour}:30`.padStart(5, '0') })
            .epochMilliseconds,
        )
        const { review, answer } = deadlinesOf(instant, { version: 1, rules: RULES }, new Set(), ZONE)
        expect([day, review.dueOn, answer.dueOn]).toEqual([
          day,
          filed.add({ days: 15 }).toString(),
          filed.add({ days: 75 }).toString(),
        ])
        expect(officeDay(answer.dueAt, ZONE)).toBe(filed.add({ days: 76 }).toString())
        expect(officeDay(new Date(answer.dueAt.getTime() - 1), ZONE)).toBe(answer.dueOn)
      }
  })

  // By hand, from a paper calendar. The eve of Throne Day 2027 (30 July), of a week-end, of Ramadan, of a leap day.
  it.each([
    ['calendar days', {}, '2026-11-21', '2026-12-06', '2027-02-04'],
    ['the day of filing counts', { countFilingDay: true }, '2026-11-21', '2026-12-05', '2027-02-03'],
    ['a closed last day leads on', { rollOver: true }, '2026-11-21', '2026-12-07', '2027-02-04'],
    ['the eve of a holiday', { rollOver: true }, '2027-07-15', '2027-08-02', '2027-09-28'],
    ['working days', { dayKind: 'working' as const }, '2027-07-29', '2027-08-23', '2027-11-15'],
    ['a leap day on the way', {}, '2028-02-20', '2028-03-06', '2028-05-05'],
    ['over the change of the year', {}, '2026-12-31', '2027-01-15', '2027-03-16'],
    ['over Ramadan', {}, '2027-02-07', '2027-02-22', '2027-04-23'],
  ])('%s: as a table made by hand has them', (_, rules, filed, review, answer) => {
    const holidays = new Set(
      [2026, 2027, 2028].flatMap((year) => nationalHolidays(year).map(({ day }) => day)),
    )
    const policy = { version: 1, rules: { ...RULES, ...rules } }
    const dates = deadlinesOf(new Date(`${filed}T10:00:00Z`), policy, holidays, ZONE)
    expect([dates.review.dueOn, dates.answer.dueOn]).toEqual([review, answer])
  })

  it('know the holidays of a year, and which of them the moon moves', () => {
    const days = nationalHolidays(2027)
    expect(days.find(({ day }) => day === '2027-07-30')).toMatchObject({
      names: { fr: 'Fête du trône', ar: 'عيد العرش' },
      movable: false,
    })
    expect(days.find(({ day }) => day === '2027-10-31')).toMatchObject({ names: { fr: 'Fête de l’Unité' } })
    expect(nationalHolidays(2020).some(({ day }) => day === '2020-01-14')).toBe(false)
    expect(days.flatMap(({ day, movable }) => (movable ? [day] : []))).toEqual([
      '2027-03-09',
      '2027-03-10',
      '2027-05-16',
      '2027-05-17',
      '2027-06-06',
      '2027-08-15',
    ])
  })
})

describe('a holiday that is announced late', () => {
  const FILED = new Date('2027-07-15T10:00:00Z')
  let now = FILED
  let house: Awaited<ReturnType<typeof startHandlingHouse>>
  const onDay = (day: string) => {
    now = new Date(`${day}T12:00:00Z`)
  }

  beforeAll(async () => {
    house = await startHandlingHouse(['SANTE'], { now: () => now })
    await bendPolicy(house.db, { rollOver: true })
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    now = FILED
    await house.db.sql`delete from holidays`
    await house.db.sql`delete from calendar_changes`
    await house.db.sql`delete from complaints`
  })

  const close = (day: string, who = 'ministry-supervisor') =>
    house.send(who, 'PUT', `/api/v1/staff/calendar/${day}`, { names: { fr: 'Fête' }, movable: true })
  /** Does what the change has left to the relay. */
  const recount = async () => {
    const work = createRecountOpen(house.base)
    const due = await house.db.sql<{ id: string; payload: { after: string } }[]>`
      delete from outbox_messages where topic = 'deadlines.recount' returning id, payload`
    for (const { id, payload } of due)
      await work(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(10_000) })
    return due.length
  }
  const dates = async (complaintId: string) => {
    const tracked = await readTrackedComplaint(house.base, complaintId)
    return [tracked?.reviewBy, tracked?.answerBy]
  }
  const sweep = () => sweepReminders({ ...house.base, rules: handlingRules({ rules: {} as never }) })

  it('moves the dates of open rounds, tells of it, and is in the audit', async () => {
    const { complaintId, reference } = await house.filed('SANTE', { receivedAt: FILED })
    expect(await dates(complaintId)).toEqual(['2027-07-30', '2027-09-28'])
    expect((await close('2027-07-30')).statusCode).toBe(204)
    expect(await recount()).toBe(1)
    expect(await dates(complaintId)).toEqual(['2027-08-02', '2027-09-28'])
    expect(await house.events(complaintId)).toContain('deadline_moved')
    const { items } = await house.get('SANTE.agent', '/api/v1/staff/inbox')
    expect(items).toMatchObject([{ reference, reviewBy: '2027-08-02', runs: 'review' }])
    const [entry] = await house.db.sql`
      select subject, facts from audit_entries where action = 'calendar.write' order by number desc limit 1`
    expect(entry).toEqual({ subject: '2027-07-30', facts: { deed: 'closed' } })
    await house.send('ministry-supervisor', 'DELETE', '/api/v1/staff/calendar/2027-07-30')
    await recount()
    expect(await dates(complaintId)).toEqual(['2027-07-30', '2027-09-28'])
  })

  it('takes back what was said of the earlier date, and says it anew, once by two schedulers', async () => {
    const { complaintId } = await house.filed('SANTE', { receivedAt: FILED })
    await house.db.sql`update complaints set status = 'formal_review' where id = ${complaintId}`
    onDay('2027-07-29')
    expect(await sweep()).toBe(1)
    onDay('2027-07-31')
    await Promise.all([sweepOverdue(house.base), sweepOverdue(house.base)])
    expect(await readTrackedComplaint(house.base, complaintId)).toMatchObject({ late: true })
    await close('2027-07-30')
    await recount()
    expect(await readTrackedComplaint(house.base, complaintId)).toMatchObject({ late: false })
    const told = await Promise.all([sweep(), sweep(), sweep()])
    expect(told.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(1)
    onDay('2027-08-03')
    await sweepOverdue(house.base)
    const late = (await house.events(complaintId)).filter((event) => event === 'review_late')
    expect(late).toHaveLength(2)
  })

  it('leaves alone what was answered, and policies that know no holiday', async () => {
    const answered = await house.filed('SANTE', { receivedAt: FILED })
    await house.act('SANTE.agent', answered.reference, 'answer', { text: 'r' })
    await close('2027-07-30')
    await recount()
    expect(await dates(answered.complaintId)).toEqual(['2027-07-30', '2027-09-28'])
  })

  it('begins with the national ones, each year once, whoever comes first; what people correct stays', async () => {
    await Promise.all([seedCalendar(house.base), seedCalendar(house.base)])
    const days = () => house.get('SANTE.agent', '/api/v1/staff/calendar')
    const seeded = [2027, 2028].flatMap((year) => nationalHolidays(year))
    expect((await days()).map(({ day }: { day: string }) => day)).toEqual(seeded.map(({ day }) => day))
    const [row] = await house.db.sql`select count(*)::int as n from calendar_changes where deed = 'filled'`
    expect(row).toEqual({ n: 2 })
    await house.db.sql`delete from holidays`
    await seedCalendar(house.base)
    expect(await days()).toEqual([])
  })

  it('is for the ministry to enter', async () => {
    for (const who of ['SANTE.manager', 'triage'])
      expect((await close('2027-07-30', who)).statusCode).toBe(403)
    const filled = await house.send('ministry-supervisor', 'POST', '/api/v1/staff/calendar/fill', {
      year: 2027,
    })
    expect(filled.json()).toEqual({ days: nationalHolidays(2027).length })
    expect(await house.get('SANTE.agent', '/api/v1/staff/calendar')).toHaveLength(
      nationalHolidays(2027).length,
    )
  })
})
