import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { type Filed, file, signIn, uploadFile, wasl } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startSimulatedProvider } from '../support/simulated-provider.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

/** Words that stand nowhere but in what this person said or is called. */
const MARKS = ['Zouhairqaf', 'zouhairqaf@exemple.ma', '612349876', 'pantouflard']
const PHONE = '+212612349876'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let gateway: GatewayProcess
let environment: Record<string, string>
let provider: Awaited<ReturnType<typeof startSimulatedProvider>>
let sink: Awaited<ReturnType<typeof startSmtpSink>>
let filed: Filed
let other: Filed

beforeAll(async () => {
  folder = scratchFolder('personal-data')
  database = await createTestDatabase(inject('postgresUrl'))
  db = openDatabase({ url: database.url, connections: 2 })
  sink = await startSmtpSink()
  const port = await freePort()
  provider = await startSimulatedProvider({ publicUrl: `http://127.0.0.1:${port}` })
  environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'personal-data-personal-data-personal-data',
    PORT: String(port),
    SMTP_URL: sink.url,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    ...provider.environment,
  }
  gateway = await startGatewayProcess(environment)
  const staff = await signIn(gateway.base, environment)
  await staff.putBody('SANTE', [{ type: 'email', address: 'sante@exemple.ma' }])
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  await provider.stop()
  await sink.close()
  await db.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const tables = async (): Promise<string[]> => {
  const rows = await db.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`
  return rows.map(({ name }) => name)
}

/** Where a mark still stands: in a row's text or in its bytes, of the whole database, or in a file under DATA_DIR. */
const traces = async (): Promise<string[]> => {
  const found: string[] = []
  for (const table of await tables())
    for (const mark of MARKS) {
      const hex = Buffer.from(mark).toString('hex')
      const [row] = await db.sql<{ rows: number }[]>`
        select count(*)::int as rows from ${db.sql(table)} t
        where t::text ilike ${`%${mark}%`} or t::text like ${`%${hex}%`}`
      if (row && row.rows > 0) found.push(`${table}: ${mark}`)
    }
  for (const entry of fs.readdirSync(environment['DATA_DIR']!, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = fs.readFileSync(path.join(entry.parentPath, entry.name))
    for (const mark of MARKS) if (bytes.includes(mark)) found.push(`${entry.name}: ${mark}`)
  }
  return found
}

it('files by the API with a file, and by SMS, as two people', async () => {
  const text = Buffer.from('Le pantouflard de Zouhairqaf dort au guichet.')
  const upload = await uploadFile(gateway.base, 'Zouhairqaf.txt', 'text/plain', text)
  filed = await file(gateway.base, 'person', {
    text: 'Le pantouflard du guichet dort.',
    uploads: [upload],
    contact: { name: 'Zouhairqaf Amina', email: 'zouhairqaf@exemple.ma', phone: PHONE, preferred: 'sms' },
  })
  other = await file(gateway.base, 'other', {
    text: 'Le guichet est fermé.',
    contact: { name: 'Karim', email: 'karim@exemple.ma' },
  })
  await provider.exchange.write({
    line: 'sms',
    phone: PHONE,
    text: 'Le pantouflard dort encore au guichet 4.',
    files: [],
  })
  await until('the text is filed', async () => {
    const [row] = await db.sql`select from complaints where channel = 'sms'`
    return row !== undefined
  })
  await until('nothing waits', async () => {
    const [row] = await db.sql`
      select from outbox_messages where settled_at is null and dead_at is null and due_at < now() + interval '5 seconds'`
    return row === undefined
  })
  expect((await traces()).length).toBeGreaterThan(8)
})

it('exports everything that is held, files bit for bit', async () => {
  const out = path.join(folder, 'amina')
  const { code, stdout } = await wasl(environment, 'export', '--phone', PHONE, '--out', out, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rows: { complaints: 2, submissions: 2 }, missing: [] })
  const person = JSON.parse(fs.readFileSync(path.join(out, 'person.json'), 'utf8'))
  expect(person.complainants.map(({ name }: { name: string }) => name)).toContain('Zouhairqaf Amina')
  expect(JSON.stringify(person)).not.toContain('Karim')
  const contents = fs
    .readdirSync(path.join(out, 'files'))
    .map((name) => fs.readFileSync(path.join(out, 'files', name), 'utf8'))
  expect(contents).toContain('Le pantouflard de Zouhairqaf dort au guichet.')
  expect((await wasl(environment, 'export', '--phone', PHONE, '--out', out)).code).toBe(2)
})

it('erases nothing under a legal hold, and says so', async () => {
  const { reference } = filed
  expect((await wasl(environment, 'hold', '--reference', reference, '--reason', 'TPI 2026/114')).code).toBe(0)
  const before = await traces()
  const refused = await wasl(environment, 'erase', '--phone', PHONE, '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.stdout)).toEqual({ outcome: 'held', references: [reference] })
  expect(await traces()).toEqual(before)
  expect((await wasl(environment, 'hold', '--reference', reference, '--lift')).code).toBe(0)
})

it('erases a person everywhere, tells the body, and keeps what is counted', async () => {
  const dry = await wasl(environment, 'erase', '--phone', PHONE, '--dry-run', '--json')
  expect(JSON.parse(dry.stdout).complaints).toContain(filed.reference)
  expect((await traces()).length).toBeGreaterThan(8)

  const { code, stdout } = await wasl(environment, 'erase', '--phone', PHONE, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'erased', complaints: expect.any(Array) })
  expect(await traces()).toEqual([])

  const [kept] = await db.sql`
    select status, closed_reason, erased_at is not null as erased from complaints where reference = ${filed.reference}`
  expect(kept).toEqual({ status: 'closed', closed_reason: 'withdrawn', erased: true })
  const ledger = JSON.parse((await wasl(environment, 'ledger', '--json')).stdout) as { created: number }[]
  expect(ledger.reduce((sum, { created }) => sum + created, 0)).toBe(3)
  expect(await wasl(environment, 'reconcile', '--json')).toMatchObject({ code: 0 })
  expect(await wasl(environment, 'audit', 'verify', '--json')).toMatchObject({ code: 0 })

  const verify = await fetch(`${gateway.base}/verify/${filed.reference}`)
  expect(verify.status).toBe(200)
  const tracked = await fetch(`${gateway.base}/api/v1/complaints/${filed.reference}`, {
    headers: { 'access-code': filed.accessCode },
  })
  expect(tracked.status).toBe(404)
  const untouched = await fetch(`${gateway.base}/api/v1/complaints/${other.reference}`, {
    headers: { 'access-code': other.accessCode },
  })
  expect(untouched.status).toBe(200)
})

it('finds nothing more the second time', async () => {
  const { code, stdout } = await wasl(
    environment,
    'export',
    '--phone',
    PHONE,
    '--out',
    path.join(folder, 'b'),
    '--json',
  )
  expect([code, JSON.parse(stdout).rows]).toEqual([0, {}])
})
