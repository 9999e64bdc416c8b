import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StaffRole } from '../../src/core/staff-role.ts'
import { returnToPool } from '../../src/deadlines/return-to-pool.ts'
import { createSendReminder } from '../../src/deadlines/send-reminder.ts'
import { reminderMail } from '../../src/html/reminder-mail.ts'
import { addNote, takeComplaint } from '../../src/staff/handle-complaint.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import type { Actor } from '../../src/staff/rights.ts'
import { startHandlingHouse } from '../support/handling-house.ts'
import { keepMail } from '../support/kept-mail.ts'

const BEGIN = new Date('2026-11-20T10:00:00Z')
let now = BEGIN
const later = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
const DAY_MS = 86_400_000

let house: Awaited<ReturnType<typeof startHandlingHouse>>
const people = new Map<string, Actor>()

beforeAll(async () => {
  house = await startHandlingHouse(['SANTE', 'ONEE', 'COMMUNE'], { now: () => now })
  for (const [name, role, administrationCode] of [
    ['agent', 'agent', 'SANTE'],
    ['chief', 'manager', 'SANTE'],
    ['ministry', 'ministry-supervisor', undefined],
    ['stranger', 'agent', 'ONEE'],
  ] as const) {
    const email = `${name}@desk.example`
    await inviteStaff(house.base, { email, role, ...(administrationCode ? { administrationCode } : {}) })
    const [row] = await house.db.sql<{ id: string; body: string | null; role: StaffRole }[]>`
      update staff_members set enrolled_at = now() where email = ${email} returning id, administration_id as body, role`
    if (row) people.set(name, { id: `staff:${row.id}`, role: row.role, administrationId: row.body })
  }
})
afterAll(() => house.close())

const person = (name: string): Actor => people.get(name) as Actor
const filed = () => house.filed('SANTE', { receivedAt: now })
const many = async (who: string, deed: string, said: object) => {
  const answer = await house.send(who, 'POST', `/api/v1/staff/inbox/${deed}`, said)
  return answer.payload === '' ? answer.statusCode : answer.json()
}
const move = (who: string, references: readonly string[], administration = 'ONEE') =>
  many(who, 'transfer', { references, administration, reason: 'Compteurs' })
const holders = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await house.complaint(id))?.['administration']))

describe('many transfers at once', () => {
  it('move ten seconds later, each with its notice and counted; one that is over stops no other', async () => {
    const [first, second, over] = [await filed(), await filed(), await filed()]
    const marked = [first.reference, first.reference, second.reference, '0000000000']
    const { done, failed } = await move('SANTE.agent', marked)
    expect([done, failed]).toEqual([2, ['0000000000']])
    // Answered within the ten seconds: it stays. Answered before, or with that body already: it is said at once.
    expect(await move('SANTE.agent', [over.reference])).toMatchObject({ done: 1 })
    await house.act('SANTE.agent', over.reference, 'answer', { text: 'r' })
    for (const target of ['ONEE', 'SANTE'])
      expect(await move('SANTE.agent', [over.reference], target)).toMatchObject({ failed: [over.reference] })
    expect(await move('SANTE.agent', [first.reference], 'SANTE')).toMatchObject({ failed: [first.reference] })
    await house.relay.drain()
    expect(await holders([first.complaintId, second.complaintId])).toEqual(['SANTE', 'SANTE'])
    expect(await house.notices(first.complaintId)).toEqual([])
    later(10_001)
    await house.relay.drain()
    expect(await holders([first.complaintId, second.complaintId, over.complaintId])).toEqual([
      'ONEE',
      'ONEE',
      'SANTE',
    ])
    expect(await house.notices(first.complaintId)).toEqual(['routed'])
    expect((await house.read('ONEE.agent', first.reference)).handling.transfers).toBe(1)
    expect(await house.events(over.complaintId)).toContain('transfer_dropped')
  })

  it('are undone as if nothing had been, by the same person and in time', async () => {
    const { complaintId, reference } = await filed()
    const { undo } = await move('SANTE.agent', [reference])
    for (const who of ['SANTE.manager', 'ministry-supervisor', 'ONEE.agent'])
      expect(await many(who, 'transfer/undo', { undo })).toMatchObject({ code: 'conflict' })
    expect(await many('SANTE.agent', 'transfer/undo', { undo })).toBe(204)
    later(60_000)
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ administration: 'SANTE' })
    expect((await house.read('SANTE.agent', reference)).handling.transfers).toBe(0)
    expect(await house.events(complaintId)).not.toContain('transferred')
    const again = await move('SANTE.agent', [reference])
    later(10_001)
    await house.relay.drain()
    expect(await many('SANTE.agent', 'transfer/undo', { undo: again.undo })).toMatchObject({
      code: 'conflict',
    })
  })

  it('may be the ministry’s, which places as often as it must; another body’s meet nothing', async () => {
    const { complaintId, reference } = await filed()
    expect(await move('ONEE.agent', [reference])).toMatchObject({ done: 0, failed: [reference] })
    expect(await move('ministry-supervisor', [reference], 'COMMUNE')).toMatchObject({ done: 1, failed: [] })
    later(10_001)
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ administration: 'COMMUNE' })
    expect(await move('SANTE.agent', [reference], 'NOWHERE')).toMatchObject({
      code: 'administration_unknown',
    })
    for (const wrong of [
      { references: [] },
      { references: Array(51).fill(reference) },
      { references: [reference] },
    ])
      expect(await many('SANTE.agent', 'transfer', { administration: 'ONEE', ...wrong })).toMatchObject({
        code: 'validation',
      })
  })
})

