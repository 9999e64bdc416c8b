import fs from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { file, postFiling, signIn } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startTcpProxy, type TcpProxy, type Way } from '../support/tcp-proxy.ts'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let proxy: TcpProxy
let gateway: GatewayProcess
let environment: Record<string, string>

/** A filing is answered within this whatever the database does: a webhook's sender waits 15 s. Others may take longer. */
const FILING_MS = 15_000
const ANSWER_MS = 25_000
const RECOVERY_MS = 30_000

beforeAll(async () => {
  folder = scratchFolder('away')
  database = await createTestDatabase(inject('postgresUrl'))
  db = openDatabase({ url: database.url, connections: 2 })
  const url = new URL(database.url)
  proxy = await startTcpProxy({ path: path.join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432') })
  environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: `postgres://wasl@127.0.0.1:${proxy.port}${url.pathname}`,
    SECRET_KEY: 'database-away-database-away-database-away',
    PORT: String(await freePort()),
  }
  // Closed at the start: it waits, and comes up by itself.
  proxy.set('refused')
  const starting = startGatewayProcess(environment)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  proxy.set('open')
  gateway = await starting
  await (await signIn(gateway.base, environment)).putBody('SANTE')
})
afterEach(() => proxy.set('open'))
afterAll(async () => {
  expect(await gateway.end('SIGTERM')).toBe(0)
  await proxy.close()
  await db.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const timed = async (ask: () => Promise<Response>): Promise<{ status: number; ms: number }> => {
  const begun = performance.now()
  const { status } = await ask()
  return { status, ms: performance.now() - begun }
}
const get = (where: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.base}${where}`, { headers, signal: AbortSignal.timeout(40_000) })

// 'stalled' ends as 'mute' does, only without the statement having run.
const WAYS: readonly Way[] = ['refused', 'mute']

it.each(WAYS)(
  'answers in time while PostgreSQL is %s, and recovers by itself',
  async (way) => {
    const before = await file(gateway.base, `${way}-before`)
    proxy.set(way)
    const probes = await Promise.all([
      ...Array.from({ length: 5 }, (_, i) => timed(() => postFiling(gateway.base, `${way}-${i}`))),
      timed(() => get(`/api/v1/complaints/${before.reference}`, { 'access-code': before.accessCode })),
      timed(() => get('/api/v1/administrations')),
      timed(() => get('/readyz')),
    ])
    for (const [i, { status, ms }] of probes.entries()) {
      expect(status).toBe(503)
      expect(ms).toBeLessThan(i < 5 ? FILING_MS : ANSWER_MS)
    }
    const alive = await timed(() => get('/healthz'))
    expect(alive.status).toBe(200)
    expect(alive.ms).toBeLessThan(1_000)

    proxy.set('open')
    const back = performance.now()
    await until('a filing', () => file(gateway.base, `${way}-after`), RECOVERY_MS)
    await until('readiness', async () => (await get('/readyz')).ok, RECOVERY_MS)
    expect(performance.now() - back).toBeLessThan(RECOVERY_MS)
    // What was refused is filed once by its repeats, whether or not the first try had come through.
    for (let i = 0; i < 5; i += 1) await file(gateway.base, `${way}-${i}`)
    const [row] = await db.sql`
    select count(*)::int as filed from submissions where external_id like ${`${way}-%`}`
    expect(row?.['filed']).toBe(7)
  },
  120_000,
)

it('keeps filing whole while connections are ended at random', async () => {
  const SECONDS = 10
  const waits: number[] = []
  let refused = 0
  const end = performance.now() + SECONDS * 1000
  const killing = (async () => {
    while (performance.now() < end) {
      await db.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'wasl' and pid <> all (
          select pid from pg_stat_activity where query like '%pg_terminate_backend%')
        order by random() limit 1`.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })()
  const filings: Promise<true>[] = []
  let filed = 0
  for (let i = 0; performance.now() < end; i += 1) {
    const key = `ended-${i}`
    filings.push(
      until(`an answer to ${key}`, async () => {
        const { status, ms } = await timed(() => postFiling(gateway.base, key))
        waits.push(ms)
        if (status >= 300) refused += 1
        return status < 300
      }),
    )
    filed += 1
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await killing
  await Promise.all(filings)
  expect(Math.max(...waits)).toBeLessThan(FILING_MS)
  // A filing is tried again over another connection, so that hardly any sender hears of it.
  expect(refused).toBeLessThan(filed / 10)
  const rows = await until(
    'all referred',
    async () => {
      const found = await db.sql<
        { receipts: number; deadlines: number; referrals: number; waiting: number }[]
      >`
        select (select count(*)::int from receipts r where r.complaint_id = s.complaint_id) as receipts,
               (select count(*)::int from deadlines d where d.complaint_id = s.complaint_id) as deadlines,
               (select count(*)::int from referrals r where r.complaint_id = s.complaint_id) as referrals,
               (select count(*)::int from outbox_messages o
                 where o.complaint_id = s.complaint_id and settled_at is null) as waiting
        from submissions s where external_id like 'ended-%'`
      return found.every(({ waiting }) => waiting === 0) && found
    },
    100_000,
  )
  expect(rows).toHaveLength(filed)
  for (const row of rows) expect(row).toMatchObject({ receipts: 1, deadlines: 2, referrals: 1 })
}, 180_000)
