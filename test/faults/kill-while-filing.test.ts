import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { type Filed, file, postFiling, signIn } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'

const FILINGS = 200
/** In turn the gateway and PostgreSQL, each at a moment nobody chose. */
const KILLS = 4
const HANDS = 8

let folder: string
let postgres: EmbeddedPostgres
let db: Database
let environment: Record<string, string>
let gateway: GatewayProcess

beforeAll(async () => {
  folder = scratchFolder('kill')
  // With fsync, as in earnest; restarted when it dies, as an operator's supervisor does.
  postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'))
  db = openDatabase({ url: postgres.url })
  environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: postgres.url,
    SECRET_KEY: 'kill-while-filing-kill-while-filing',
    PORT: String(await freePort()),
  }
  gateway = await startGatewayProcess(environment)
  await (await signIn(gateway.base, environment)).putBody('SANTE')
})
afterAll(async () => {
  await gateway.end('SIGKILL')
  await db.close()
  await postgres.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Files under one key until an answer comes, as a client does whose connection breaks. */
const fileUntilAnswered = (key: string): Promise<Filed> =>
  until(`an answer to ${key}`, () => file(gateway.base, key), 60_000)

const killPostgres = (): void => {
  const pidFile = path.join(folder, 'postgres', 'postmaster.pid')
  process.kill(Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL')
}

const restartGateway = async (): Promise<void> => {
  await gateway.end('SIGKILL')
  gateway = await startGatewayProcess(environment)
}

interface Kept {
  readonly external_id: string
  readonly reference: string
  readonly receipts: number
  readonly deadlines: number
  readonly rounds: number
  readonly referrals: number
  readonly created: number
  readonly waiting: number
}

const kept = () => db.sql<Kept[]>`
  select s.external_id, c.reference,
         (select count(*)::int from receipts r where r.complaint_id = c.id and r.state = 'sent') as receipts,
         (select count(*)::int from deadlines d where d.complaint_id = c.id) as deadlines,
         (select count(*)::int from rounds r where r.complaint_id = c.id) as rounds,
         (select count(*)::int from referrals r where r.complaint_id = c.id) as referrals,
         (select count(*)::int from ledger_entries l where l.complaint_id = c.id and l.outcome = 'created') as created,
         (select count(*)::int from outbox_messages o where o.complaint_id = c.id and o.settled_at is null) as waiting
  from submissions s join complaints c on c.id = s.complaint_id where s.external_id like 'kill-%'`

it('keeps every answered filing once, whole, when the gateway and PostgreSQL are killed', async () => {
  const answered = new Map<string, Filed>()
  let next = 0
  const hand = async () => {
    for (let i = next++; i < FILINGS; i = next++)
      answered.set(`kill-${i}`, await fileUntilAnswered(`kill-${i}`))
  }
  const filing = Promise.all(Array.from({ length: HANDS }, hand))
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const share = (FILINGS * kill) / (KILLS + 1)
    await until('some filings', async () => answered.size >= share)
    await (kill % 2 === 0 ? killPostgres() : restartGateway())
  }
  await filing
  for (const [key, first] of [...answered].slice(0, 20)) expect(await fileUntilAnswered(key)).toEqual(first)

  const whole = await until(
    'every filing referred',
    async () => {
      const rows = await kept()
      return rows.every(({ waiting }) => waiting === 0) && rows
    },
    // What a killed gateway held is taken over within two minutes.
    120_000,
  )
  expect(whole).toHaveLength(FILINGS)
  for (const row of whole) {
    expect(row).toMatchObject({ receipts: 1, deadlines: 2, rounds: 1, referrals: 1, created: 1 })
    expect(answered.get(row.external_id)?.reference).toBe(row.reference)
  }
  // Nothing beside them either: no complaint without its submission, no ledger entry without its complaint.
  const [counts] = await db.sql`
    select (select count(*)::int from complaints) as complaints, (select count(*)::int from submissions) as submissions,
           (select count(*)::int from ledger_entries) as ledger, (select count(*)::int from receipts) as receipts`
  expect(counts).toEqual({
    complaints: FILINGS,
    submissions: FILINGS,
    ledger: FILINGS,
    receipts: FILINGS,
  })
}, 240_000)

it('gives twenty simultaneous copies one complaint and equal answers', async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => postFiling(gateway.base, 'copies')))
  expect(responses.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201])
  const answers = await Promise.all(responses.map((response) => response.text()))
  expect(new Set(answers).size).toBe(1)
  const [row] = await db.sql`
    select (select count(*)::int from submissions where external_id = 'copies') as submissions,
           (select count(*)::int from receipts r join submissions s using (complaint_id) where external_id = 'copies') as receipts`
  expect(row).toEqual({ submissions: 1, receipts: 1 })
})
