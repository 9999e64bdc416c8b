import fs from 'node:fs'
import postgres from 'postgres'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { countInbox, INBOX_VIEWS, type InboxFilters, readInbox } from '../../src/staff/inbox.ts'
import { columns, joins, listComplaints } from '../../src/staff/list-complaints.ts'
import { type Actor, behindWall, mayDo, scopeOf } from '../../src/staff/rights.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

/** What the desk's list is read from: three years of a nation. */
const COUNT = Number(process.env['BENCH_COMPLAINTS'] ?? 1_000_000)
const BODIES = 200
const TIMES = 40
const PAGE = 50
const NOW = new Date('2026-11-21T10:00:00Z')

/** A fifth waits, at bodies of very unequal size; the rest is answered or closed. */
const generate = async (sql: postgres.Sql): Promise<void> => {
  await sql`insert into administrations (id, code, names, created_at, updated_at)
    select gen_random_uuid(), 'B' || n, '{"fr": "Administration"}', ${NOW}, ${NOW} from generate_series(1, ${BODIES}) n`
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`create temp table body on commit drop as select id, row_number() over () as nth from administrations`
    await tx`
      create temp table made on commit drop as
      select gen_random_uuid() as id, n, floor(${BODIES} * power(random(), 3))::int + 1 as body,
             ${NOW}::timestamptz - random() * interval '3 years' as at, random() as chance, random() as way,
             random() as chance2, random() as chance3
      from generate_series(1, ${COUNT}) n order by at`
    await tx`
      insert into complaints (id, reference, access_code_hash, kind, status, channel, language, text, anonymous, administration_id,
                              received_at, updated_at, due_at)
      select made.id, lpad(n::text, 10, '0'), '', 'complaint',
             case when chance < 0.004 then 'triage' when chance < 0.05 then 'formal_review' when chance < 0.2 then 'in_progress'
                  when chance < 0.6 then 'answered' else 'closed' end,
             case when way < 0.6 then 'web' when way < 0.8 then 'sms' when way < 0.96 then 'email' else 'voice' end,
             case when chance2 < 0.5 then 'ar' else 'fr' end,
             -- Words that half of all have, that some have, and that hardly any has.
             case when chance2 < 0.5 then repeat('الشباك مغلق منذ أسبوعين ولا أحد يجيب على الهاتف. ', 4) || 'الملف موضوع'
                  else repeat('Le guichet est fermé depuis deux semaines. ', 4) || 'Dossier sujet' end || floor(10000 * power(chance3, 3)),
             false, body.id,
             at, at, case when chance < 0.2 then date_trunc('day', ${NOW}::timestamptz) + floor(random() * 90 - 15) * interval '1 day' end
      from made join body on body.nth = made.body order by at`
    await tx`
      insert into deadlines (complaint_id, round, kind, due_on, due_at, policy_version, met_at)
      select id, 1, due.kind, coalesce(due_at, received_at)::date, coalesce(due_at, received_at), 1, case when due_at is null then received_at end
      from complaints, unnest(array['review', 'answer']) due (kind)`
    await tx`
      insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at, filed_at)
      select gen_random_uuid(), id, 1, administration_id, 'delivered', received_at, received_at, received_at from complaints`
    // One in twenty came by another body, which triggers would note.
    await tx`
      insert into referrals (id, complaint_id, round, administration_id, state, created_at, updated_at, filed_at, handed_on)
      select gen_random_uuid(), made.id, 1, body.id, 'transferred', at, at, at, true
      from made join body on body.nth = made.body % ${BODIES} + 1 where made.n % 20 = 0`
    await tx`
      insert into complainants (complaint_id, name, phone)
      select id, (array['Fatima', 'Mohamed', 'زينب', 'Youssef', 'خديجة', 'Rachid'])[1 + n % 6] || ' Nom' || n % 7001, '+2126' || lpad(n::text, 8, '0')
      from made`
    await tx`
      insert into complaint_words (complaint_id, filed_in, received_at, words)
      select c.id, c.language, c.received_at, complaint_vector(c) from complaints c order by c.received_at`
  })
  await sql`vacuum analyze complaints, complaint_words, complainants, deadlines, referrals`
}

/** What the bench asks, as people do: by role, the filters of the list, or a search. */
type Ask = readonly [
  name: string,
  who: 'ministry' | 'manager' | 'largest' | 'smallest',
  filters: Partial<InboxFilters> & { q?: string },
]
const LISTS: readonly Ask[] = [
  ...INBOX_VIEWS.map((view): Ask => [view, 'ministry', { view }]),
  ['triage', 'ministry', { state: 'triage' }],
  ['with the office, by voice', 'ministry', { state: 'with_office', channel: 'voice' }],
  ['by voice', 'ministry', { channel: 'voice' }],
  ['in Arabic, late', 'ministry', { view: 'late', language: 'ar' }],
  ['a channel nobody used', 'ministry', { channel: 'counter' }],
  ['a kind nobody filed', 'ministry', { kind: 'suggestion' }],
  ['a language nobody wrote', 'ministry', { language: 'en', view: 'unread' }],
  ['a state nothing is in', 'ministry', { state: 'answer_in_approval' }],
  ['one body', 'ministry', { administration: 'B1' }],
  ['one body, a channel nobody used', 'ministry', { administration: 'B1', channel: 'counter' }],
  ['open', 'largest', {}],
  ['unassigned by voice', 'largest', { view: 'unassigned', channel: 'voice' }],
  ['a channel nobody used', 'largest', { channel: 'counter' }],
  ['mine', 'largest', { view: 'mine' }],
  ['open', 'smallest', {}],
]
const SEARCHES: readonly Ask[] = [
  ['newest', 'ministry', {}],
  ['newest', 'largest', {}],
  ['answered', 'ministry', { state: 'answered' }],
  ['a channel nobody used', 'ministry', { channel: 'open311' }],
  ['closed, by voice', 'smallest', { state: 'closed', channel: 'voice' }],
  ...(['ministry', 'largest', 'smallest'] as const).flatMap((who): readonly Ask[] => [
    ['half of all, French', who, { q: 'guichet fermé' }],
    ['half of all, Arabic', who, { q: 'الشباك' }],
    ['a word of some', who, { q: 'sujet12' }],
    ['a rare word, Arabic', who, { q: 'موضوع9871' }],
    ['no such word', who, { q: 'dromadaire' }],
    ['a frequent word, a rare state', who, { q: 'guichet', state: 'triage' }],
    ['a frequent word, a channel nobody used', who, { q: 'guichet', channel: 'counter' }],
    ['a frequent word, nothing left', who, { q: 'guichet', language: 'ar' }],
    ['a reference', who, { q: '0000000017' }],
  ]),
  ['a name of many', 'ministry', { q: 'mohamed' }],
  ['one person', 'ministry', { q: 'زينب Nom4711' }],
  ['a number', 'ministry', { q: '06 00 12 34 56' }],
  ['a name of many', 'manager', { q: 'mohamed' }],
  ['a number of another body', 'manager', { q: '06 00 12 34 56' }],
]

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0

