import net from 'node:net'
import { sql as raw } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { pollUntil } from '../support/poll-until.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

let test: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
beforeAll(async () => {
  test = await createTestDatabase(inject('postgresUrl'))
  db = openDatabase({ url: test.url })
})
afterAll(async () => {
  await db.close()
  await test.drop()
})

const awkward = ['plain', '', 'NULL', 'a,b', '{x}', 'say "so"', 'back\\slash', 'line\nbreak', 'شكاية 🙂']

describe('arrays in raw statements', () => {
  it('come back as they went in', async () => {
    const id = '0190b5f2-7a3e-7c11-8f00-1234567890ab'
    const [row] =
      await db.sql`select ${awkward}::text[] as texts, ${[id]}::uuid[] as ids, ${[1, -2]}::int[] as ints,
      '{t,f}'::bool[] as flags, ${[]}::text[] as none, ${['x', null]}::text[] as holes`
    expect(row).toEqual({
      texts: awkward,
      ids: [id],
      ints: [1, -2],
      flags: [true, false],
      none: [],
      holes: ['x', null],
    })
  })

  it('select by any()', async () => {
    expect(await db.sql`select n from generate_series(1, 5) n where n = any(${[2, 4]})`).toEqual([
      { n: 2 },
      { n: 4 },
    ])
    expect(await db.sql`select t from unnest(${db.sql.array(['a', 'b'])}::text[]) t`).toHaveLength(2)
  })
})

it('carries arrays through the mapped tables too', async () => {
  const kept = pgTable('kept', { words: text('words').array().notNull() })
  await db.orm.execute(raw`create table kept (words text[] not null)`)
  const words = awkward.filter((word) => !word.includes('\\'))
  await db.orm.insert(kept).values({ words })
  expect(await db.orm.select().from(kept)).toEqual([{ words }])
  await db.orm.execute(raw`drop table kept`)
})

it('reports a server that dies right after the greeting to the caller, and to nobody else', async () => {
  const authenticated = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0])
  const ready = Buffer.from([90, 0, 0, 0, 5, 73])
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([authenticated, ready]))
      socket.once('data', () => socket.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const dying = openDatabase({ url: `postgres://wasl@127.0.0.1:${port}/wasl`, connections: 1 })
  // An unhandled rejection beside this one fails the run, as it would end the gateway.
  await expect(dying.sql`select 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  server.close()
  // Not awaited: after a lost connection postgres.js takes the whole five seconds it is given.
  void dying.close()
})

it('ends a transaction whose connection is lost between two statements, and goes on with a new one', async () => {
  const one = openDatabase({ url: test.url, connections: 1 })
  for (let round = 0; round < 5; round += 1) {
    const broken = one.orm.transaction(async (tx) => {
      const [row] = await tx.execute(raw`select pg_backend_pid() as pid`)
      await db.sql`select pg_terminate_backend(${row?.['pid'] as number})`
      await tx.execute(raw`select 1`)
    })
    await expect(broken).rejects.toThrow()
    const works = () =>
      one.orm.execute(raw`select 1`).then(
        () => true,
        () => false,
      )
    await pollUntil(works, 3_000)
  }
  await one.close()
})

it('loses no place to a connection that closes while a statement waits to be written', async () => {
  const { pathname, searchParams } = new URL(test.url)
  const proxy = await startTcpProxy({ path: `${searchParams.get('host')}/.s.PGSQL.5432` })
  const places = 16
  const pool = openDatabase({
    url: `postgres://wasl@127.0.0.1:${proxy.port}${pathname}`,
    connections: places,
  })
  const useAll = () => Promise.all(Array.from({ length: places }, () => pool.sql`select pg_sleep(0.1)`))
  await useAll()
  proxy.cut()
  // A statement on the next place at every slow turn of the loop: one of them comes just before its place closes.
  for (let turn = 0; turn < places; turn += 1) {
    for (const end = performance.now() + 2; performance.now() < end; );
    pool.sql`select 1`.catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
  }
  // A place that can write no more ends in the driver's connect time-out.
  await pollUntil(() => proxy.connections() === 0)
  await expect(useAll()).resolves.toHaveLength(places)
  await pool.close()
  await proxy.close()
})

it('keeps every place of both pools usable while connections break under load', async () => {
  const { pathname, searchParams } = new URL(test.url)
  const proxy = await startTcpProxy({ path: `${searchParams.get('host')}/.s.PGSQL.5432` })
  const pools = openDatabase({ url: `postgres://wasl@127.0.0.1:${proxy.port}${pathname}`, connections: 4 })
  const end = performance.now() + 2_000
  let worst = 0
  const hammer = async (ask: () => Promise<unknown>): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now()
      await ask().catch(() => new Promise((resolve) => setImmediate(resolve)))
      worst = Math.max(worst, performance.now() - begun)
    }
  }
  const cutting = setInterval(proxy.cut, 40)
  const single = () => pools.sql`select ${1}::int`
  const pair = () =>
    pools.orm.transaction(async (tx) => {
      await tx.execute(raw`select 1`)
      await tx.execute(raw`select 2`)
    })
  await Promise.all(Array.from({ length: 8 }, (_, i) => hammer(i % 2 ? single : pair)))
  clearInterval(cutting)
  // A place that is lost waits for the driver's connect time-out, five seconds.
  expect(worst).toBeLessThan(4_000)
  await pollUntil(
    () =>
      single().then(
        () => true,
        () => false,
      ),
    3_000,
  )
  const all = Array.from({ length: 4 }, () => [
    pools.sql`select pg_sleep(0.1)`,
    pools.orm.execute(raw`select pg_sleep(0.1)`),
  ])
  await Promise.all(all.flat())
  await pools.close()
  await proxy.close()
})
