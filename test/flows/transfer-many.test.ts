import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StaffRole } from '../../src/core/staff-role.ts'
import { returnToPool } from '../../src/deadlines/return-to-pool.ts'
import { createSendReminder } from '../../src/deadlines/send-reminder.ts'
import { reminderMail } from '../../src/html/reminder-mail.ts'
import { bulkTransfer, undoTransfer } from '../../src/staff/bulk-transfer.ts'
import { addNote, takeComplaint } from '../../src/staff/handle-complaint.ts'
import { inviteStaff } from '../../src/staff/members.ts'
import type { Actor } from '../../src/staff/rights.ts'
import { startHandlingHouse } from '../support/handling-house.ts'

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
const move = (who: string, references: readonly string[], administration = 'ONEE') =>
  bulkTransfer(house.base, person(who), { references, administration, reason: 'Compteurs' })
const holders = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await house.complaint(id))?.['administration']))

describe('many transfers at once', () => {
  it('move ten seconds later, each with its notice and counted; one that is over stops no other', async () => {
    const [first, second, over] = [await filed(), await filed(), await filed()]
    await house.act('SANTE.agent', over.reference, 'answer', { text: 'r' })
    const { done, failed } = await move('agent', [first.reference, second.reference, '0000000000'])
    expect([done, failed]).toEqual([2, ['0000000000']])
    await move('agent', [over.reference])
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
    const { undo } = await move('agent', [reference])
    await expect(undoTransfer(house.base, person('chief'), undo)).rejects.toMatchObject({ code: 'conflict' })
    await undoTransfer(house.base, person('agent'), undo)
    later(60_000)
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ administration: 'SANTE' })
    expect((await house.read('SANTE.agent', reference)).handling.transfers).toBe(0)
    expect(await house.events(complaintId)).not.toContain('transferred')
    const again = await move('agent', [reference])
    later(10_001)
    await house.relay.drain()
    await expect(undoTransfer(house.base, person('agent'), again.undo)).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('may be the ministry’s, which places as often as it must; another body’s meet nothing', async () => {
    const { complaintId, reference } = await filed()
    expect(await move('stranger', [reference])).toMatchObject({ done: 0, failed: [reference] })
    expect(await move('ministry', [reference], 'COMMUNE')).toMatchObject({ done: 1, failed: [] })
    later(10_001)
    await house.relay.drain()
    expect(await house.complaint(complaintId)).toMatchObject({ administration: 'COMMUNE' })
    await expect(move('agent', [reference], 'NOWHERE')).rejects.toMatchObject({
      code: 'administration_unknown',
    })
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
    const mails: string[] = []
    const send = createSendReminder({
      db: house.db,
      publicUrl: 'https://wasl.test',
      write: reminderMail,
      mailer: {
        send: async ({ to, text }) => {
          mails.push(`${to} ${text.includes('remise dans la file')}`)
          return { ok: true, providerId: '1' }
        },
        close: () => {},
      },
    })
    for (const { id, payload } of await house.db.sql<{ id: string; payload: never }[]>`
      select id, payload from outbox_messages where topic = 'reminder.send'`)
      await send(payload, { messageId: id, attempt: 1, signal: AbortSignal.timeout(1_000) })
    expect(mails).toEqual(['chief@desk.example true'])
  })
})
