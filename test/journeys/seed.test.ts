import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STATUSES } from '../../src/core/complaint.ts'
import { parseReference } from '../../src/core/reference.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { BODIES } from '../../src/seed/bodies.ts'
import { seedComplaints } from '../../src/seed/complaints.ts'
import { seedStaff } from '../../src/seed/staff.ts'
import { acceptanceOver, openTestDatabase, submissionOf, testSecrets } from '../support/acceptance.ts'

const NOW = new Date('2026-11-21T10:00:00Z')

const depsOver = (open: Awaited<ReturnType<typeof openTestDatabase>>) => ({
  db: open.db,
  clock: { now: () => NOW },
  newId: newUuidV7,
  secrets: testSecrets,
  officeZone: 'Africa/Casablanca',
  besideFilings: false,
})

/** One number over everything that was written and repeats. */
const printOf = async ({ db: { sql } }: Awaited<ReturnType<typeof openTestDatabase>>) => {
  const [row] = await sql`
    select md5(string_agg(concat(c.id, reference, kind, status, text, received_at, c.round, a.code), '' order by c.id)) as print
    from complaints c left join administrations a on a.id = c.administration_id`
  return row?.['print']
}

let open: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  open = await openTestDatabase()
  await seedAdministrations(depsOver(open))
  await seedComplaints(depsOver(open))
  await seedStaff(depsOver(open))
})
afterAll(() => open.close())

const count = async (condition: string): Promise<number> =>
  Number((await open.db.sql.unsafe(`select count(*) as n from ${condition}`))[0]?.['n'])

describe('the demo', () => {
  it('has the bodies with their tree, and National Defence outside', async () => {
    expect(await count('administrations')).toBe(BODIES.length)
    expect(await count('administrations where parent_id is null')).toBeGreaterThanOrEqual(13)
    expect(await count("administrations where outside_ground = 'national_defence'")).toBe(1)
    expect(await count("administrations where code = 'SANTE'")).toBe(1)
  })

  it('has 2,000 complaints over 14 months, in every state, kind, language and number of rounds', async () => {
    expect(await count("complaints where origin = 'seed'")).toBe(2000)
    const [span] = await open.db
      .sql`select min(received_at) as first, max(received_at) as last from complaints`
    expect(NOW.getTime() - span?.['first'].getTime()).toBeGreaterThan(400 * 86_400_000)
    expect(span?.['last'].getTime()).toBeLessThanOrEqual(NOW.getTime())
    for (const status of Object.keys(STATUSES).filter((one) => one !== 'received'))
      expect(await count(`complaints where status = '${status}'`), status).toBeGreaterThan(0)
    for (const reason of ['satisfied', 'silent', 'withdrawn', 'inadmissible'])
      expect(await count(`complaints where closed_reason = '${reason}'`), reason).toBeGreaterThan(10)
    for (const language of ['ar', 'fr', 'en'])
      expect(await count(`complaints where language = '${language}'`)).toBeGreaterThan(50)
    expect(await count('complaints where round > 1')).toBeGreaterThan(50)
    expect(await count('deadlines where met_at is null and due_at < $$2026-11-21$$')).toBeGreaterThan(20)
  })

  it('holds together: references, rounds, dates, order of events, nothing in the future', async () => {
    for (const { reference } of await open.db.sql`select reference from complaints`)
      expect(parseReference(reference).ok).toBe(true)
    expect(
      await count('complaints c where round <> (select count(*) from rounds r where r.complaint_id = c.id)'),
    ).toBe(0)
    expect(await count('rounds where answered_at < reviewed_at or reviewed_at < opened_at')).toBe(0)
    expect(await count("complaint_events where at > '2026-11-21T10:00:00Z'")).toBe(0)
    expect(await count("complaints where status = 'answered' and administration_id is null")).toBe(0)
    expect(await count("complaints where text like '%{%'")).toBe(0)
    expect(await count("referrals where state = 'queued'")).toBe(0)
    expect(await count('outbox_messages')).toBe(0)
    expect(await count('ledger_entries')).toBe(0)
    expect(await count('complaint_words')).toBe(2000)
  })

  it('has forty officials whom nobody can sign in as, and who have what is in progress', async () => {
    expect(await count('staff_members')).toBe(40)
    expect(await count('staff_members where password_hash is not null or enrolled_at is not null')).toBe(0)
    expect(
      await count("staff_members where role in ('manager', 'agent') and administration_id is null"),
    ).toBe(0)
    expect(await count("complaints where status = 'in_progress' and assignee_id is null")).toBe(0)
    expect(
      await count('(select distinct assignee_id from complaints where assignee_id is not null) who'),
    ).toBeGreaterThan(12)
    expect(await count("complaints where assignee_id is not null and status <> 'in_progress'")).toBe(0)
  })

  it('changes nothing the second time, and repeats itself elsewhere', async () => {
    expect(await seedAdministrations(depsOver(open))).toEqual({ created: 0 })
    expect(await seedComplaints(depsOver(open))).toEqual({ created: 0 })
    expect(await seedStaff(depsOver(open))).toEqual({ created: 0 })
    const other = await openTestDatabase()
    await seedAdministrations(depsOver(other))
    await seedComplaints(depsOver(other))
    expect(await printOf(other)).toBe(await printOf(open))
    await other.close()
  })

  it('leaves a database with real complaints alone', async () => {
    const other = await openTestDatabase()
    await seedAdministrations(depsOver(other))
    const { accept } = await acceptanceOver(other.db)
    await accept(submissionOf())
    await expect(seedComplaints(depsOver(other))).rejects.toMatchObject({ code: 'conflict' })
    expect(await seedComplaints({ ...depsOver(other), besideFilings: true })).toEqual({ created: 2000 })
    await other.close()
  })
})
