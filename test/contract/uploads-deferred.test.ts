import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { findUploads } from '../../src/intake/uploads/find-uploads.ts'
import { sweepUploads } from '../../src/intake/uploads/sweep-uploads.ts'
import { idOf, KINDS, sha256, useUploads } from '../support/upload-client.ts'

/** What a recorder does: it begins before it knows how long it will be. */
describe.each(KINDS)('uploads whose length is said later, over %s', (kind) => {
  const uploads = useUploads(kind)
  const { call, freshClient, patch, offsetOf, rowOf } = uploads
  const begin = async (headers: Record<string, string> = {}) => {
    const response = await call('POST', '/api/v1/uploads', {
      'upload-defer-length': '1',
      ...freshClient(),
      ...headers,
    })
    return { response, location: response.headers.get('location') ?? '' }
  }
  const finished = async (location: string) =>
    (await findUploads(uploads.server.deps, [idOf(location)], {})).ok

  it('tells that it can', async () => {
    const response = await call('OPTIONS', '/api/v1/uploads')
    expect(response.headers.get('tus-extension')?.split(',')).toContain('creation-defer-length')
  })

  it('takes piece after piece, and is whole when the length comes with the last', async () => {
    const bytes = randomBytes(50_000)
    const { response, location } = await begin()
    expect(response.status).toBe(201)
    expect((await patch(location, 0, bytes.subarray(0, 20_000))).status).toBe(204)
    const head = await call('HEAD', location)
    expect(head.headers.get('upload-offset')).toBe('20000')
    expect(head.headers.get('upload-defer-length')).toBe('1')
    expect(head.headers.get('upload-length')).toBeNull()
    const last = await patch(location, 20_000, bytes.subarray(20_000), { 'upload-length': '50000' })
    expect(last.status).toBe(204)
    expect(await rowOf(location)).toMatchObject({
      declaredBytes: 50_000,
      sha256: sha256(bytes),
      deferred: false,
    })
    expect(await finished(location)).toBe(true)
  })

  it('is whole when the length comes after the last piece, alone', async () => {
    const bytes = randomBytes(3_000)
    const { location } = await begin()
    await patch(location, 0, bytes)
    expect(await finished(location)).toBe(false)
    expect((await patch(location, 3_000, Buffer.alloc(0), { 'upload-length': '3000' })).status).toBe(204)
    expect((await rowOf(location)).sha256).toBe(sha256(bytes))
  })

  it('waits for what is missing once the length is known, and no length may follow another', async () => {
    const bytes = randomBytes(3_000)
    const { location } = await begin()
    await patch(location, 0, bytes.subarray(0, 1000), { 'upload-length': '3000' })
    expect((await call('HEAD', location)).headers.get('upload-length')).toBe('3000')
    expect((await patch(location, 1000, Buffer.alloc(0), { 'upload-length': '2000' })).status).toBe(400)
    await patch(location, 1000, bytes.subarray(1000))
    expect((await rowOf(location)).sha256).toBe(sha256(bytes))
  })

  it('refuses a length below what is there, one beyond a recording, and none beside one', async () => {
    const { location } = await begin()
    await patch(location, 0, randomBytes(500))
    expect((await patch(location, 500, Buffer.alloc(0), { 'upload-length': '400' })).status).toBe(400)
    const far = String(LIMITS.recordingBytes + 1)
    expect((await patch(location, 500, Buffer.alloc(0), { 'upload-length': far })).status).toBe(413)
    expect(await offsetOf(location)).toBe(500)
    expect((await begin({ 'upload-length': '5' })).response.status).toBe(400)
    expect((await begin({ 'upload-defer-length': '2' })).response.status).toBe(400)
    expect((await call('POST', '/api/v1/uploads', freshClient())).status).toBe(400)
  })

  it('is never whole before its length is known, however much there is', async () => {
    const { location } = await begin()
    await uploads.server.db.sql`update uploads set declared_bytes = 1000 where id = ${idOf(location)}`
    await patch(location, 0, randomBytes(1000))
    await sweepUploads(uploads.server.deps)
    expect(await finished(location)).toBe(false)
    expect((await patch(location, 1000, randomBytes(1))).status).toBe(413)
  })
})
