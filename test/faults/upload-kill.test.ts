import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { pollUntil } from '../support/poll-until.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'
import { startS3 } from '../support/s3-server.ts'
import { type SpawnedServer, spawnUploadServer } from '../support/spawn-upload-server.ts'
import { temporaryFolder } from '../support/upload-server.ts'

const MIB = 1024 * 1024
const TUS = { 'tus-resumable': '1.0.0' }

/** Bytes at the speed of a fair line, so that a kill falls in the middle of them. */
const paced = (bytes: Buffer) =>
  Readable.from(
    (async function* () {
      for (let at = 0; at < bytes.length; at += MIB) {
        yield bytes.subarray(at, at + MIB)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })(),
    { objectMode: false },
  )

describe.each(['files', 's3'] as const)('a server that is killed while it receives, over %s', (kind) => {
  const endings: (() => unknown)[] = []
  let launch: () => Promise<SpawnedServer>
  let server: SpawnedServer
  let db: Database

  beforeAll(async () => {
    const database = await createTestDatabase(inject('postgresUrl'))
    const folder = temporaryFolder()
    const s3 = kind === 's3' ? await startS3() : undefined
    db = openDatabase({ url: database.url })
    launch = () => spawnUploadServer({ databaseUrl: database.url, folder, s3: s3?.options })
    endings.push(
      () => server.kill(),
      () => s3?.stop(),
      () => db.close(),
      database.drop,
      () => fs.rmSync(folder, { recursive: true }),
    )
  })
  afterAll(async () => {
    for (const end of endings) await end()
  })

  const start = async () => {
    server = await launch()
  }
  const offsetOf = async (location: string) =>
    Number(
      (await fetch(server.url + location, { method: 'HEAD', headers: TUS })).headers.get('upload-offset'),
    )
  const patch = (location: string, offset: number, body: Readable) =>
    fetch(server.url + location, {
      method: 'PATCH',
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: Readable.toWeb(body) as ReadableStream,
      duplex: 'half',
    } as RequestInit)

  it('goes on where it stood after every kill, and ends with the same hash', async () => {
    const bytes = randomBytes(160 * MIB)
    await start()
    const created = await fetch(`${server.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { ...TUS, 'upload-length': String(bytes.length) },
    })
    const location = created.headers.get('location') ?? ''
    const rowOf = async () => {
      const [row] = await db.sql`
        select received_bytes::int as received, sha256 from uploads where id = ${location.split('/').at(-1) ?? ''}`
      return row as { received: number; sha256: string | null }
    }
    let stood = 0
    for (let kills = 0; kills < 4; kills += 1) {
      const sending = patch(location, stood, paced(bytes.subarray(stood)))
      const refused = expect(sending).rejects.toThrow()
      await pollUntil(async () => (await rowOf()).received > stood, 30_000)
      await server.kill()
      await refused
      const { received } = await rowOf()
      await start()
      // What was counted is there, and nothing else is.
      expect(await offsetOf(location)).toBe(received)
      stood = received
    }
    expect(stood).toBeLessThan(bytes.length)
    expect((await patch(location, stood, Readable.from([bytes.subarray(stood)]))).status).toBe(204)
    expect((await rowOf()).sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })
})
