import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Sql } from '../../src/db/client.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { seedAdministrations } from '../../src/seed/administrations.ts'
import { behindWall, hasSecondWall, scopeOf } from '../../src/staff/rights.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
const bodies: Record<string, string> = {}
const filed: Record<string, string> = {}

beforeAll(async () => {
  open = await openTestDatabase()
  const { sql } = open.db
  await seedAdministrations({ db: open.db, clock: { now: () => new Date(0) }, newId: newUuidV7 })
  const { accept } = await acceptanceOver(open.db)
  for (const code of ['SANTE', 'ONEE']) {
    const [row] = await sql`select id from administrations where code = ${code}`
    bodies[code] = row?.['id']
    for (const origin of ['file', 'practice']) {
      const media = [
        {
          id: newUuidV7(),
          name: 'a.ogg',
          declaredType: 'audio/ogg',
          bytes: 3,
          sha256: 'ab',
          objectKey: newUuidV7(),
        },
      ]
      const { complaintId } = await accept(
        submissionOf({ text: `chameau ${code}`, media, contact: { name: 'Amina' } }),
      )
      filed[`${code}.${origin}`] = complaintId
      await sql`update complaints set origin = ${origin} where id = ${complaintId}`
      await sql`insert into referrals (id, complaint_id, round, administration_id, created_at, updated_at)
                values (${newUuidV7()}, ${complaintId}, 1, ${bodies[code] ?? ''}, now(), now())`
    }
  }
})
afterAll(() => open.close())

const actor = (role: 'agent' | 'trainee' | 'auditor', code?: string) => ({
  id: 'staff:x',
  role,
  administrationId: code === undefined ? null : (bodies[code] ?? ''),
})
const behind = async <T>(who: ReturnType<typeof actor>, read: (sql: Sql) => Promise<T>) =>
  behindWall(open.db.sql, await scopeOf(open.db.sql, who), read)

/** The tables a page reads, each by the column that says whose row it is. */
const TABLES = [
  ['complaints', 'id'],
  ['submissions', 'complaint_id'],
  ['rounds', 'complaint_id'],
  ['deadlines', 'complaint_id'],
  ['media_assets', 'complaint_id'],
  ['receipts', 'complaint_id'],
  ['referrals', 'complaint_id'],
  ['complaint_events', 'complaint_id'],
  ['outbox_messages', 'complaint_id'],
] as const

describe('the wall in the database: queries that forgot their condition', () => {
  it.each([
    ['an agent', actor.bind(null, 'agent', 'SANTE'), ['SANTE.file']],
    ['an agent of another body', actor.bind(null, 'agent', 'ONEE'), ['ONEE.file']],
    ['a trainee', actor.bind(null, 'trainee', 'SANTE'), ['SANTE.practice']],
    ['an auditor of the ministry', actor.bind(null, 'auditor', undefined), ['SANTE.file', 'ONEE.file']],
    ['an agent without a body', actor.bind(null, 'agent', undefined), []],
  ])('%s sees what is theirs in every table', async (_, who, expected) => {
    for (const [table, column] of TABLES) {
      const rows = await behind(
        who(),
        (sql) => sql<{ id: string }[]>`select distinct ${sql(column)} as id from ${sql(table)}`,
      )
      expect(rows.map(({ id }) => id).toSorted(), table).toEqual(
        expected.map((name) => filed[name] ?? '').toSorted(),
      )
    }
  })

  it('counts and searches no further', async () => {
    const [count] = await behind(
      actor('agent', 'SANTE'),
      (sql) => sql`select count(*)::int as n from complaints`,
    )
    expect(count?.['n']).toBe(1)
    const hits = await behind(
      actor('agent', 'SANTE'),
      (sql) => sql`select c.id from desk_search('chameau') h join complaints c on c.id = h.complaint_id`,
    )
    expect(hits.map((row) => row['id'])).toEqual([filed['SANTE.file']])
  })

  it.each([
    ['the words of everybody', 'select words from complaint_words'],
    ['who complains', 'select name from complainants'],
    ['a password', 'select password_hash from staff_members'],
    ['the audit', 'select * from audit_entries'],
    ['a change', "update complaints set text = ''"],
  ])('gives no way to %s', async (_, statement) => {
    await expect(behind(actor('auditor'), (sql) => sql.unsafe(statement))).rejects.toThrow(
      /permission denied|read-only/,
    )
  })

  it('leaves the connection as it was', async () => {
    await behind(actor('agent', 'SANTE'), (sql) => sql`select 1`)
    const roles = await Promise.all(Array.from({ length: 10 }, () => open.db.sql`select current_user as who`))
    expect(new Set(roles.map(([row]) => row?.['who']))).toEqual(new Set(['wasl']))
  })
})

it('leaves the first wall standing on a server where its role could not be made, and says so', async () => {
  const name = `plain_${process.pid}`
  await open.db.sql.unsafe(`create role ${name} login`)
  await open.db.sql.unsafe(`create database ${name} owner ${name}`)
  const url = new URL(open.url)
  url.username = name
  url.pathname = `/${name}`
  await migrateDatabase(url.href)
  const plain = openDatabase({ url: url.href, connections: 1 })
  try {
    expect(await hasSecondWall(plain.sql)).toBe(false)
    expect(await hasSecondWall(open.db.sql)).toBe(true)
    const scope = { bodies: 'everything', practice: false } as const
    const [row] = await behindWall(plain.sql, scope, (sql) => sql`select count(*)::int as n from complaints`)
    expect(row).toEqual({ n: 0 })
  } finally {
    await plain.close()
    await open.db.sql.unsafe(`drop database ${name}`)
    await open.db.sql.unsafe(`drop role ${name}`)
  }
})
