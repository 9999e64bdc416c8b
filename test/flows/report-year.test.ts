import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reportReminderMail } from '../../src/html/report-reminder-mail.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import type { Actor } from '../../src/staff/rights.ts'
import { returnReport, submitReport } from '../../src/supervision/hand-report.ts'
import { createBuildReport, queueBuild, readBuild } from '../../src/supervision/queue-build.ts'
import {
  owedBy,
  readMissing,
  setReportYear,
  sweepReportReminders,
} from '../../src/supervision/report-year.ts'
import { createSendReportReminder } from '../../src/supervision/send-report-reminder.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { addBody, dayAfter } from '../support/histories.ts'
import { keepMail } from '../support/kept-mail.ts'

const YEAR = 2025
const DUE = '2026-03-31'
const chief: Actor = { id: 'staff:chief', role: 'ministry-supervisor', administrationId: null }

let open: Awaited<ReturnType<typeof openTestDatabase>>
let now = new Date('2026-01-01T11:00:00Z')
let one: string
const deps = () => ({
  db: open.db,
  clock: { now: () => now },
  newId: newUuidV7,
  officeZone: 'Africa/Casablanca',
  origins: ['file'] as const,
})
const dates = {
  year: YEAR,
  opensOn: '2026-01-15',
  dueOn: DUE,
  synthesisOn: '2026-06-30',
  remindDays: [30, 7, 0, -7],
}
const onDay = (day: string) => {
  now = new Date(`${day}T11:00:00Z`)
}
/** To whom the mails of a sweep go, each with the first line of its text. */
const swept = async (): Promise<string[]> => {
  await Promise.all([
    sweepReportReminders(deps()),
    sweepReportReminders(deps()),
    sweepReportReminders(deps()),
  ])
  const { mails, mailer } = keepMail()
  const send = createSendReportReminder({
    ...deps(),
    publicUrl: 'https://wasl.test',
    write: reportReminderMail,
    mailer,
  })
  const rows = await open.db.sql<{ id: string; payload: { reminderId: string; staffId: string } }[]>`
    delete from outbox_messages where topic = 'report.remind' returning id, payload`
  for (const { id, payload } of rows)
    await send(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(1000) })
  return mails.map(({ to, text }) => `${to} ${text.includes('était à remettre') ? 'late' : 'due'}`).toSorted()
}
const manager = (): Actor => ({ id: 'staff:one', role: 'manager', administrationId: one })
/** Does what was asked of the relay, with a copy as a crash would leave. */
const build = async (id: string) => {
  const work = createBuildReport(deps())
  const context = { messageId: newUuidV7(), attempt: 1, signal: AbortSignal.timeout(10_000) }
  await work({ buildId: id }, context)
  await work({ buildId: id }, context)
}

beforeAll(async () => {
  open = await openTestDatabase()
  one = await addBody(open.db, 'ONE')
  await addBody(open.db, 'TWO')
  for (const code of ['ONE', 'TWO'])
    await inviteStaff(deps(), {
      email: `chef@${code.toLowerCase()}.example`,
      role: 'manager',
      administrationCode: code,
    })
  await open.db.sql`update staff_members set enrolled_at = now()`
  await open.db.sql`update administrations set state = 'active'`
})
afterAll(() => open.close())

describe('a build that is asked for', () => {
  beforeEach(() => onDay('2026-02-01'))

  it('is done once by the relay, for two who ask at once, and tells how far it is', async () => {
    const asked = await Promise.all(
      [1, 2].map(() => queueBuild(deps(), manager(), { year: 2024, administration: 'ONE' })),
    )
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
    const id = asked[0]?.id ?? ''
    expect(await readBuild(deps(), manager(), id)).toMatchObject({ state: 'waiting', reportId: null })
    await build(id)
    const done = await readBuild(deps(), manager(), id)
    expect(done.state).toBe('done')
    const [built] = await open.db.sql`select id, built_by from reports where year = 2024`
    expect(built).toEqual({ id: done.reportId, built_by: manager().id })
  })

  it('that fails says why and may be asked for again; nobody else sees it', async () => {
    const { id } = await queueBuild(deps(), chief, { year: 2024 })
    await build(id)
    expect(await readBuild(deps(), chief, id)).toMatchObject({
      state: 'failed',
      failure: 'no_sector_accepted',
    })
    expect((await queueBuild(deps(), chief, { year: 2024 })).id).not.toBe(id)
    await expect(readBuild(deps(), manager(), id)).rejects.toThrow()
  })
})

describe('the year of the reports', () => {
  it('has its dates in their order, set by the ministry alone', async () => {
    await expect(setReportYear(deps(), manager(), dates)).rejects.toThrow()
    await expect(setReportYear(deps(), chief, { ...dates, dueOn: '2026-01-01' })).rejects.toThrow()
    await setReportYear(deps(), chief, dates)
  })

  it('opens, and reminds each body before, at and after the day, once by three schedulers', async () => {
    onDay('2026-01-14')
    expect(await swept()).toEqual([])
    onDay('2026-01-15')
    expect(await swept()).toEqual(['chef@one.example due', 'chef@two.example due'])
    onDay(dayAfter(DUE, -40))
    expect(await swept()).toEqual([])
    onDay(dayAfter(DUE, -30))
    expect(await swept()).toEqual(['chef@one.example due', 'chef@two.example due'])
    expect(await swept()).toEqual([])
    onDay(dayAfter(DUE, 2))
    expect(await swept(), 'who was away hears once').toEqual([
      'chef@one.example late',
      'chef@two.example late',
    ])
  })

  it('reminds nobody who has handed in, and again whoever was given the report back', async () => {
    const { id } = await queueBuild(deps(), manager(), { year: YEAR, administration: 'ONE' })
    expect((await owedBy(open.db.sql, manager(), DUE)).map(({ year }) => year)).toEqual([YEAR])
    await build(id)
    const { reportId } = await readBuild(deps(), manager(), id)
    await submitReport(deps(), manager(), reportId ?? '')
    expect(await owedBy(open.db.sql, manager(), DUE)).toEqual([])
    expect((await readMissing(open.db.sql, chief, YEAR)).map(({ code }) => code)).toEqual(['TWO'])
    onDay(dayAfter(DUE, 7))
    expect(await swept()).toEqual(['chef@two.example late'])
    await returnReport(deps(), chief, reportId ?? '', {
      remarks: [{ section: 'causes', text: 'Dites pourquoi.' }],
    })
    expect(await readMissing(open.db.sql, chief, YEAR)).toMatchObject([
      { code: 'ONE', state: 'returned' },
      { code: 'TWO', state: null },
    ])
    expect(await swept()).toEqual(['chef@one.example late'])
  })

  it('that is moved is told anew', async () => {
    await setReportYear(deps(), chief, { ...dates, dueOn: '2026-05-05' })
    onDay('2026-05-05')
    expect(await swept()).toEqual(['chef@one.example due', 'chef@two.example due'])
  })
})
