import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { postFiling, signIn } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
} from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
const replicas: GatewayProcess[] = []
const environments: Record<string, string>[] = []

beforeAll(async () => {
  folder = scratchFolder('rolling')
  database = await createTestDatabase(inject('postgresUrl'))
  db = openDatabase({ url: database.url, connections: 2 })
  for (let i = 0; i < 2; i += 1)
    environments.push({
      DATA_DIR: path.join(folder, 'data'),
      DATABASE_URL: database.url,
      SECRET_KEY: 'rolling-restart-rolling-restart-rolling',
      PORT: String(await freePort()),
    })
  // Together, on an empty database: the migrations wait for each other.
  replicas.push(...(await Promise.all(environments.map((environment) => startGatewayProcess(environment)))))
  await (await signIn(replicas[0]!.base, environments[0]!)).putBody('SANTE')
})
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.end('SIGTERM')))
  await db.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const isRefused = (error: unknown): boolean =>
  error instanceof Error && ((error as { code?: unknown }).code === 'ECONNREFUSED' || isRefused(error.cause))

/** As a balancer does: the next replica only when this one takes no connection; any other failure counts. */
const fileAtEither = async (key: string, first: number): Promise<number> => {
  for (const i of [first, 1 - first])
    try {
      return (await postFiling(replicas[i]!.base, key)).status
    } catch (error) {
      if (!isRefused(error)) throw error
    }
  throw new Error('no replica')
}

it('restarts one replica after the other under load: no request fails, nothing is lost, each stops in time', async () => {
  let running = true
  let filed = 0
  const statuses: number[] = []
  const load = (async () => {
    const all: Promise<unknown>[] = []
    for (; running; filed += 1) {
      all.push(fileAtEither(`rolling-${filed}`, filed % 2).then((status) => statuses.push(status)))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await Promise.all(all)
  })()
  for (const i of [0, 1]) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const begun = performance.now()
    expect(await replicas[i]!.end('SIGTERM')).toBe(0)
    expect(performance.now() - begun).toBeLessThan(30_000)
    replicas[i] = await startGatewayProcess(environments[i]!)
  }
  running = false
  await load
  expect(statuses).toEqual(Array(filed).fill(201))
  const [row] = await db.sql`select count(*)::int as kept from submissions where external_id like 'rolling-%'`
  expect(row?.['kept']).toBe(filed)
}, 120_000)
