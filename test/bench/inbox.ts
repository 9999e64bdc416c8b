import postgres from 'postgres'
import { openDatabase } from '../../src/db/client.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { countInbox, type InboxFilters, readInbox } from '../../src/staff/inbox.ts'
import { listComplaints } from '../../src/staff/list-complaints.ts'
import type { Actor } from '../../src/staff/rights.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

/** What the desk's list is read from: three years of a nation. */
const COUNT = 1_000_000
const BODIES = 200
const TIMES = 40
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
             ${NOW}::timestamptz - random() * interval '3 years' as at, random() as chance, random() as way
      from generate_series(1, ${COUNT}) n`
    await tx`
      insert into complaints (id, reference, access_code_hash, kind, status, channel, language, text, anonymous, administration_id,
                              received_at, updated_at, due_at)
      select made.id, lpad(n::text, 10, '0'), '', 'complaint',
             case when chance < 0.004 then 'triage' when chance < 0.05 then 'formal_review' when chance < 0.2 then 'in_progress'
                  when chance < 0.6 then 'answered' else 'closed' end,
             case when way < 0.6 then 'web' when way < 0.8 then 'sms' when way < 0.96 then 'email' else 'voice' end,
             case when way < 0.5 then 'ar' else 'fr' end, repeat('Le guichet est fermé depuis deux semaines. ', 4), false, body.id,
             at, at, case when chance < 0.2 then date_trunc('day', ${NOW}::timestamptz) + floor(random() * 90 - 15) * interval '1 day' end
      from made join body on body.nth = made.body`
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
    await tx`insert into complaint_words (complaint_id, received_at, words)
      select id, received_at, complaint_vector(text, received_at) from complaints limit 0`
  })
  await sql`vacuum analyze complaints, deadlines, referrals`
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0

const measured = async (name: string, run: () => Promise<unknown>): Promise<void> => {
  await run()
  const times: number[] = []
  for (let n = 0; n < TIMES; n += 1) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const round = (ms: number) => Math.round(ms * 10) / 10
  const line = {
    name,
    complaints: COUNT,
    p50: round(quantile(times, 0.5)),
    p95: round(quantile(times, 0.95)),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** The list of the desk over a nation's complaints, and the plan of a body's list behind the wall. */
export const benchInbox = (): Promise<void> =>
  withScratchPostgres(async ({ url, socketFolder }) => {
    const db = openDatabase({ url, connections: 4 })
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
    const deps = { db, clock: { now: () => NOW }, officeZone: 'Africa/Casablanca' }
    const [big, small] = await db.sql<{ id: string }[]>`
    (select administration_id as id from complaints where due_at is not null group by 1 order by count(*) desc limit 1)
    union all (select administration_id from complaints where due_at is not null group by 1 order by count(*) limit 1)`
    const [chief, first, last]: Actor[] = [
      { id: `staff:${newUuidV7()}`, role: 'ministry-supervisor', administrationId: null },
      { id: `staff:${newUuidV7()}`, role: 'agent', administrationId: big?.id ?? '' },
      { id: `staff:${newUuidV7()}`, role: 'agent', administrationId: small?.id ?? '' },
    ]
    const page = { view: 'open', limit: 50 } as const
    const cases: [string, Actor | undefined, InboxFilters][] = [
      ['ministry: open', chief, page],
      ['ministry: late', chief, { ...page, view: 'late' }],
      ['ministry: triage', chief, { ...page, state: 'triage' }],
      ['ministry: by voice', chief, { ...page, channel: 'voice' }],
      ['ministry: unread', chief, { ...page, view: 'unread' }],
      ['largest body: open', first, page],
      ['largest body: unassigned by voice', first, { ...page, view: 'unassigned', channel: 'voice' }],
      ['smallest body: open', last, page],
    ]
    for (const [name, actor, filters] of cases)
      if (actor) await measured(name, () => readInbox(deps, actor, filters))
    if (chief && first) {
      let deep: InboxFilters = page
      for (let n = 1; n < 100; n += 1) {
        const { next } = await readInbox(deps, chief, deep)
        if (next !== null) deep = { ...page, cursor: next }
      }
      await measured('ministry: page 100', () => readInbox(deps, chief, deep))
      await measured('ministry: counters', () => countInbox(deps, chief))
      await measured('largest body: counters', () => countInbox(deps, first))
      await measured('ministry: one reference', () =>
        listComplaints(deps, chief, { q: '0000000017', limit: 1 }),
      )
      await measured('largest body: newest', () => listComplaints(deps, first, { limit: 50 }))
    }
    const plan = await db.sql.begin(async (tx) => {
      await tx`select set_config('wasl.scope', 'bodies', true), set_config('wasl.bodies', ${first?.administrationId ?? ''}, true),
                    set_config('wasl.practice', '', true), set_config('role', 'wasl_desk', true)`
      return tx`explain (analyze, costs off, timing off, summary off) select c.id from complaints c
      where c.administration_id = ${first?.administrationId ?? ''} and c.due_at is not null and (c.origin = 'practice') = false
      order by c.due_at, c.id limit 51`
    })
    process.stdout.write(`${JSON.stringify({ plan: plan.map((row) => row['QUERY PLAN']) })}\n`)
    await db.close()
  })
