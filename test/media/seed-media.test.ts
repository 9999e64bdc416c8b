import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { composeMedia } from '../../src/composition/features.ts'
import { openParts, type Parts } from '../../src/composition/parts.ts'
import { seedFiles, seedRecords } from '../../src/composition/seed-demo.ts'
import { readConfig } from '../../src/config.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

let folder: string
let parts: Parts
let database: { url: string; drop: () => Promise<void> }
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-seed-'))
  fs.mkdirSync(path.join(folder, 'work'))
  database = await createTestDatabase(inject('postgresUrl'))
  const config = readConfig({
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    SECRET_KEY: 'a key for tests, thirty-two characters or more',
  })
  parts = await openParts(config, pino({ level: 'silent' }))
})
afterAll(async () => {
  await parts.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

it('gives the demo recordings, films and pictures that went through the real pipeline, once', async () => {
  await seedRecords(parts)
  const pipeline = await composeMedia(parts)
  const created = await seedFiles(parts, pipeline, AbortSignal.timeout(100_000))
  expect(created).toBeGreaterThan(250)
  const rows = await parts.db.sql`
    select m.kind, m.state, count(*)::int as n, min((select count(*) from renditions r where r.asset_id = m.id))::int as made
    from media_assets m group by 1, 2 order by 1`
  expect(rows).toEqual(
    ['audio', 'image', 'video'].map((kind) => ({
      kind,
      state: 'ready',
      n: expect.any(Number),
      made: kind === 'audio' ? 1 : 2,
    })),
  )
  expect(await seedFiles(parts, pipeline, AbortSignal.timeout(10_000))).toBe(0)
  expect(fs.readdirSync(path.join(folder, 'work/seed'))).toEqual([])
})
