import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HandlingRules, handlingRules } from '../../src/core/handling-rules.ts'
import { sweepReminders } from '../../src/deadlines/remind.ts'
import { createSendReminder } from '../../src/deadlines/send-reminder.ts'
import { reminderMail } from '../../src/html/reminder-mail.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { keepMail } from '../support/kept-mail.ts'

const FILED = new Date('2026-11-21T10:00:00Z')
const DAY_MS = 86_400_000

let open: Awaited<ReturnType<typeof openTestDatabase>>
let now = FILED
const { mails, mailer } = keepMail()
const clock = { now: () => now }
const deps = (rules: Partial<HandlingRules> = {}) => ({
  db: open.db,
  clock,
  newId: newUuidV7,
  rules: { ...handlingRules({ rules: {} as never }), ...rules },
})

beforeAll(async () => {
  open = await openTestDatabase()
  await seedAdministrations(deps())
  for (const [email, role, administrationCode] of [
    ['agent@sante.example', 'agent', 'SANTE'],
    ['chef@sante.example', 'manager', 'SANTE'],
    ['chef@onee.example', 'manager', 'ONEE'],
  ] as const)
    await inviteStaff(deps(), { email, role, administrationCode })
  await open.db.sql`update staff_members set enrolled_at = now()`
})
afterAll(() => open.close())
beforeEach(async () => {
  await open.db.sql`delete from complaints`
  await open.db.sql`delete from outbox_messages`
  now = FILED
  mails.length = 0
})

/** At midday of the day that is so many days after the filing: review ends on day 15, answer on day 75. */
const onDay = (day: number) => {
  now = new Date(FILED.getTime() + day * DAY_MS + 2 * 3600_000)
}
const waiting = async (assignee?: string) => {
  const { accept } = await acceptanceOver(open.db)
  const { complaintId, reference } = await accept(submissionOf({ receivedAt: FILED }))
  await open.db.sql`
    insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at)
    select ${newUuidV7()}, ${complaintId}, 1, id, 'delivered', now(), now() from administrations where code = 'SANTE'`
  await open.db.sql`
    update complaints set status = 'formal_review', administration_id = (select id from administrations where code = 'SANTE'),
      assignee_id = (select id from staff_members where email = ${assignee ?? ''}) where id = ${complaintId}`
  return { complaintId, reference }
}
/** Sends what the sweeps have put down, as the relay does. */
const sent = async (): Promise<string[]> => {
  const send = createSendReminder({
    db: open.db,
    publicUrl: 'https://wasl.test',
    write: reminderMail,
    mailer,
  })
  const rows = await open.db.sql<{ id: string; payload: { reminderId: string; staffId: string } }[]>`
    delete from outbox_messages where topic = 'reminder.send' returning id, payload`
  mails.length = 0
  for (const { id, payload } of rows)
    await send(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(1000) })
  return mails.map(({ to }) => to).toSorted()
}
const events = async (complaintId: string) =>
  (
    await open.db.sql`select event from complaint_events where complaint_id = ${complaintId} order by at, id`
  ).map(({ event }) => event)

describe('a legal date that comes near', () => {
  it('is told to whoever handles the complaint on the days the policy sets, once by two schedulers', async () => {
    const { reference } = await waiting('agent@sante.example')
    onDay(9)
    expect(await sweepReminders(deps())).toBe(0)
    onDay(11)
    const swept = await Promise.all([sweepReminders(deps()), sweepReminders(deps()), sweepReminders(deps())])
    expect(swept.reduce((sum, one) => sum + one)).toBe(1)
    expect(await sent()).toEqual(['agent@sante.example'])
    expect(mails[0]).toMatchObject({
      subject: expect.stringContaining(reference),
      automatic: 'auto-generated',
    })
    expect(mails[0]?.text).toContain('6 décembre 2026')
    expect(mails[0]?.text).toContain('6 دجنبر 2026')
    expect(mails[0]?.text).not.toContain('guichet')
    onDay(12)
    expect(await sweepReminders(deps())).toBe(0)
    onDay(14)
    expect(await sweepReminders(deps())).toBe(1)
  })

  it('is told once, not for every day that was slept through', async () => {
    await waiting('agent@sante.example')
    onDay(14)
    expect(await sweepReminders(deps())).toBe(1)
    expect(await sent()).toHaveLength(1)
  })

  it('is told to the managers of the body while nobody has it', async () => {
    await waiting()
    onDay(11)
    await sweepReminders(deps())
    expect(await sent()).toEqual(['chef@sante.example'])
  })

  it('is not spoken of once it is met', async () => {
    const { complaintId } = await waiting('agent@sante.example')
    onDay(11)
    await sweepReminders(deps())
    await open.db.sql`update deadlines set met_at = now() where complaint_id = ${complaintId}`
    expect(await sent()).toEqual([])
  })
})

describe('a legal date that has passed', () => {
  it('is brought before the manager, then before the ministry, each once', async () => {
    const { complaintId } = await waiting('agent@sante.example')
    onDay(16)
    expect(await sweepReminders(deps())).toBe(1)
    expect(await sent()).toEqual(['chef@sante.example'])
    expect(await sweepReminders(deps())).toBe(0)
    onDay(21)
    expect(await sweepReminders(deps())).toBe(1)
    expect(await sent()).toEqual([])
    expect(await events(complaintId)).toEqual(['received', 'escalated_manager', 'escalated_ministry'])
  })

  it('of the review counts as a yes where the policy says so', async () => {
    const { complaintId } = await waiting('agent@sante.example')
    onDay(16)
    await sweepReminders(deps({ reviewSilence: 'admissible' }))
    const [row] = await open.db.sql`
      select c.status, r.outcome, r.reviewed_by from complaints c join rounds r on r.complaint_id = c.id where c.id = ${complaintId}`
    expect(row).toEqual({ status: 'admissible', outcome: 'admissible', reviewed_by: 'gateway' })
    expect(await events(complaintId)).toContain('admissible')
  })

  it('of the review stays open where the policy brings it up', async () => {
    const { complaintId } = await waiting()
    onDay(16)
    await sweepReminders(deps({ reviewSilence: 'escalate' }))
    const [row] = await open.db.sql`select status from complaints where id = ${complaintId}`
    expect(row?.['status']).toBe('formal_review')
  })

  it.each([-25, 25])('comes neither early nor twice for a clock that is %i hours off', async (hours) => {
    await waiting('agent@sante.example')
    onDay(8)
    now = new Date(now.getTime() + hours * 3600_000)
    expect(await sweepReminders(deps())).toBe(0)
    onDay(11)
    expect(await sweepReminders(deps())).toBe(1)
    now = new Date(now.getTime() + hours * 3600_000)
    expect(await sweepReminders(deps())).toBe(0)
  })
})
