import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { file, type Staff, signIn, uploadFile } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { processesUnder } from '../support/media.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

interface Received {
  readonly id: string
  readonly at: number
  readonly body: string
  readonly headers: Record<string, string>
}

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let gateway: GatewayProcess
let environment: Record<string, string>
let staff: Staff
let secret: string
const received: Received[] = []
/** What the receiver does with a request instead of answering 204. */
let answer: ((response: http.ServerResponse) => void) | undefined
const receiver = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const headers = request.headers as Record<string, string>
    const id = headers['webhook-id'] ?? ''
    received.push({ id, at: Date.now(), body: Buffer.concat(chunks).toString(), headers })
    if (answer) answer(response)
    else response.writeHead(204).end()
  })
})
let sink: Awaited<ReturnType<typeof startSmtpSink>>
/** Called when a mail has been taken, before the sender hears of it. */
let onMail: (() => 'hold' | undefined) | undefined

const SECONDS_OF_FILM = 40

beforeAll(async () => {
  folder = scratchFolder('at-work')
  database = await createTestDatabase(inject('postgresUrl'))
  db = openDatabase({ url: database.url, connections: 2 })
  sink = await startSmtpSink({ onTaken: () => onMail?.() })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'killed-at-work-killed-at-work-killed-at-work',
    PORT: String(await freePort()),
    SMTP_URL: sink.url,
    OUTBOUND_ALLOW: '127.0.0.0/8',
  }
  gateway = await startGatewayProcess(environment)
  staff = await signIn(gateway.base, environment)
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const { connectors } = await staff.putBody('SANTE', [{ type: 'webhook', url }])
  secret = connectors[0]?.secret ?? ''
})
afterAll(async () => {
  await gateway.end('SIGKILL')
  receiver.closeAllConnections()
  receiver.close()
  await sink.close()
  await db.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const film = (): Buffer => {
  const target = path.join(folder, 'film.mkv')
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=1280x720:r=25:d=${SECONDS_OF_FILM}`]
  execFileSync('ffmpeg', ['-v', 'error', ...source, '-c:v', 'mpeg4', '-q:v', '5', target])
  return fs.readFileSync(target)
}

const work = () => path.join(folder, 'data', 'work')
const jobFolders = () => fs.readdirSync(work()).filter((name) => name.startsWith('job-'))
const complaintState = async (reference: string) => {
  const [row] = await db.sql<
    { status: string; receipt: string; media: string | null; referral: string | null }[]
  >`
    select c.status, r.state as receipt, (select state from media_assets m where m.complaint_id = c.id) as media,
           (select state from referrals f where f.complaint_id = c.id) as referral
    from complaints c join receipts r on r.complaint_id = c.id where c.reference = ${reference}`
  return row
}
const aboutOf = ({ body }: Received) => (JSON.parse(body) as { data: { reference: string } }).data.reference

it('is killed with a mail taken, a dossier taken and a film half made: all three end well', async () => {
  const uploads = [await uploadFile(gateway.base, 'film.mkv', 'video/x-matroska', film())]
  let mailTaken = false
  onMail = () => {
    mailTaken = true
    // The sender never hears that the mail was taken.
    return 'hold'
  }
  answer = () => {}
  const filed = await file(gateway.base, 'killed-at-work', {
    uploads,
    contact: { email: 'citizen@example.org', name: 'A Citizen' },
  })
  await until('a transcode', async () => processesUnder(work()).length > 0)
  await until('mail and dossier taken', async () => mailTaken && received.length > 0)
  // Both were taken and nothing of it is noted: the narrowest place.
  expect(await complaintState(filed.reference)).toMatchObject({ receipt: 'due', referral: 'queued' })
  const tools = processesUnder(work())
  await gateway.end('SIGKILL')
  onMail = undefined
  answer = undefined
  await until(
    'the end of the tools',
    async () => tools.every((pid) => !fs.existsSync(`/proc/${pid}`)),
    10_000,
  )

  gateway = await startGatewayProcess(environment)
  const restarted = performance.now()
  await until('job folders swept', async () => jobFolders().length <= 1, 10_000)
  await until(
    'everything in its place',
    async () => {
      const state = await complaintState(filed.reference)
      return state?.receipt === 'sent' && state.media === 'ready' && state.referral === 'delivered'
    },
    150_000,
  )
  expect(performance.now() - restarted).toBeLessThan(120_000)
  await until('no tool and no folder left', async () => jobFolders().length === 0)
  expect(processesUnder(work())).toEqual([])

  const mails = sink.mails.filter(({ to }) => to.includes('citizen@example.org'))
  expect(mails.length).toBeGreaterThanOrEqual(1)
  expect(mails.length).toBeLessThanOrEqual(2)
  expect(new Set(mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])).size).toBe(1)

  const dossiers = received.filter(
    (one) => aboutOf(one) === filed.reference && one.body.includes('complaint.referred'),
  )
  expect(dossiers).toHaveLength(2)
  expect(new Set(dossiers.map(({ id }) => id)).size).toBe(1)
  for (const { body, headers } of dossiers)
    expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
  const [first, again] = dossiers
  expect(Number(again?.headers['webhook-timestamp'])).toBeGreaterThan(
    Number(first?.headers['webhook-timestamp']),
  )
}, 240_000)

it('tries a refused dossier again under its id, and says "delivered" only after a 2xx', async () => {
  received.length = 0
  answer = (response) => response.writeHead(503, { 'retry-after': '2' }).end()
  const filed = await file(gateway.base, 'busy-body')
  await until('a first try', async () => received.some((one) => aboutOf(one) === filed.reference))
  await until('a note of it', async () => {
    const { items } = await staff.call<{ items: { reference: string; code: string }[] }>(
      'GET',
      '/deliveries?state=failed',
    )
    return items.some(({ reference, code }) => reference === filed.reference && code === 'http_503')
  })
  expect(await complaintState(filed.reference)).toMatchObject({ referral: 'queued' })
  answer = undefined
  await until('delivery', async () => (await complaintState(filed.reference))?.referral === 'delivered')
  // The film of the test before may still be telling of itself.
  const tries = received.filter((one) => aboutOf(one) === filed.reference)
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1)
  expect(tries.length).toBeGreaterThan(1)
})

it('stops at 410, shows the dead letter, and redrives it after the body is put again', async () => {
  received.length = 0
  answer = (response) => response.writeHead(410).end()
  const filed = await file(gateway.base, 'gone-body')
  const dead = await until('a dead letter', async () => {
    const { items } = await staff.call<{ items: { id: string; reference: string; code: string }[] }>(
      'GET',
      '/deliveries?state=dead',
    )
    return items.find(({ reference }) => reference === filed.reference)
  })
  expect(dead.code).toBe('http_410')
  expect(await complaintState(filed.reference)).toMatchObject({ referral: 'queued' })
  // Nothing more goes there, and new complaints wait where a person sees them.
  const waiting = await file(gateway.base, 'gone-body-2')
  const tries = received.length
  answer = undefined
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  await staff.putBody('SANTE', [{ type: 'webhook', url }])
  await staff.call('POST', `/deliveries/${dead.id}/redrive`).catch(() => {})
  for (const { reference } of [filed, waiting])
    await until('delivery', async () => (await complaintState(reference))?.referral === 'delivered')
  expect(received.length).toBeGreaterThan(tries)
})

it('delivers to one body while another never answers', async () => {
  const hanging = http.createServer(() => {})
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/hook`
  await staff.putBody('JUSTICE', [{ type: 'webhook', url }])
  for (let i = 0; i < 20; i += 1) await file(gateway.base, `hanging-${i}`, { administration: 'JUSTICE' })
  const waits: number[] = []
  for (let i = 0; i < 20; i += 1) {
    const begun = Date.now()
    const { reference } = await file(gateway.base, `healthy-${i}`)
    await until('delivery', async () => received.some((one) => aboutOf(one) === reference))
    waits.push(Date.now() - begun)
  }
  expect(waits.toSorted((a, b) => a - b)[18]).toBeLessThan(5_000)
  hanging.closeAllConnections()
  hanging.close()
})
