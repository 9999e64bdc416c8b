import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { type SpawnedServer, spawnUploadServer } from '../support/spawn-upload-server.ts'
import { temporaryFolder } from '../support/upload-server.ts'

const MIB = 1024 * 1024
const SIZE = 2 * 1024 * MIB
const TUS = { 'tus-resumable': '1.0.0' }
const piece = randomBytes(MIB)
const pieces = () =>
  Readable.from(
    (function* () {
      for (let sent = 0; sent < SIZE; sent += piece.length) yield piece
    })(),
    { objectMode: false },
  )

let server: SpawnedServer
let databaseUrl: string
const folder = temporaryFolder()
const endings: (() => unknown)[] = []
beforeAll(async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  databaseUrl = database.url
  server = await spawnUploadServer({ databaseUrl, folder })
  endings.push(server.kill, database.drop)
})
afterAll(async () => {
  for (const end of endings) await end()
  fs.rmSync(folder, { recursive: true })
})

/** The floor: the same bytes hashed and written by Node, with nothing between. */
const plainCopy = async (): Promise<{ seconds: number; sha256: string }> => {
  const hash = createHash('sha256')
  const started = performance.now()
  const file = path.join(folder, 'plain')
  await pipeline(
    pieces(),
    async function* (source) {
      for await (const chunk of source) {
        hash.update(chunk)
        yield chunk
      }
    },
    fs.createWriteStream(file, { flush: true }),
  )
  const seconds = (performance.now() - started) / 1000
  fs.rmSync(file)
  return { seconds, sha256: hash.digest('hex') }
}

const send = (location: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.request(
      server.url + location,
      {
        method: 'PATCH',
        headers: {
          ...TUS,
          'upload-offset': 0,
          'content-type': 'application/offset+octet-stream',
          'content-length': SIZE,
        },
      },
      (response) => resolve(response.resume().statusCode ?? 0),
    )
    request.on('error', reject)
    pipeline(pieces(), request).catch(reject)
  })

it('receives 2 GiB in bounded memory, near the speed of the disk', { timeout: 400_000 }, async () => {
  const plain = await plainCopy()
  const created = await fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(SIZE) },
  })
  const location = created.headers.get('location') ?? ''
  const before = server.resident()
  const started = performance.now()
  expect(await send(location)).toBe(204)
  const seconds = (performance.now() - started) / 1000
  const grown = server.residentPeak() - before
  const measured = {
    uploadMBs: Math.round(SIZE / 1e6 / seconds),
    plainMBs: Math.round(SIZE / 1e6 / plain.seconds),
    grownMB: Math.round(grown / 1e6),
  }
  console.log(JSON.stringify(measured))
  const db = openDatabase({ url: databaseUrl })
  const [row] = await db.sql`select sha256 from uploads`
  await db.close()
  expect(row?.['sha256']).toBe(plain.sha256)
  expect(grown).toBeLessThan(150 * MIB)
  expect(plain.seconds / seconds).toBeGreaterThan(0.2)
})