const timesOf = async (run: () => Promise<unknown>): Promise<readonly number[]> => {
  await run()
  const times: number[] = []
  for (let n = 0; n < TIMES; n += 1) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)
}

const round = (ms: number) => Math.round(ms * 10) / 10

const TICK_MS = 10

/** What a process of this machine has computed so far, in ms; nothing where there is no /proc. */
const computed = (pid: number): number => {
  const file = `/proc/${pid}/stat`
  if (!fs.existsSync(file)) return 0
  const fields = fs.readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/**
 * Writes how long something takes, what PostgreSQL computes for it (all that counts on a machine with other work), and how often as long as the reference, which is what a page costs whose rows are known. */
const measureAgainst =
  (reference: readonly number[], pid: number) =>
  async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const before = computed(pid)
    const times = await timesOf(run)
    const cpu = (computed(pid) - before) / (TIMES + 1)
    const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)]
    const ratio = round(p50 / quantile(reference, 0.5))
    process.stdout.write(
      `${JSON.stringify({ name, complaints: COUNT, p50: round(p50), p95: round(p95), cpu: round(cpu), ratio })}\n`,
    )
  }

const actorsOf = async (db: Database): Promise<Record<Ask[1], Actor>> => {
  const [big, small] = await db.sql<{ id: string }[]>`
    (select administration_id as id from complaints where due_at is not null group by 1 order by count(*) desc limit 1)
    union all (select administration_id from complaints where due_at is not null group by 1 order by count(*) limit 1)`
  const at = (role: Actor['role'], body?: { id: string }): Actor => ({
    id: `staff:${newUuidV7()}`,
    role,
    administrationId: body?.id ?? null,
  })
  return {
    ministry: at('ministry-supervisor'),
    manager: at('manager', big),
    largest: at('agent', big),
    smallest: at('agent', small),
  }
}

/** Rows that are known by their ids, read behind the wall as a list reads them: no list can cost less. */
const readKnown = async (db: Database, actor: Actor): Promise<() => Promise<unknown>> => {
  const rows = await db.sql<{ id: string }[]>`select id from complaints where due_at is not null limit 50`
  const ids = rows.map(({ id }) => id)
  const scope = await scopeOf(db.sql, actor)
  return () =>
    behindWall(
      db.sql,
      scope,
      (sql) =>
        sql`select ${columns(sql, NOW)} from complaints c ${joins(sql)} where c.id = any(${ids}::uuid[])`,
    )
}

/** Asks everything of a database that holds the million. */
export const measureInbox = async (db: Database): Promise<void> => {
  const deps = { db, clock: { now: () => NOW }, officeZone: 'Africa/Casablanca' }
  const actors = await actorsOf(db)
  const [backend] = await db.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const measured = measureAgainst(await timesOf(await readKnown(db, actors.ministry)), backend?.pid ?? 0)
  for (const [name, who, filters] of LISTS)
    await measured(`${who}: ${name}`, () =>
      readInbox(deps, actors[who], { view: 'open', limit: PAGE, ...filters }),
    )
  let deep: InboxFilters = { view: 'open', limit: PAGE }
  for (let n = 1; n < 100; n += 1) {
    const { next } = await readInbox(deps, actors.ministry, deep)
    if (next !== null) deep = { ...deep, cursor: next }
  }
  await measured('ministry: page 100', () => readInbox(deps, actors.ministry, deep))
  for (const who of ['ministry', 'largest', 'smallest'] as const)
    await measured(`${who}: counters`, () => countInbox(deps, actors[who]))
  for (const [name, who, filters] of SEARCHES)
    await measured(`${who}: search, ${name}`, () =>
      listComplaints(
        deps,
        actors[who],
        { limit: PAGE, ...filters },
        mayDo(actors[who], 'complaint.find_person'),
      ),
    )
}

/** The list of the desk over a nation's complaints. */
export const benchInbox = (): Promise<void> =>
  withScratchPostgres(async ({ url, socketFolder }) => {
    const db = openDatabase({ url, connections: 1 })
    // The gateway's own client lets no statement be silent for minutes.
    const loading = postgres({
      host: socketFolder,
      user: 'wasl',
      database: 'wasl',
      max: 1,
      onnotice: () => {},
    })
    await generate(loading)
    await loading.end()
    await measureInbox(db)
    await db.close()
  })
