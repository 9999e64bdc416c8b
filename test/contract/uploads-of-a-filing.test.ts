import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { findUploads } from '../../src/intake/uploads/find-uploads.ts'
import { stageStream } from '../../src/intake/uploads/stage-stream.ts'
import { sweepUploads } from '../../src/intake/uploads/sweep-uploads.ts'
import { readUpload } from '../../src/intake/uploads/upload-queries.ts'
import { uploadsOfDraft } from '../../src/intake/uploads/uploads-of-draft.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { DAY, HOUR, idOf, KINDS, sha256, useUploads } from '../support/upload-client.ts'

describe.each(KINDS)('uploads over %s', (kind) => {
  const uploads = useUploads(kind)
  const { call, declare, patch, offsetOf, uploaded, rowOf, newDraft } = uploads

  describe('owners', () => {
    it('shows an upload of a draft to its session only', async () => {
      const [mine, other] = [await newDraft(), await newDraft()]
      const { location } = await declare(100, { 'x-draft': mine })
      for (const headers of [{}, { 'x-draft': other }] as Record<string, string>[]) {
        expect((await call('HEAD', location, headers)).status).toBe(404)
        expect((await patch(location, 0, randomBytes(100), headers)).status).toBe(404)
        expect((await call('DELETE', location, headers)).status).toBe(404)
      }
      expect((await patch(location, 0, randomBytes(100), { 'x-draft': mine })).status).toBe(204)
      const id = idOf(location)
      expect(await findUploads(uploads.server.deps, [id], { draftId: other })).toEqual({
        ok: false,
        code: 'upload_unknown',
        id,
      })
      expect(await findUploads(uploads.server.deps, [id], { draftId: mine })).toMatchObject({ ok: true })
      expect((await uploadsOfDraft(uploads.server.deps, mine)).map((upload) => upload.id)).toEqual([id])
    })

    it('finds finished uploads in order, once each', async () => {
      const first = randomBytes(10)
      const ids = [idOf(await uploaded(first)), idOf(await uploaded(randomBytes(20)))]
      const found = await findUploads(uploads.server.deps, [ids[1]!, ids[0]!, ids[1]!], {})
      expect(found).toMatchObject({
        ok: true,
        media: [
          { uploadId: ids[1], bytes: 20 },
          { uploadId: ids[0], bytes: 10, sha256: sha256(first) },
        ],
      })
    })

    it('refuses an unfinished upload, an unknown one and one of another filing', async () => {
      const unfinished = idOf((await declare(10)).location)
      const claimed = idOf(await uploaded(randomBytes(10)))
      const complaint = newUuidV7()
      await uploads.server.db.sql`update uploads set claimed_by = ${complaint} where id = ${claimed}`
      await uploads.server.db.sql`
        insert into submissions (id, channel, external_id, complaint_id, round, received_at, text, language, raw_type,
                                 raw_sha256, raw_bytes, raw_body)
        values (${newUuidV7()}, 'api', ${complaint}, ${complaint}, 1, now(), '', 'ar', 'x', 'x', 0, '')`
      for (const id of [unfinished, claimed, 'nobody', '', "'; drop table uploads"])
        expect(await findUploads(uploads.server.deps, [id], {})).toEqual({
          ok: false,
          code: 'upload_unknown',
          id,
        })
      const repeat = { filing: { channel: 'api', externalId: complaint } }
      expect(await findUploads(uploads.server.deps, [claimed], repeat)).toMatchObject({ ok: true })
      expect((await call('DELETE', `/api/v1/uploads/${claimed}`)).status).toBe(409)
    })
  })

  describe('a file of a form', () => {
    const stage = (bytes: Buffer, maxBytes: number, draftId?: string) =>
      stageStream(uploads.server.deps, {
        draftId,
        client: `form-${randomBytes(4).toString('hex')}`,
        name: 'a/b.png',
        declaredType: 'image/png',
        stream: Readable.from([bytes]),
        maxBytes,
      })

    it('is stored as a finished upload of its draft', async () => {
      const draftId = await newDraft()
      const bytes = randomBytes(5000)
      const staged = await stage(bytes, 5000, draftId)
      expect(staged).toMatchObject({
        ok: true,
        media: { name: 'b.png', bytes: 5000, sha256: sha256(bytes), declaredType: 'image/png' },
      })
      const id = staged.ok ? staged.media.uploadId! : ''
      expect(await findUploads(uploads.server.deps, [id], { draftId })).toMatchObject({ ok: true })
      expect(await findUploads(uploads.server.deps, [id], {})).toMatchObject({ ok: false })
    })

    it.each([
      ['too large', 101, 'file_too_large'],
      ['empty', 0, 'file_empty'],
    ])('leaves nothing when it is %s', async (_label, size, code) => {
      const draftId = await newDraft()
      expect(await stage(Buffer.alloc(size), 100, draftId)).toEqual({ ok: false, code })
      expect(await uploadsOfDraft(uploads.server.deps, draftId)).toEqual([])
    })

    it('leaves nothing when the form breaks off', async () => {
      const draftId = await newDraft()
      const stream = Readable.from(
        (async function* () {
          yield randomBytes(10)
          throw new Error('cut')
        })(),
        { objectMode: false },
      )
      const staging = stageStream(uploads.server.deps, {
        draftId,
        client: 'cut',
        name: 'x',
        declaredType: 'x',
        stream,
      })
      await expect(staging).rejects.toThrow('cut')
      expect(await uploadsOfDraft(uploads.server.deps, draftId)).toEqual([])
    })
  })

  describe('the sweep', () => {
    it('removes what was abandoned, on time and not before', async () => {
      const started = await declare(100)
      await patch(started.location, 0, randomBytes(50))
      const finished = await uploaded(randomBytes(50))
      const { objectKey } = await rowOf(finished)
      uploads.server.clock.ahead = DAY - 60_000
      await sweepUploads(uploads.server.deps)
      expect(await offsetOf(started.location)).toBe(50)
      uploads.server.clock.ahead = DAY + 60_000
      expect((await call('HEAD', started.location)).status).toBe(410)
      uploads.server.clock.ahead = DAY + 2 * HOUR
      expect(await sweepUploads(uploads.server.deps)).toMatchObject({ failed: 0 })
      uploads.server.clock.ahead = 0
      expect((await call('HEAD', started.location)).status).toBe(404)
      expect(await uploads.server.store.head(objectKey)).toBeUndefined()
      expect(await Array.fromAsync(uploads.server.store.list('uploads/'))).toEqual([])
      if (kind === 'files') expect(fs.readdirSync(path.join(uploads.folder, 'uploads'))).toEqual([])
    })

    it('counts the day from the last bytes, not from the first', async () => {
      const { location } = await declare(100)
      uploads.server.clock.ahead = 20 * HOUR
      await patch(location, 0, randomBytes(50))
      uploads.server.clock.ahead = 40 * HOUR
      await sweepUploads(uploads.server.deps)
      expect(await offsetOf(location)).toBe(50)
      uploads.server.clock.ahead = 0
    })

    it('keeps the finished files of a draft for as long as the draft', async () => {
      const draft = await newDraft(3 * DAY)
      const location = await uploaded(randomBytes(10), { 'x-draft': draft })
      uploads.server.clock.ahead = 2 * DAY
      await sweepUploads(uploads.server.deps)
      expect(await findUploads(uploads.server.deps, [idOf(location)], { draftId: draft })).toMatchObject({
        ok: true,
      })
      uploads.server.clock.ahead = 3 * DAY + 2 * HOUR
      await sweepUploads(uploads.server.deps)
      uploads.server.clock.ahead = 0
      expect(await readUpload(uploads.server.deps, idOf(location))).toBeUndefined()
    })

    it('never touches what a filing has claimed', async () => {
      const location = await uploaded(randomBytes(10))
      const { objectKey } = await rowOf(location)
      await uploads.server.db.sql`update uploads set claimed_by = ${newUuidV7()} where id = ${idOf(location)}`
      uploads.server.clock.ahead = 30 * DAY
      await sweepUploads(uploads.server.deps)
      uploads.server.clock.ahead = 0
      expect(await uploads.server.store.head(objectKey)).toEqual({ bytes: 10 })
    })

    it('completes an upload whose completion was cut short before or after the move', async () => {
      const bytes = randomBytes(1000)
      const deliver = uploads.server.deps.staging.deliver
      const locations: string[] = []
      for (const moved of [false, true]) {
        uploads.server.deps.staging.deliver = async (upload, segments) => {
          if (moved) await deliver(upload, segments)
          throw new Error('killed here')
        }
        const { location } = await declare(bytes.length)
        expect((await patch(location, 0, bytes)).status).toBe(500)
        locations.push(location)
      }
      uploads.server.deps.staging.deliver = deliver
      uploads.server.clock.ahead = 2 * 60_000
      expect(await sweepUploads(uploads.server.deps)).toMatchObject({ completed: 2, failed: 0 })
      uploads.server.clock.ahead = 0
      for (const location of locations) {
        expect(await offsetOf(location)).toBe(1000)
        expect((await rowOf(location)).sha256).toBe(sha256(bytes))
      }
    })
  })
})
