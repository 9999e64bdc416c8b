import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { reconcileObjects, sweepOrphans } from '../../src/assets/sweep-orphans.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { DAY, KINDS, useUploads } from '../support/upload-client.ts'

describe.each(KINDS)('rows and objects over %s', (kind) => {
  const uploads = useUploads(kind)
  const put = async (key: string) => {
    await uploads.server.store.put(key, Readable.from([randomBytes(10)]), { maxBytes: 10 })
    return key
  }
  const deps = () => ({ db: uploads.server.db, store: uploads.server.store, clock: uploads.server.clock })
  const quarantined = (key: string) => uploads.server.db.sql`
    insert into quarantine (id, channel, external_id, received_at, reason, raw_type, raw_sha256, raw_bytes, raw_object)
    values (${newUuidV7()}, 'email', ${key}, now(), 'x', 'x', 'x', 10, ${key})`
  const asset = async (key: string) => {
    const [complaint, id] = [newUuidV7(), newUuidV7()]
    const reference = String(Math.random()).slice(2, 12).padEnd(10, '0')
    await uploads.server.db.sql`
      insert into complaints (id, reference, access_code_hash, kind, status, channel, language, text, anonymous,
                              received_at, updated_at)
      values (${complaint}, ${reference}, '', 'complaint', 'received', 'web', 'ar', '', true, now(), now())`
    await uploads.server.db.sql`
      insert into media_assets (id, complaint_id, position, name, declared_type, bytes, sha256, object_key, created_at, updated_at)
      values (${id}, ${complaint}, 0, 'x', 'x', 10, 'x', ${key}, now(), now())`
    return id
  }
  const rendition = async (assetId: string, key: string) => uploads.server.db.sql`
    insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
    values (${newUuidV7()}, ${assetId}, 'poster', 'image/jpeg', 10, 'x', ${key}, now())`

  it('finds nothing wrong where nothing is', async () => {
    expect(await reconcileObjects(deps())).toEqual({ rowsWithoutObject: 0, objectsWithoutRow: 0 })
  })

  it('counts a row without its object in every table that names objects', async () => {
    await rendition(await asset(await put('originals/kept')), await put('renditions/kept'))
    await quarantined(await put('raw/kept'))
    await uploads.uploaded(randomBytes(10))
    expect(await reconcileObjects(deps(), { olderThan: 0 })).toMatchObject({ rowsWithoutObject: 0 })

    await rendition(await asset('originals/lost'), 'renditions/lost')
    await quarantined('raw/lost')
    const { objectKey } = await uploads.rowOf(await uploads.uploaded(randomBytes(10)))
    await uploads.server.store.delete(objectKey)
    const found: string[] = []
    const result = await reconcileObjects(deps(), {
      onRow: ({ key, source }) => {
        found.push(`${source} ${key}`)
      },
    })
    expect(result.rowsWithoutObject).toBe(4)
    expect(found.sort()).toEqual([
      'media_assets originals/lost',
      'quarantine raw/lost',
      'renditions renditions/lost',
      `uploads ${objectKey}`,
    ])
  })

  it('removes objects without a row once they are a day old, and no other', async () => {
    const orphans = await Promise.all(['originals/orphan', 'uploads/x/orphan', 'raw/orphan'].map(put))
    const foreign = await put('somebody-elses/object')
    expect(await sweepOrphans(deps())).toMatchObject({ removed: 0 })
    uploads.server.clock.ahead = DAY + 60_000
    expect(await reconcileObjects(deps())).toMatchObject({ objectsWithoutRow: 3 })
    expect(await sweepOrphans(deps())).toMatchObject({ removed: 3 })
    uploads.server.clock.ahead = 0
    for (const key of orphans) expect(await uploads.server.store.head(key)).toBeUndefined()
    for (const key of [foreign, 'originals/kept', 'renditions/kept', 'raw/kept'])
      expect(await uploads.server.store.head(key)).toEqual({ bytes: 10 })
  })

  it('leaves an upload that is under way alone', async () => {
    const { location } = await uploads.declare(100)
    await uploads.patch(location, 0, randomBytes(50))
    uploads.server.clock.ahead = DAY + 60_000
    await sweepOrphans(deps())
    uploads.server.clock.ahead = 0
    expect(await uploads.offsetOf(location)).toBe(50)
    expect((await uploads.patch(location, 50, randomBytes(50))).status).toBe(204)
  })

  it('compares more than a page', async () => {
    const before = await reconcileObjects(deps(), { olderThan: 0 })
    const rows = Array.from({ length: 1_050 }, (_, nth) => `raw/many-${nth}`)
    await uploads.server.db.sql`
      insert into quarantine (id, channel, external_id, received_at, reason, raw_type, raw_sha256, raw_bytes, raw_object)
      select gen_random_uuid(), 'email', key, now(), 'x', 'x', 'x', 10, key from unnest(${rows}::text[]) key`
    const { rowsWithoutObject } = await reconcileObjects(deps(), { olderThan: 0 })
    expect(rowsWithoutObject - before.rowsWithoutObject).toBe(1_050)
  })
})
