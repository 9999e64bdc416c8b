import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/platform/system-clock.ts'
import { appendAudit, verifyChain } from '../../src/staff/audit.ts'
import { openTestDatabase } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  open = await openTestDatabase()
})
afterAll(() => open.close())

const write = (tenant: string, n: number) =>
  open.db.orm.transaction((tx) =>
    appendAudit(tx, { clock: systemClock }, tenant, {
      actor: 'staff:x',
      action: 'complaint.read',
      subject: `${n}`,
      facts: { z: 1, a: { c: n, b: ['x'] } },
    }),
  )

/** Changes a row behind the triggers' back, as an intruder who owns the database would. */
const tamper = (statement: string) =>
  open.db.sql.begin(async (sql) => {
    await sql`alter table audit_entries disable trigger user`
    await sql.unsafe(statement)
    await sql`alter table audit_entries enable trigger user`
  })

it('does not fork at twenty parallel writes, and tenants do not share a chain', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => Promise.all([write('a', n), write('b', n)])))
  for (const tenant of ['a', 'b'])
    expect(await verifyChain(open.db, tenant)).toMatchObject({ entries: 20, brokenAt: undefined })
})

it.each(['update audit_entries set actor = $$me$$', 'delete from audit_entries', 'truncate audit_entries'])(
  'refuses: %s',
  async (statement) => {
    await expect(open.db.sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
  },
)

it.each([
  ['an edit', "update audit_entries set facts = '{}' where tenant = 'edit' and number = 3", 3],
  ['a deletion', "delete from audit_entries where tenant = 'delete' and number = 3", 4],
])('finds %s', async (_, statement, brokenAt) => {
  const tenant = statement.includes("'edit'") ? 'edit' : 'delete'
  for (let n = 1; n <= 5; n += 1) await write(tenant, n)
  await tamper(statement)
  expect(await verifyChain(open.db, tenant)).toMatchObject({ brokenAt })
})

it('finds a truncation and a full rewrite by the anchor kept outside', async () => {
  for (let n = 1; n <= 3; n += 1) await write('cut', n)
  const anchor = await verifyChain(open.db, 'cut')
  expect(await verifyChain(open.db, 'cut', anchor)).toMatchObject({ anchored: true })
  await write('cut', 4)
  expect(await verifyChain(open.db, 'cut', anchor)).toMatchObject({ anchored: true, entries: 4 })

  await tamper("delete from audit_entries where tenant = 'cut' and number >= 3")
  expect(await verifyChain(open.db, 'cut')).toMatchObject({ brokenAt: undefined, entries: 2 })
  expect(await verifyChain(open.db, 'cut', anchor)).toMatchObject({ anchored: false })

  await tamper("delete from audit_entries where tenant = 'cut'")
  for (let n = 1; n <= 3; n += 1) await write('cut', n + 10)
  expect(await verifyChain(open.db, 'cut', anchor)).toMatchObject({ brokenAt: undefined, anchored: false })
})
