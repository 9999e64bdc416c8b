import postgres from 'postgres'
import { openDatabase } from '../../src/db/client.ts'
import { readBreakdown, readCounts, readDays, readGroups } from '../../src/supervision/read-counts.ts'
import { refreshCells } from '../../src/supervision/refresh-cells.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

/** `node test/bench/indicators.ts [complaints]`: a nation's indicators from the kept sums and from the facts; JSON lines on stdout. */
const COUNT = Number(process.argv[2] ?? 1_000_000)
const BODIES = 112
const TIMES = 20
const NOW = new Date('2026-11-21T10:00:00Z')

/** Two years of filings at bodies of very unequal size; nine in ten answered, within four months. */
const generate = async (sql: postgres.Sql): Promise<void> => {
  await sql`insert into administrations (id, code, names, created_at, updated_at)
    select gen_random_uuid(), 'B' || n, '{"fr": "Administration"}', ${NOW}, ${NOW} from generate_series(1, ${BODIES}) n`
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`create temp table body on commit drop as select id, row_number() over () as nth from administrations`
    await tx`
      create temp table made on commit drop as
      select *, uuidv7(at - clock_timestamp()) as id, at + days * interval '1 day' as answered from (
        select n, floor(${BODIES} * power(random(), 2))::int + 1 as body, floor(5 + 110 * random() * random()) as days,
               ${NOW}::timestamptz - random() * interval '2 years' as at, random() as chance, random() as way, random() as tongue
        from generate_series(1, ${COUNT}) n) m order by at`
    await tx`
      insert into complaints (id, reference, access_code_hash, kind, status, channel, language, text, anonymous, administration_id, place,
                              received_at, updated_at)
      select made.id, lpad(n::text, 10, '0'), '', case when chance < 0.82 then 'complaint' when chance < 0.92 then 'observation' else 'suggestion' end,
             case when tongue < 0.9 and answered < ${NOW} then 'answered' else 'in_progress' end,
             (array['web', 'email', 'sms', 'whatsapp', 'voice', 'desk'])[1 + floor(6 * way * way)],
             (array['ar', 'fr', 'en'])[1 + floor(3 * way * chance)], '', false, body.id,
             (array['Fès', 'Casablanca', 'Agadir', 'Oujda', null])[1 + floor(5 * way)], at, at
      from made join body on body.nth = made.body`
    await tx`
      insert into rounds (complaint_id, number, opened_at, reviewed_at, outcome, answered_at, answer_outcome, satisfied)
      select id, 1, at, at + interval '5 days', 'admissible', case when tongue < 0.9 and answered < ${NOW} then answered end, 'granted', way < 0.5 from made`
    await tx`
      insert into deadlines (complaint_id, round, kind, due_on, due_at, policy_version)
      select id, 1, due.kind, (at + due.days * interval '1 day')::date, date_trunc('day', at) + (due.days + 1) * interval '1 day', 1
      from made, (values ('review', 15), ('answer', 75)) due (kind, days)`
  })
  await sql`insert into stale_cells (administration_id, received_at)
    select distinct administration_id, date_trunc('month', received_at) + interval '12 hours' from complaints`
  await sql`vacuum analyze complaints, rounds, deadlines`
}

const line = (facts: object) => process.stdout.write(`${JSON.stringify(facts)}\n`)
const round = (ms: number) => Math.round(ms * 10) / 10

const measured = async (name: string, run: () => Promise<unknown>): Promise<void> => {
  await run()
  const times: number[] = []
  for (let n = 0; n < TIMES; n += 1) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  line({ name, complaints: COUNT, p50: round(times[TIMES / 2] ?? 0), p95: round(times[TIMES - 2] ?? 0) })
}

await withScratchPostgres(async ({ url, socketFolder }) => {
  const db = openDatabase({ url, connections: 4 })
  const loading = postgres({ host: socketFolder, user: 'wasl', database: 'wasl', max: 1, onnotice: () => {} })
  await generate(loading)
  const begun = performance.now()
  // It goes on from that day: how long a pass takes decides how much the next one counts.
  const clock = { now: () => new Date(NOW.getTime() + performance.now() - begun) }
  const deps = { db, clock, officeZone: 'Africa/Casablanca', origins: ['file'] as const }
  const start = performance.now()
  const groups = await refreshCells(deps)
  line({ name: 'counting everything', groups, ms: round(performance.now() - start) })
  await loading`vacuum analyze indicator_cells, indicator_breakdowns`
  const [size] =
    await db.sql`select count(*)::int as cells, pg_total_relation_size('indicator_cells') / 1024 / 1024 as mb,
    (select count(*)::int from indicator_breakdowns) as breakdowns from indicator_cells`
  line({ name: 'size', ...size })
  const year = { from: '2025-11-01', until: '2026-10-01', bodies: 'everything' } as const
  const all = { ...year, from: '2024-11-01', until: '2026-11-01' } as const
  const kind = { ...year, kind: 'complaint' } as const
  await measured('sums of a year', () => readCounts(db.sql, kind))
  await measured('sums of a year by month', () => readGroups(db.sql, kind, 'month'))
  await measured('sums of a year by body', () => readGroups(db.sql, kind, 'administration'))
  await measured('time to answer of a year', () => readDays(db.sql, kind))
  await measured('time to answer of a year, by voice', () => readDays(db.sql, { ...kind, channel: 'voice' }))
  await measured('time to answer of everything', () => readDays(db.sql, all))
  await measured('sums of everything', () => readCounts(db.sql, all))
  await measured('regions of a year', () => readBreakdown(db.sql, kind, 'region'))
  await db.sql`insert into stale_cells (administration_id, received_at) select administration_id, received_at from complaints limit 100`
  const again = performance.now()
  await refreshCells(deps)
  line({ name: 'counting what a hundred filings touched', ms: round(performance.now() - again) })
  const [slow] =
    await loading.unsafe(`explain (analyze, format json) select count(*) filter (where f.answered_in_time)
    from complaint_facts('Africa/Casablanca', '2026-11-21') f where f.kind = 'complaint'`)
  line({ name: 'the same from the facts', ms: round(slow?.['QUERY PLAN'][0]['Execution Time'] ?? 0) })
  await loading.end()
  await db.close()
})
