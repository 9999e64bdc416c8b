import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { sampleVoice } from '../../src/simulator/phone/sample-voice.ts'
import { wasl } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
  until,
} from '../support/gateway-process.ts'
import { type SimulatedProvider, startSimulatedProvider } from '../support/simulated-provider.ts'

/**
 * P01, P02, P03 and P06 on SMS, WhatsApp and voice: the gateway is killed while people write and speak. The provider does
 * not come again, as Twilio does not: what it could not tell is found on its own list.
 */
const PEOPLE = 90
const KILLS = 3
const HANDS = 6
const SECONDS = 5

let folder: string
let postgres: EmbeddedPostgres
let db: Database
let environment: Record<string, string>
let gateway: GatewayProcess
let provider: SimulatedProvider

beforeAll(async () => {
  folder = scratchFolder('texting')
  postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'))
  db = openDatabase({ url: postgres.url })
  const port = String(await freePort())
  provider = await startSimulatedProvider({ publicUrl: `http://127.0.0.1:${port}` })
  environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: postgres.url,
    SECRET_KEY: 'kill-while-texting-kill-while-texting',
    PORT: port,
    ...provider.environment,
  }
  gateway = await startGatewayProcess(environment)
})
afterAll(async () => {
  await gateway?.end('SIGKILL')
  await provider?.stop()
  await db?.close()
  await postgres?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const phoneOf = (nth: number): string => `+2126130${String(nth).padStart(5, '0')}`

/** Writes or speaks once, whatever comes back. */
const speakUp = async (nth: number): Promise<void> => {
  const { write, calls } = provider.exchange
  const phone = phoneOf(nth)
  if (nth % 3 !== 2) {
    const line = nth % 3 === 0 ? ('sms' as const) : ('whatsapp' as const)
    const files = line === 'sms' ? [] : [{ type: 'audio/x-wav', bytes: sampleVoice(1) }]
    await write({ line, phone, text: `Plainte ${nth} : le guichet est fermé`, files })
    return
  }
  const call = await calls.dial(phone)
  for (const keys of ['3', '1', '1', '']) await calls.press(call, keys)
  const take = { type: 'audio/x-wav', bytes: sampleVoice(SECONDS), seconds: SECONDS }
  await calls.speak(call, take, nth % 2 === 0 ? '#' : 'hangup')
  if (call.status !== 'completed') await calls.press(call, '1')
  await calls.hangUp(call)
}

/** Who said something that the provider holds. */
const heard = (): string[] => {
  const { state, calls } = provider.exchange
  const spoke = new Set([...state.recordings.values()].map(({ callSid }) => callSid))
  return [
    ...state.messages.filter(({ direction }) => direction === 'inbound').map(({ from }) => from),
    ...calls
      .list()
      .filter(({ sid }) => spoke.has(sid))
      .map(({ from }) => from),
  ]
}

const receiptsOf = (phone: string): number =>
  provider.exchange.state.messages.filter(
    ({ direction, to, body }) =>
      direction !== 'inbound' &&
      to === phone &&
      /^(Plainte|Complaint|سجلنا) ?\d*/.test(body) &&
      /\d{6}/.test(body),
  ).length

const kept = () => db.sql<{ phone: string; channel: string; files: number }[]>`
  select p.phone, c.channel, (select count(*)::int from media_assets m where m.complaint_id = c.id) as files
  from complaints c join complainants p on p.complaint_id = c.id`

it('keeps every message and recording once, with its receipt, when the gateway is killed among them (P01, P02, P06)', async () => {
  let next = 0
  let done = 0
  let spoken: string[] = []
  const hand = async () => {
    for (let nth = next++; nth < PEOPLE; nth = next++) {
      await speakUp(nth)
      done += 1
      // What is erased at the provider later was there all the same.
      spoken = [...new Set([...spoken, ...heard()])]
    }
  }
  const since = new Date(Date.now() - 60_000).toISOString()
  const speaking = Promise.all(Array.from({ length: HANDS }, hand))
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await until('some people', async () => done >= (PEOPLE * kill) / (KILLS + 1))
    await gateway.end('SIGKILL')
    gateway = await startGatewayProcess(environment)
  }
  await speaking
  expect((await wasl(environment, 'reconcile', '--since', since)).stdout).toMatch(/of \d+ events of twilio/)

  await until(
    'every one with a receipt',
    async () => spoken.every((phone) => receiptsOf(phone) > 0),
    // What a killed gateway held is taken over within two minutes.
    120_000,
  )
  const rows = await until(
    'every file',
    async () => {
      const found = await kept()
      return found.every(({ channel, files }) => files === (channel === 'sms' ? 0 : 1)) && found
    },
    120_000,
  )
  expect(spoken.length).toBeGreaterThan(PEOPLE * 0.6)
  expect(rows.map(({ phone }) => phone).toSorted()).toEqual(spoken.toSorted())
  for (const phone of spoken) expect(receiptsOf(phone), phone).toBeLessThanOrEqual(2)
  const [open] = await db.sql`
    select count(*)::int as n from ledger_entries where outcome is null or outcome = 'failed'`
  expect(open).toEqual({ n: 0 })
}, 400_000)
