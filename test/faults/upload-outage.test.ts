import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { reconcileObjects } from '../../src/assets/sweep-orphans.ts'
import { sweepUploads } from '../../src/intake/uploads/sweep-uploads.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { type S3Server, startS3 } from '../support/s3-server.ts'
import { startUploadServer, temporaryFolder, type UploadServer } from '../support/upload-server.ts'

const TUS = { 'tus-resumable': '1.0.0' }
let s3: S3Server
let server: UploadServer
const folder = temporaryFolder()
const endings: (() => unknown)[] = []
beforeAll(async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  s3 = await startS3()
  server = await startUploadServer({ databaseUrl: database.url, folder, s3: s3.options })
  endings.push(server.close, s3.stop, database.drop)
})
afterAll(async () => {
  for (const end of endings) await end()
  fs.rmSync(folder, { recursive: true })
})

const call = (method: string, target: string, headers: Record<string, string>, body?: Buffer) =>
  fetch(new URL(target, server.url), { method, headers: { ...TUS, ...headers }, ...(body ? { body } : {}) })
const declare = async (bytes: number) =>
  (await call('POST', '/api/v1/uploads', { 'upload-length': String(bytes) })).headers.get('location') ?? ''
const patch = (location: string, offset: number, body: Buffer) =>
  call(
    'PATCH',
    location,
    { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body,
  )

it('refuses clearly while the store is away, and afterwards nothing is missing on either side', async () => {
  const [half, full] = [await declare(2000), await declare(1000)]
  expect((await patch(half, 0, randomBytes(1000))).status).toBe(204)
  // The store goes away between the last byte and the completion.
  const { deliver } = server.deps.staging
  server.deps.staging.deliver = async (upload, segments) => {
    await s3.kill()
    return deliver(upload, segments)
  }
  const refused = await patch(full, 0, randomBytes(1000))
  server.deps.staging.deliver = deliver
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ code: 'unavailable' })
  expect((await patch(half, 1000, randomBytes(1000))).status).toBe(503)
  // Declaring needs no store; the sweep fails for these and says so.
  expect(await declare(10)).not.toBe('')
  server.clock.ahead = 120_000
  expect(await sweepUploads(server.deps)).toMatchObject({ completed: 0, failed: 1 })

  await s3.start()
  expect((await patch(half, 1000, randomBytes(1000))).status).toBe(204)
  expect(await sweepUploads(server.deps)).toMatchObject({ completed: 1, failed: 0 })
  const head = await call('HEAD', full, {})
  expect(head.headers.get('upload-offset')).toBe('1000')
  expect(await reconcileObjects(server.deps, { olderThan: -3600 })).toEqual({
    rowsWithoutObject: 0,
    objectsWithoutRow: 0,
  })
})
