import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTwilioClient } from '../../channels/twilio-client.ts'
import { fetchRemote } from '../../media/fetch-remote.ts'
import { awaitMedia } from '../../src/assets/await-media.ts'
import { createEraseRemote } from '../../src/assets/erase-remote.ts'
import { createFetchMedia, fetchFailed } from '../../src/assets/fetch-media.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { ignoreEvent } from '../../src/intake/settle-event.ts'
import { waitAfter } from '../../src/outbox/backoff.ts'
import { LANES } from '../../src/outbox/lanes.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import {
  SIMULATED_ACCOUNT,
  type SimulatedProvider,
  startSimulatedProvider,
} from '../support/simulated-provider.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let provider: SimulatedProvider
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-remote-'))
const store = createFileStore({ folder })
const guard = createOutboundGuard({ allow: ['127.0.0.0/8'] })
beforeAll(async () => {
  open = await openTestDatabase()
  provider = await startSimulatedProvider({ publicUrl: 'http://127.0.0.1:9' })
})
afterAll(async () => {
  await guard.close()
  await provider.stop()
  await open.close()
  fs.rmSync(folder, { recursive: true })
})
beforeEach(() => {
  provider.exchange.state.misbehaviour.notFoundFirst = 0
})

const signal = AbortSignal.timeout(60_000)
const context = (messageId: string) => ({ messageId, attempt: 1, signal })
const settling = () => ({ now: systemClock.now(), newId: newUuidV7 })
const deps = () => ({ db: open.db, clock: systemClock, newId: newUuidV7, store })

const fetchMedia = () =>
  createFetchMedia({
    ...deps(),
    fetch: (url, aborted) =>
      fetchRemote(
        {
          guard,
          store,
          newId: newUuidV7,
          source: {
            hosts: [new URL(provider.apiUrl).host],
            credentials: { user: SIMULATED_ACCOUNT.sid, password: SIMULATED_ACCOUNT.token },
          },
        },
        url,
        { maxBytes: 1_000_000, signal: aborted },
      ),
  })

/** A message with a photo at the provider, recorded and noted as the judge does it. */
const receivePhoto = async () => {
  const { sid } = await provider.exchange.write({
    line: 'whatsapp',
    phone: '+212612345678',
    text: '',
    files: [{ type: 'image/jpeg', bytes: Buffer.from('a picture') }],
  })
  const media = provider.exchange.state.findMessage(sid)!.media[0]!
  const url = `${provider.apiUrl}/2010-04-01/Accounts/${SIMULATED_ACCOUNT.sid}/Messages/${sid}/Media/${media.sid}`
  await createReception({ sql: open.db.sql, newId: newUuidV7 })({
    channel: 'whatsapp',
    externalId: sid,
    sender: '+212612345678',
    receivedAt: systemClock.now(),
    raw: { type: 'text/plain', body: Buffer.from('x') },
  })
  const origin = { channel: 'whatsapp', externalId: sid }
  const note = () =>
    open.db.orm.transaction((tx) =>
      awaitMedia(tx, settling(), origin, [
        { url, name: 'photo.jpg', declaredType: 'image/jpeg', erase: true },
      ]),
    )
  await note()
  await note()
  const [message] = await open.db.sql<{ id: string; payload: { fetchId: string } }[]>`
    select id, payload from outbox_messages where topic = 'media.fetch' and payload ->> 'fetchId' in
      (select id::text from remote_media where external_id = ${sid})`
  return { sid, origin, message: message!, mediaSid: media.sid }
}
const file = async ({ channel, externalId }: { channel: string; externalId: string }) =>
  (await acceptanceOver(open.db)).accept(submissionOf({ channel, externalId, text: '' }))
const stateOf = async (sid: string) =>
  (await open.db.sql`select state, failure, complaint_id from remote_media where external_id = ${sid}`)[0]
const assetsOf = (complaintId: string) => open.db.sql`
  select name, declared_type, bytes::int, state from media_assets where complaint_id = ${complaintId}`

