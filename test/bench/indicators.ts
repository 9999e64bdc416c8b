import postgres from 'postgres'
import { openDatabase } from '../../src/db/client.ts'
import type { Actor } from '../../src/staff/rights.ts'
import type { Asked } from '../../src/supervision/asked-filters.ts'
import { readPublicStatistics } from '../../src/supervision/public-statistics.ts'
import { readBehind } from '../../src/supervision/read-behind.ts'
import { readDashboard } from '../../src/supervision/read-dashboard.ts'
import { type CountingDeps, refreshCells } from '../../src/supervision/refresh-cells.ts'
import type { AskedSelection } from '../../src/supervision/selection.ts'
import { median, report, round } from './report.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

/** A nation's year takes a million and a quarter of an hour to load; ratios say the same of a tenth in a minute. */
const COUNT = Number(process.env['BENCH_COMPLAINTS'] ?? 100_000)
const BODIES = 112
const TIMES = 9
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

/** Half of the times something took are shorter, in ms. */
const timed = async (run: () => Promise<unknown>): Promise<number> => {
  await run()
  const times: number[] = []
  for (let n = 0; n < TIMES; n += 1) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  return median(times)
}

const chief: Actor = { id: 'staff:bench', role: 'ministry-supervisor', administrationId: null }

/** What the pages ask, and the lists behind their numbers: of everybody, and of the largest body. */
const questions = async (deps: CountingDeps): Promise<Readonly<Record<string, () => Promise<unknown>>>> => {
  const [largest] = await deps.db.sql<{ id: string }[]>`
    select administration_id as id from indicator_sums group by 1 order by sum(received) desc limit 1`
  const manager: Actor = { id: 'staff:bench', role: 'manager', administrationId: largest?.id ?? null }
  const page = (actor: Actor, asked: Asked) => () => readDashboard(deps, actor, asked)
  const list = (actor: Actor, asked: Asked & AskedSelection) => () =>
    readBehind(deps, actor, { ...asked, page: 1 })
  return {
    'a year of everybody': page(chief, {}),
    'two years, all kinds': page(chief, { kind: 'all', from: '2024-11' }),
    'a year by voice': page(chief, { channel: 'voice' }),
    'a year of the largest body': page(manager, {}),
    'what anyone sees': () => readPublicStatistics(deps.db.sql),
    'list: received': list(chief, { measure: 'received' }),
    'list: two years, all kinds': list(chief, { measure: 'due_in_time', kind: 'all', from: '2024-11' }),
    'list: overdue by voice': list(chief, { measure: 'overdue', channel: 'voice' }),
    'list: a region': list(chief, { measure: 'due', dimension: 'region', value: 'MA-09' }),
    'list: waiting for 16 to 30 days': list(chief, { measure: 'waiting', days: '16-30' }),
    'list: of the largest body': list(manager, { measure: 'due_answered' }),
  }
}

/** The indicators from what is kept, each beside the same count from the facts. */
export const benchIndicators = (): Promise<void> =>
  withScratchPostgres(async ({ url, socketFolder }) => {
    const db = openDatabase({ url, connections: 8 })
    // The gateway's own client lets no statement be silent for minutes.
    const loading = postgres({
      host: socketFolder,
      user: 'wasl',
      database: 'wasl',
      max: 1,
      onnotice: () => {},
    })
    await generate(loading)
    const begun = performance.now()
    // It goes on from that day: how long a pass takes decides how much the next one counts.
    const clock = { now: () => new Date(NOW.getTime() + performance.now() - begun) }
    const deps = { db, clock, officeZone: 'Africa/Casablanca', origins: ['file'] as const }
    await refreshCells(deps)
    const counting = performance.now() - begun
    await loading`vacuum analyze`
    const reference = await timed(() => loading`select count(*) from complaints`)
    const facts = await timed(
      () => loading`
        select count(*) filter (where f.answered_in_time) from complaint_facts('Africa/Casablanca', '2026-11-21') f
        where f.kind = 'complaint' and f.received_at >= '2025-12-01'`,
    )
    report('indicators', { complaints: COUNT, countMs: round(reference), ratio: 1 })
    report('indicators: counting everything', { ms: round(counting), ratio: round(counting / reference) })
    report('indicators: a year from the facts', { ms: round(facts), ratio: round(facts / reference) })
    for (const [name, ask] of Object.entries(await questions(deps))) {
      const ms = await timed(ask)
      report(`indicators: ${name}`, {
        ms: round(ms),
        ratio: round(ms / reference),
        ofFacts: round(ms / facts, 3),
      })
    }
    await loading.end()
    await db.close()
  })
