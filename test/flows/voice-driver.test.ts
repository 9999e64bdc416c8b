import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { submissionRoutes } from '../../src/http/api/submissions.ts'
import { createApp } from '../../src/http/app.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { authenticateToken, createToken } from '../../src/staff/tokens.ts'
import { acceptanceOver, openTestDatabase } from '../support/acceptance.ts'

/** Any exchange may post what it recorded, with the token of a driver. */
let open: Awaited<ReturnType<typeof openTestDatabase>>
let app: FastifyInstance
let token: string
const recording = {
  uploadId: 'recording-1',
  id: newUuidV7(),
  name: 'call.wav',
  declaredType: 'audio/wav',
  bytes: 4,
  sha256: 'a'.repeat(64),
  objectKey: 'originals/recording-1',
}

beforeAll(async () => {
  open = await openTestDatabase()
  const { accept } = await acceptanceOver(open.db)
  const parts = { db: open.db, clock: systemClock, newId: newUuidV7 }
  token = (await createToken(parts, { role: 'driver', label: 'exchange' })).token
  app = await createApp({
    logger: pino({ level: 'silent' }),
    newId: newUuidV7,
    trustedProxies: [],
    errorPage: sendProblem,
  })
  await submissionRoutes(app, {
    ...parts,
    accept,
    publicUrl: 'https://wasl.example',
    findUploads: async (ids) => (ids.includes(recording.uploadId) ? [recording] : []),
    administration: async () => undefined,
    receiptToken: (id) => id,
    roleOf: async (authorization) => (await authenticateToken(parts, authorization))?.role,
    limit: async () => {
      throw new Error('an exchange is not one client')
    },
  })
})
afterAll(async () => {
  await app.close()
  await open.close()
})

const file = (authorization: string, key = 'call-1') =>
  app.inject({
    method: 'POST',
    url: '/api/v1/submissions',
    headers: { authorization, 'idempotency-key': key },
    payload: {
      kind: 'complaint',
      language: 'ar',
      uploads: [recording.uploadId],
      contact: { phone: '+212612345678' },
    },
  })

it('files by telephone, once, with the receipt owed to the caller', async () => {
  const [first, again] = [await file(`Bearer ${token}`), await file(`Bearer ${token}`)]
  expect([first.statusCode, again.statusCode]).toEqual([201, 200])
  expect(again.json()).toEqual(first.json())
  const rows = await open.db.sql`
    select c.channel, p.phone, r.via, r.state, m.name from complaints c
    join complainants p on p.complaint_id = c.id join receipts r on r.complaint_id = c.id
    join media_assets m on m.complaint_id = c.id where c.reference = ${first.json().reference}`
  expect(rows).toEqual([
    { channel: 'voice', phone: '+212612345678', via: 'voice', state: 'due', name: 'call.wav' },
  ])
})

it('refuses a token that is not live rather than file as somebody else', async () => {
  const refused = await file('Bearer wasl_0000000000000000000000000000000000000000000', 'call-2')
  expect(refused.statusCode).toBe(401)
})
