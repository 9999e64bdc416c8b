import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/client.ts'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'

const FILINGS = 200
const KILLS = 4

let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  folder = scratchFolder('kill')
  environment = { DATA_DIR: path.join(folder, 'data'), PORT: String(await freePort()) }
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Filed {
  readonly reference: string
  readonly accessCode: string
}

/** Files under one key until an answer comes, as a client does whose connection breaks. */
const fileUntilAnswered = (base: string, key: string): Promise<Filed> =>
  until(
    `an answer to ${key}`,
    async () => {
      const response = await fetch(`${base}/api/v1/submissions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ kind: 'complaint', text: `Filing ${key}`, administration: 'SANTE' }),
        signal: AbortSignal.timeout(10_000),
      })
      return response.ok ? ((await response.json()) as Filed) : undefined
    },
    120_000,
  )

const killPostgres = (dataDir: string): void => {
  const pid = Number(fs.readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

it('keeps every answered filing once, whole, when the gateway and PostgreSQL are killed', async () => {
  let gateway: GatewayProcess = await startGatewayProcess(environment)
  const base = gateway.base
  const answered = new Map<string, Filed>()
  let next = 0
  const hand = async () => {
    for (let i = next++; i < FILINGS; i = next++) {
      const key = `kill-${i}`
      answered.set(key, await fileUntilAnswered(base, key))
    }
  }
  const filing = Promise.all(Array.from({ length: 8 }, hand))
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const share = (FILINGS * kill) / (KILLS + 1)
    await until('some filings', async () => answered.size >= share)
    if (kill % 2 === 0) killPostgres(environment['DATA_DIR'] ?? '')
    else {
      await gateway.end('SIGKILL')
      gateway = await startGatewayProcess(environment)
    }
  }
  await filing
  expect(answered.size).toBe(FILINGS)
  // Asked once more, each key gives what it gave.
  for (const [key, first] of [...answered].slice(0, 20))
    expect(await fileUntilAnswered(base, key)).toEqual(first)

  const server = await startEmbeddedPostgres(path.join(environment['DATA_DIR'] ?? '', 'postgres'))
  const db = openDatabase({ url: server.url })
  const whole = await until(
    'every filing referred',
    async () => {
      const rows = await db.sql<
        {
          external_id: string
          reference: string
          receipts: number
          deadlines: number
          referrals: number
          ledger: number
        }[]
      >`
      select s.external_id, c.reference,
             (select count(*)::int from receipts r where r.complaint_id = c.id) as receipts,
             (select count(*)::int from deadlines d where d.complaint_id = c.id) as deadlines,
             (select count(*)::int from referrals r where r.complaint_id = c.id) as referrals,
             (select count(*)::int from ledger_entries l where l.complaint_id = c.id and l.outcome = 'created') as ledger
      from submissions s join complaints c on c.id = s.complaint_id where s.external_id like 'kill-%'`
      return rows.every(({ referrals }) => referrals > 0) && rows
    },
    150_000,
  )
  await db.close()
  await server.stop()
  await gateway.end('SIGTERM')

  expect(whole).toHaveLength(FILINGS)
  for (const row of whole) {
    expect(row).toMatchObject({ receipts: 1, deadlines: 2, referrals: 1, ledger: 1 })
    expect(answered.get(row.external_id)?.reference).toBe(row.reference)
  }
}, 400_000)
