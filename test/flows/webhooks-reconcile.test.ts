import { afterAll, beforeAll, expect, it } from 'vitest'
import { field, readForm } from '../../channels/twilio.ts'
import { createTwilioClient } from '../../channels/twilio-client.ts'
import { listTwilioRequests } from '../../channels/twilio-list.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import {
  type ProviderList,
  reconcileProvider,
  reconcileWhenDue,
} from '../../src/intake/reconcile-provider.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { type SimulatedProvider, startSimulatedProvider } from '../support/simulated-provider.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let provider: SimulatedProvider
let client: ReturnType<typeof createTwilioClient>
beforeAll(async () => {
  open = await openTestDatabase()
  // Nobody answers there: every webhook of the provider is lost.
  provider = await startSimulatedProvider({ publicUrl: 'http://127.0.0.1:9' })
  const {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: token,
    TWILIO_API_URL: apiUrl,
  } = provider.environment
  client = createTwilioClient({ accountSid, authTokens: [token], apiUrl })
})
afterAll(async () => {
  await provider.stop()
  await open.close()
})

let now = new Date()
const clock = { now: () => now }
const deps = () => {
  const list: ProviderList = {
    source: 'twilio',
    list: async (since, signal) =>
      (await listTwilioRequests(client, since, signal)).map(({ url, body, receivedAt }) => {
        const fields = readForm(body)
        const externalId =
          field(fields, 'RecordingSid') || field(fields, 'MessageSid') || field(fields, 'CallSid')
        return {
          channel: url.split('/').at(-1) ?? '',
          externalId,
          sender: field(fields, 'From'),
          receivedAt,
          raw: { type: 'application/x-www-form-urlencoded', body },
        }
      }),
  }
  return {
    sql: open.db.sql,
    clock,
    receive: createReception({ sql: open.db.sql, newId: newUuidV7 }),
    provider: list,
  }
}

const write = (text: string) =>
  provider.exchange.write({
    line: 'sms',
    phone: '+212612345678',
    text,
    files: text === 'photo' ? [{ type: 'image/jpeg', bytes: Buffer.from('jpeg') }] : [],
  })

it("files what only the provider's list knows, once, with its media, its caller and its time (P06)", async () => {
  const { sid } = await write('one')
  const photo = await write('photo')
  await provider.exchange.calls.dial('+212612345678')
  const since = new Date(now.getTime() - 60_000)
  expect(await reconcileProvider(deps(), since)).toMatchObject({ listed: 3, found: 3 })
  expect(await reconcileProvider(deps(), since)).toMatchObject({ listed: 3, found: 0 })
  const rows = await open.db.sql<{ external_id: string; channel: string; raw: Buffer; received_at: Date }[]>`
    select channel, external_id, received_at, raw_body as raw from inbound_events order by channel, external_id desc`
  expect(rows.map(({ external_id, channel }) => [channel, external_id])).toEqual([
    ['messages', sid],
    ['messages', photo.sid],
    ['status', expect.stringMatching(/^CA/)],
  ])
  const fields = readForm(rows[1]!.raw)
  expect(fields).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/jpeg', From: '+212612345678' })
  expect(field(fields, 'MediaUrl0')).toContain(`/Messages/${photo.sid}/Media/ME`)
  const [sent] = provider.exchange.state.messages
  expect(Math.abs(rows[0]!.received_at.getTime() - sent!.at.getTime())).toBeLessThan(1_000)
})

it('keeps the order of messages of one second, which is all the list tells', async () => {
  const since = new Date(now.getTime() - 60_000)
  const sids: string[] = []
  for (const text of ['NOUVEAU', 'two', 'three', 'four']) sids.push((await write(text)).sid)
  await reconcileProvider(deps(), since)
  const rows = await open.db.sql<{ external_id: string }[]>`
    select e.external_id from outbox_messages m join inbound_events e on e.id = (m.payload ->> 'eventId')::uuid
    where e.external_id in ${open.db.sql(sids)} order by m.due_at, m.id`
  expect(rows.map(({ external_id }) => external_id)).toEqual(sids)
  const instants = await open.db
    .sql`select distinct received_at from inbound_events where external_id in ${open.db.sql(sids)}`
  expect(instants).toHaveLength(4)
})

it('takes turns: one process in five minutes, from where the last comparison came', async () => {
  await open.db.sql`truncate reconciliations`
  const turns = await Promise.all([
    reconcileWhenDue(deps()),
    reconcileWhenDue(deps()),
    reconcileWhenDue(deps()),
  ])
  expect(turns.filter((turn) => turn !== undefined)).toHaveLength(1)
  const first = now
  now = new Date(first.getTime() + 4 * 60_000)
  expect(await reconcileWhenDue(deps())).toBeUndefined()
  now = new Date(first.getTime() + 6 * 60_000)
  const turn = await reconcileWhenDue(deps())
  expect(turn!.since).toEqual(new Date(first.getTime() - 60 * 60_000))
})

it('looks again from the same place when the provider could not be asked', async () => {
  await open.db.sql`truncate reconciliations`
  const asked: Date[] = []
  const away = (since: Date) => {
    asked.push(since)
    return Promise.reject(new Error('away'))
  }
  for (let i = 0; i < 2; i += 1) {
    now = new Date(now.getTime() + 6 * 60_000)
    await expect(reconcileWhenDue({ ...deps(), provider: { source: 'twilio', list: away } })).rejects.toThrow(
      'away',
    )
  }
  expect(asked[0]).toEqual(asked[1])
})