describe('many given to one person at once', () => {
  const assignees = async (ids: readonly string[]) =>
    (
      await house.db.sql`select m.email from complaints c left join staff_members m on m.id = c.assignee_id
        where c.id = any(${ids as string[]}::uuid[]) order by c.received_at, c.id`
    ).map(({ email }) => email)

  it('is a manager’s act, and is taken back as it was', async () => {
    const [first, second, theirs] = [
      await filed(),
      await filed(),
      await house.filed('ONEE', { receivedAt: now }),
    ]
    const ids = [first.complaintId, second.complaintId].toSorted()
    const references = [first.reference, second.reference, theirs.reference]
    const to = person('agent').id.slice('staff:'.length)
    expect(await many('SANTE.agent', 'assign', { references, to })).toMatchObject({ code: 'forbidden' })
    const { undo, ...given } = await many('SANTE.manager', 'assign', { references, to })
    expect(given).toEqual({ done: 2, failed: [theirs.reference] })
    expect(await assignees(ids)).toEqual(['agent@desk.example', 'agent@desk.example'])
    expect(await many('ONEE.manager', 'assign/undo', { undo })).toMatchObject({ code: 'conflict' })
    expect(await many('SANTE.manager', 'assign/undo', { undo })).toBe(204)
    expect(await assignees(ids)).toEqual([null, null])
    const chief = person('chief').id.slice('staff:'.length)
    const shared = await many('SANTE.manager', 'assign', { references: [...references, ...references], to })
    expect(shared).toMatchObject({ done: 2 })
    await house.act('SANTE.manager', first.reference, 'assign', { to: chief })
    expect(await many('SANTE.manager', 'assign/undo', { undo: shared.undo })).toBe(204)
    // What somebody gave on since stays where it was given.
    expect((await assignees(ids)).toSorted()).toEqual(['chief@desk.example', null])
    const late = await many('SANTE.manager', 'assign', { references, to })
    later(60_000)
    expect(await many('SANTE.manager', 'assign/undo', { undo: late.undo })).toMatchObject({
      code: 'conflict',
    })
    expect(await many('SANTE.manager', 'assign', { references, to: null })).toMatchObject({ done: 2 })
  })
})

describe('what its official leaves lying (G52)', () => {
  const rules = { policy: {} as never, holidays: new Set(['2026-11-24']) }
  const sweep = () => returnToPool({ ...house.base, absentDays: 3, rules })
  const assignee = async (complaintId: string) =>
    (
      await house.db.sql`select m.email from complaints c left join staff_members m on m.id = c.assignee_id
        where c.id = ${complaintId}`
    )[0]?.['email'] ?? null

  it('goes back to the pool after so many working days, once, and the managers are told', async () => {
    now = BEGIN
    const [idle, busy, waits] = [await filed(), await filed(), await filed()]
    for (const { reference } of [idle, busy, waits])
      await takeComplaint(house.base, person('agent'), { reference })
    await house.act('SANTE.agent', waits.reference, 'ask', { question: 'Quand ?' })
    // Friday 20; Saturday, Sunday and the holiday of Tuesday are not counted: Monday 23, Wednesday 25, Thursday 26.
    now = new Date('2026-11-26T10:00:00Z')
    await addNote(house.base, person('agent'), { reference: busy.reference, text: 'Appelé.' })
    expect(await sweep()).toBe(0)
    now = new Date(now.getTime() + DAY_MS)
    const swept = await Promise.all([sweep(), sweep()])
    expect(swept[0] + swept[1]).toBe(1)
    expect([
      await assignee(idle.complaintId),
      await assignee(busy.complaintId),
      await assignee(waits.complaintId),
    ]).toEqual([null, 'agent@desk.example', 'agent@desk.example'])
    const { mails, mailer } = keepMail()
    const send = createSendReminder({
      db: house.db,
      publicUrl: 'https://wasl.test',
      write: reminderMail,
      mailer,
    })
    for (const { id, payload } of await house.db.sql<{ id: string; payload: never }[]>`
      select id, payload from outbox_messages where topic = 'reminder.send'`)
      await send(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(1_000) })
    expect(mails).toMatchObject([
      { to: 'chief@desk.example', text: expect.stringContaining('remise dans la file') },
    ])
  })
})