it('joins the complaint once it is there, with the work that follows, and is then deleted at the provider', async () => {
  provider.exchange.state.misbehaviour.notFoundFirst = 1
  const photo = await receivePhoto()
  const run = fetchMedia()
  expect(await run(photo.message.payload, context(photo.message.id))).toMatchObject({
    ok: false,
    error: { code: 'event_open', retryable: true },
  })
  const { complaintId } = await file(photo.origin)
  expect(await run(photo.message.payload, context(photo.message.id))).toMatchObject({
    ok: false,
    error: { code: 'media_not_ready', retryable: true },
  })
  expect(await assetsOf(complaintId)).toEqual([])
  expect(await run(photo.message.payload, context(photo.message.id))).toMatchObject({ ok: true })
  expect(await run(photo.message.payload, context(photo.message.id))).toMatchObject({ ok: true })
  expect(await assetsOf(complaintId)).toEqual([
    { name: 'photo.jpg', declared_type: 'image/jpeg', bytes: 9, state: 'stored' },
  ])
  const topics = await open.db.sql`
    select topic from outbox_messages where complaint_id = ${complaintId} and topic like 'media.%' order by topic`
  expect(topics.map(({ topic }) => topic)).toEqual(['media.erase', 'media.fetch', 'media.process'])
  const client = createTwilioClient({
    accountSid: SIMULATED_ACCOUNT.sid,
    authTokens: [SIMULATED_ACCOUNT.token],
    apiUrl: provider.apiUrl,
  })
  const erase = createEraseRemote({
    ...deps(),
    erase: (_url, aborted) => client.deleteMedia(photo.sid, photo.mediaSid, aborted),
  })
  expect(await erase(photo.message.payload, context(photo.message.id))).toMatchObject({ ok: true })
  expect(provider.exchange.state.findMessage(photo.sid)!.media).toEqual([])
  const [proof] = await open.db.sql<{ facts: { sha256: string } }[]>`
    select facts from complaint_events where complaint_id = ${complaintId} and event = 'media_erased_at_provider'`
  expect(proof!.facts.sha256).toMatch(/^[0-9a-f]{64}$/)
})

it('is looked for within two minutes of becoming available, for hours (P14)', () => {
  const { rhythm } = LANES['media.fetch']
  const waits = Array.from({ length: rhythm!.attempts - 1 }, (_, i) =>
    waitAfter(i + 1, 0, () => 0.999, rhythm),
  )
  expect(Math.max(...waits)).toBeLessThan(100)
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3 * 3600)
})

it('that is given up is told on the record, and joins when a person has it tried again', async () => {
  provider.exchange.state.misbehaviour.notFoundFirst = 1
  const photo = await receivePhoto()
  const { complaintId } = await file(photo.origin)
  const run = fetchMedia()
  const result = await run(photo.message.payload, context(photo.message.id))
  if (result.ok) throw new Error('it was there')
  await fetchFailed(deps(), photo.message.payload, result.error)
  expect(await stateOf(photo.sid)).toMatchObject({
    state: 'gone',
    failure: 'media_not_ready',
    complaint_id: complaintId,
  })
  const [told] = await open.db.sql`
    select audience from complaint_events where complaint_id = ${complaintId} and event = 'media_missing'`
  expect(told).toEqual({ audience: 'staff' })
  expect(await run(photo.message.payload, context(photo.message.id))).toMatchObject({ ok: true })
  expect(await stateOf(photo.sid)).toMatchObject({ state: 'fetched', failure: null })
  expect(await assetsOf(complaintId)).toHaveLength(1)
})

it('of a message that became nothing is not fetched', async () => {
  const photo = await receivePhoto()
  await open.db.orm.transaction((tx) => ignoreEvent(tx, settling(), photo.origin, 'keyword'))
  expect(await fetchMedia()(photo.message.payload, context(photo.message.id))).toMatchObject({ ok: true })
  expect(await stateOf(photo.sid)).toMatchObject({ state: 'unwanted' })
})

it('fetched by two workers at once joins once, and leaves no second copy', async () => {
  const photo = await receivePhoto()
  const { complaintId } = await file(photo.origin)
  const objects = async () => (await Array.fromAsync(store.list('originals/'))).length
  const before = await objects()
  const run = fetchMedia()
  await Promise.all([1, 2].map(() => run(photo.message.payload, context(photo.message.id))))
  expect(await assetsOf(complaintId)).toHaveLength(1)
  expect(await objects()).toBe(before + 1)
})
