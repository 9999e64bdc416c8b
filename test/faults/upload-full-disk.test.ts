import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startUploadServer, temporaryFolder, type UploadServer } from '../support/upload-server.ts'

const MIB = 1024 * 1024
const TUS = { 'tus-resumable': '1.0.0' }
const folder = temporaryFolder()
let server: UploadServer
const endings: (() => unknown)[] = []
beforeAll(async () => {
  const size = Math.ceil(LIMITS.freeDiskBytes / MIB) + 64
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', folder])
  const database = await createTestDatabase(inject('postgresUrl'))
  server = await startUploadServer({ databaseUrl: database.url, folder })
  endings.push(server.close, database.drop)
})
afterAll(async () => {
  for (const end of endings) await end()
  execFileSync('umount', [folder])
  fs.rmSync(folder, { recursive: true })
})

const declare = (bytes: number) =>
  fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(bytes) },
  })
const patch = (location: string, offset: number, body: Buffer) =>
  fetch(server.url + location, {
    method: 'PATCH',
    headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body,
  })

it('refuses uploads with 507 while the disk is nearly full, and recovers by itself', async () => {
  const location = (await declare(20 * MIB)).headers.get('location') ?? ''
  expect((await patch(location, 0, randomBytes(10 * MIB))).status).toBe(204)
  const filler = path.join(folder, 'filler')
  fs.writeFileSync(filler, Buffer.alloc(60 * MIB))
  const refused = await declare(MIB)
  expect(refused.status).toBe(507)
  expect(await refused.json()).toMatchObject({ code: 'insufficient_storage' })
  expect((await patch(location, 10 * MIB, randomBytes(10 * MIB))).status).toBe(507)
  fs.rmSync(filler)
  expect((await patch(location, 10 * MIB, randomBytes(10 * MIB))).status).toBe(204)
})

it('leaves nothing of an object for which the disk had no room', async () => {
  const store = createFileStore({ folder: path.join(folder, 'small') })
  const filler = path.join(folder, 'filler')
  const room = fs.statfsSync(folder)
  fs.writeFileSync(filler, Buffer.alloc(room.bavail * room.bsize - 5 * MIB))
  const put = store.put('originals/a', Readable.from([randomBytes(8 * MIB)]), { maxBytes: 100 * MIB })
  await expect(put).rejects.toMatchObject({ code: 'insufficient_storage' })
  expect(fs.readdirSync(path.join(folder, 'small/.incoming'))).toEqual([])
  expect(await store.head('originals/a')).toBeUndefined()
  fs.rmSync(filler)
})
