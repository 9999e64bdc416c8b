import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awaitMedia } from '../../src/assets/await-media.ts'
import { retryFetch } from '../../src/assets/awaited-media.ts'
import { createFetchMedia, type FetchMediaDeps, fetchFailed } from '../../src/assets/fetch-media.ts'
import type { DeliveryError } from '../../src/core/delivery.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { openTestDatabase } from '../support/acceptance.ts'
import { openDesk } from '../support/desk.ts'
import { fillFiling, webPerson } from '../support/web-person.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'

/** A picture that a provider does not give: seen by who sent it and by the desk, looked for again when the desk says so (P14). */
let open: Awaited<ReturnType<typeof openTestDatabase>>
let server: WebServer
let desk: Awaited<ReturnType<typeof openDesk>>
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-awaited-'))
const store = createFileStore({ folder: path.join(folder, 'objects') })
const base = () => ({ db: open.db, clock: systemClock, newId: newUuidV7, store })

beforeAll(async () => {
  open = await openTestDatabase()
  server = await startWebServer({ databaseUrl: open.url, folder })
  desk = await openDesk(open.db, store, undefined, { retryFetch: (id) => retryFetch(base(), id) })
})
afterAll(async () => {
  await desk?.close()
  await server?.close()
  await open?.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const NOT_THERE: DeliveryError = { code: 'media_not_ready', message: 'Not there yet.', retryable: true }
const fetchWith = (fetch: FetchMediaDeps['fetch']) => createFetchMedia({ ...base(), fetch })

it('is in the lists of files with its reason, and joins after another try', async () => {
  const person = webPerson(server.url)
  await fillFiling(person, 'La route est coupée depuis la pluie de lundi.')
  await person.post('/fr/file/check', {})
  const { reference, accessCode, complaintId } = server.accepted.at(-1)!
  await person.post('/fr/track', { reference, code: accessCode })
  const manager = await desk.enter('ministry-supervisor')
  const seen = async () => ({
    tracking: (await person.get('/fr/track/complaint')).html,
    arabic: (await person.get('/ar/track/complaint')).html,
    desk: (await manager.get(`/console/complaints/${reference}`)).body,
  })

  const origin = { channel: 'whatsapp', externalId: 'MM1' }
  await open.db.sql`
    insert into ledger_entries (id, channel, external_id, received_at, outcome, complaint_id, settled_at)
    values (${newUuidV7()}, 'whatsapp', 'MM1', now(), 'appended', ${complaintId}, now())`
  await open.db.orm.transaction((tx) =>
    awaitMedia(tx, { now: systemClock.now(), newId: newUuidV7 }, origin, [
      {
        url: 'https://provider.example/1',
        name: 'whatsapp-1.jpeg',
        declaredType: 'image/jpeg',
        erase: false,
      },
    ]),
  )
  const before = await seen()
  expect(before.tracking).toMatch(/whatsapp-1\.jpeg<\/bdi>.*en route depuis l’opérateur/)
  expect(before.arabic).toContain('في الطريق إلينا')
  expect(before.desk).toMatch(/whatsapp-1\.jpeg<\/bdi> · pas encore remis par l’opérateur/)

  const [message] = await open.db.sql<{ id: string; payload: { fetchId: string } }[]>`
    select id, payload from outbox_messages where topic = 'media.fetch'`
  const context = { messageId: message!.id, attempt: 1, signal: AbortSignal.timeout(10_000) }
  const { payload } = message!
  await fetchWith(async () => ({ ok: false, error: NOT_THERE }))(payload, context)
  expect((await seen()).desk).toContain('<code>media_not_ready</code>')

  await open.db.sql`update outbox_messages set dead_at = now() where id = ${message!.id}`
  await fetchFailed(base(), payload, NOT_THERE)
  const missing = await seen()
  expect(missing.tracking).toContain('l’opérateur ne nous l’a pas remis. Renvoyez-le ici.')
  expect(missing.desk).toContain('non remis par l’opérateur · <code>media_not_ready</code>')
  const api = await fetch(`${server.url}/api/v1/complaints/${reference}`, {
    headers: { 'access-code': accessCode },
  })
  expect(api.status).toBe(200)
  expect(await api.json()).toMatchObject({
    awaitedMedia: [{ id: payload.fetchId, name: 'whatsapp-1.jpeg', state: 'missing' }],
  })

  const [, action] =
    new RegExp(`action="(/console/complaints/${reference}/media/[^"]+/retry)"`).exec(missing.desk) ?? []
  expect(action).toContain(payload.fetchId)
  expect((await manager.post(action!)).statusCode).toBe(303)
  expect((await manager.post(`/console/complaints/${reference}/media/${newUuidV7()}/retry`)).statusCode).toBe(
    404,
  )
  const waiting = await open.db.sql`
    select payload, due_at <= now() + interval '1 second' as due from outbox_messages
    where topic = 'media.fetch' and settled_at is null and dead_at is null`
  expect(waiting).toEqual([{ payload, due: true }])
  expect((await seen()).tracking).toContain('en route depuis l’opérateur')

  const put = await store.put(`originals/${newUuidV7()}`, Readable.from([Buffer.from('a picture')]), {
    maxBytes: 100,
  })
  if (!put.ok) throw new Error('the store did not take it')
  const { object } = put
  await fetchWith(async () => ({ ok: true, object, declaredType: 'image/jpeg' }))(payload, context)
  const after = await seen()
  expect(after.tracking).toMatch(/whatsapp-1\.jpeg<\/bdi>.*reçu/)
  expect(after.tracking).not.toContain('opérateur')
  expect(after.desk).not.toContain('remis par l’opérateur')
  expect((await manager.post(action!)).statusCode).toBe(404)
})
