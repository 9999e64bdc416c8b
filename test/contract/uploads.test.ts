import { createHash, randomBytes } from 'node:crypto'
import net from 'node:net'
import { buffer } from 'node:stream/consumers'
import * as tus from 'tus-js-client'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { findUploads } from '../../src/intake/uploads/find-uploads.ts'
import { sweepUploads } from '../../src/intake/uploads/sweep-uploads.ts'
import { pollUntil } from '../support/poll-until.ts'
import { DAY, HOUR, idOf, KINDS, OCTETS, sha256, useUploads } from '../support/upload-client.ts'

const encoded = (text: string) => Buffer.from(text).toString('base64')

describe.each(KINDS)('uploads over %s', (kind) => {
  const uploads = useUploads(kind)
  const { freshClient, call, declare, patch, offsetOf, uploaded, rowOf } = uploads

  describe('the protocol', () => {
    it('tells what it can', async () => {
      const response = await call('OPTIONS', '/api/v1/uploads')
      expect(response.status).toBe(204)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'tus-version': '1.0.0',
        'tus-extension':
          'creation,creation-with-upload,creation-defer-length,expiration,checksum,termination',
        'tus-max-size': String(LIMITS.uploadBytes),
        'tus-checksum-algorithm': 'sha1,sha256,md5',
      })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    })

    it('uploads in one piece and stores it under its hash', async () => {
      const bytes = randomBytes(300_000)
      const location = await uploaded(bytes, {
        'upload-metadata': `filename ${encoded('../صورة.jpg')},filetype ${encoded('image/jpeg')}`,
      })
      expect(location).toMatch(/^\/api\/v1\/uploads\/[A-Za-z0-9_-]{32}$/)
      const row = await rowOf(location)
      expect(row).toMatchObject({
        name: 'صورة.jpg',
        declaredType: 'image/jpeg',
        sha256: sha256(bytes),
        receivedBytes: 300_000,
      })
      expect(row.objectKey).toMatch(/^originals\/[0-9a-f-]{36}$/)
      expect(await buffer((await uploads.server.store.get(row.objectKey))!)).toEqual(bytes)
    })

    it('uploads with its creation', async () => {
      const bytes = randomBytes(1000)
      const response = await call(
        'POST',
        '/api/v1/uploads',
        { ...OCTETS, ...freshClient(), 'upload-length': '1000' },
        bytes,
      )
      expect(response.status).toBe(201)
      expect(response.headers.get('upload-offset')).toBe('1000')
      expect((await rowOf(response.headers.get('location')!)).sha256).toBe(sha256(bytes))
    })

    it('goes on after pieces, and completion may be asked again', async () => {
      const bytes = randomBytes(100_000)
      const { location, response } = await declare(bytes.length)
      expect(Date.parse(response.headers.get('upload-expires')!) - Date.now()).toBeGreaterThan(DAY - 60_000)
      for (let at = 0; at < bytes.length; at += 30_000) {
        expect(await offsetOf(location)).toBe(at)
        expect((await patch(location, at, bytes.subarray(at, at + 30_000))).status).toBe(204)
      }
      expect(await offsetOf(location)).toBe(bytes.length)
      expect((await patch(location, bytes.length, Buffer.alloc(0))).status).toBe(204)
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
    })

    it.each([5, 0, 101, 99])('changes nothing at the wrong offset %i', async (offset) => {
      const bytes = randomBytes(200)
      const { location } = await declare(200)
      await patch(location, 0, bytes.subarray(0, 100))
      expect((await patch(location, offset, randomBytes(100))).status).toBe(409)
      expect(await offsetOf(location)).toBe(100)
      await patch(location, 100, bytes.subarray(100))
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
    })

    it('takes one of two requests at the same offset', async () => {
      const bytes = randomBytes(50_000)
      const { location } = await declare(bytes.length)
      const statuses = (await Promise.all([1, 2, 3].map(() => patch(location, 0, bytes)))).map(
        (r) => r.status,
      )
      expect(statuses.sort()).toEqual([204, 409, 409])
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
    })

    it('works with the client that our pages use', async () => {
      const bytes = randomBytes(300_000)
      const location = await new Promise<string>((resolve, reject) => {
        const upload: tus.Upload = new tus.Upload(bytes, {
          endpoint: `${uploads.server.url}/api/v1/uploads`,
          chunkSize: 64 * 1024,
          metadata: { filename: 'تسجيل.webm', filetype: 'audio/webm' },
          onError: reject,
          onSuccess: () => resolve(new URL(upload.url ?? '').pathname),
        })
        upload.start()
      })
      expect(await rowOf(location)).toMatchObject({ name: 'تسجيل.webm', sha256: sha256(bytes) })
    })

    it('refuses more bytes than declared and keeps the offset in bounds', async () => {
      const { location } = await declare(100)
      expect((await patch(location, 0, randomBytes(101))).status).toBe(413)
      expect(await offsetOf(location)).toBe(0)
    })

    it.each([
      ['sha1', 204],
      ['sha256', 204],
      ['md5', 204],
    ])('checks a %s checksum', async (algorithm, status) => {
      const bytes = randomBytes(5000)
      const { location } = await declare(5000)
      const digest = createHash(algorithm).update(bytes).digest('base64')
      const wrongDigest = createHash(algorithm).update('else').digest('base64')
      const refused = await patch(location, 0, bytes, { 'upload-checksum': `${algorithm} ${wrongDigest}` })
      expect(refused.status).toBe(460)
      expect(await offsetOf(location)).toBe(0)
      const taken = await patch(location, 0, bytes, { 'upload-checksum': `${algorithm} ${digest}` })
      expect(taken.status).toBe(status)
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
    })

    it('keeps what came before the line was cut', async () => {
      const bytes = randomBytes(400_000)
      const { location } = await declare(bytes.length)
      const { hostname, port } = new URL(uploads.server.url)
      const socket = net.connect(Number(port), hostname)
      socket.write(
        `PATCH ${location} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
          `Content-Type: application/offset+octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      )
      const { write } = uploads.server.deps.staging
      let arrived = 0
      async function* watched(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          arrived += chunk.length
          yield chunk
        }
      }
      uploads.server.deps.staging.write = (upload, offset, chunks) => write(upload, offset, watched(chunks))
      socket.write(bytes.subarray(0, 250_000))
      await pollUntil(() => arrived === 250_000)
      uploads.server.deps.staging.write = write
      socket.destroy()
      await pollUntil(async () => (await rowOf(location)).receivedBytes === 250_000)
      expect((await patch(location, 250_000, bytes.subarray(250_000))).status).toBe(204)
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
    })

    it('lets a client in that comes back while its old connection hangs', async () => {
      const bytes = randomBytes(1000)
      const { location } = await declare(1000)
      const { hostname, port } = new URL(uploads.server.url)
      const hanging = net.connect(Number(port), hostname)
      hanging.on('error', () => {})
      hanging.write(
        `PATCH ${location} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
          `Content-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\n`,
      )
      await new Promise((resolve) => hanging.write(bytes.subarray(0, 400), resolve))
      await pollUntil(async () => (await offsetOf(location)) === 400)
      expect((await patch(location, 400, bytes.subarray(400))).status).toBe(204)
      expect((await rowOf(location)).sha256).toBe(sha256(bytes))
      hanging.destroy()
    })

    it.each([
      ['no version', 'POST', '', { 'tus-resumable': '' }, 412],
      ['another version', 'POST', '', { 'tus-resumable': '0.2.2' }, 412],
      ['no length', 'POST', '', {}, 400],
      ['a negative length', 'POST', '', { 'upload-length': '-1' }, 400],
      ['a length that is no number', 'POST', '', { 'upload-length': '1e3' }, 400],
      ['an empty file', 'POST', '', { 'upload-length': '0' }, 400],
      [
        'metadata that is no base64',
        'POST',
        '',
        { 'upload-length': '5', 'upload-metadata': 'filename %%%' },
        400,
      ],
      ['an id nobody has', 'HEAD', '/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', {}, 404],
      ['an id that is a path', 'PATCH', '/..%2f..%2fetc%2fpasswd', { 'upload-offset': '0' }, 404],
      ['GET of the collection', 'GET', '', {}, 404],
      ['GET of an upload', 'GET', '/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', {}, 404],
    ])('refuses %s', async (_label, method, suffix, headers, status) => {
      const response = await call(method, `/api/v1/uploads${suffix}`, { ...freshClient(), ...headers })
      expect(response.status).toBe(status)
      if (method !== 'HEAD')
        expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    })

    it('never gives the bytes back by GET', async () => {
      const location = await uploaded(randomBytes(10))
      expect((await call('GET', location)).status).toBe(404)
      const overridden = await call('POST', location, { 'x-http-method-override': 'GET' })
      expect(overridden.status).toBe(404)
    })

    it('is terminated by its owner', async () => {
      const unfinished = await declare(100)
      await patch(unfinished.location, 0, randomBytes(50))
      expect((await call('DELETE', unfinished.location)).status).toBe(204)
      expect((await call('HEAD', unfinished.location)).status).toBe(404)
      const finished = await uploaded(randomBytes(50))
      const { objectKey } = await rowOf(finished)
      expect((await call('DELETE', finished)).status).toBe(204)
      expect(await findUploads(uploads.server.deps, [idOf(finished)], {})).toMatchObject({
        code: 'upload_expired',
      })
      uploads.server.clock.ahead = 2 * HOUR
      await sweepUploads(uploads.server.deps)
      uploads.server.clock.ahead = 0
      expect(await uploads.server.store.head(objectKey)).toBeUndefined()
    })
  })

  describe('limits', () => {
    it('refuses a file above the limit at its declaration', async () => {
      const { response } = await declare(LIMITS.uploadBytes + 1)
      expect(response.status).toBe(413)
      expect(await response.json()).toMatchObject({ code: 'file_too_large', status: 413 })
      expect((await declare(LIMITS.uploadBytes)).response.status).toBe(201)
    })

    it('gives one client so many bytes, and others are not touched', async () => {
      const client = freshClient()
      for (let n = 0; n < 2; n += 1)
        expect((await declare(LIMITS.uploadBytes, client)).response.status).toBe(201)
      const { response } = await declare(1, client)
      expect(response.status).toBe(507)
      expect(await response.json()).toMatchObject({ code: 'insufficient_storage' })
      expect((await declare(1)).response.status).toBe(201)
    })

    it('gives one client so many unfinished uploads, also in a burst', async () => {
      const client = freshClient()
      const statuses = await Promise.all(
        Array.from(
          { length: LIMITS.pendingUploadsPerClient + 10 },
          async () => (await declare(10, client)).response.status,
        ),
      )
      expect(statuses.filter((status) => status === 201)).toHaveLength(LIMITS.pendingUploadsPerClient)
      expect(statuses.filter((status) => status === 429)).toHaveLength(10)
    })

    it('refuses with 507 when the disk is nearly full, and recovers by itself', async () => {
      const { location } = await declare(1000)
      const room = uploads.server.deps.staging.room
      uploads.server.deps.staging.room = async () => LIMITS.freeDiskBytes - 1
      try {
        expect((await declare(10)).response.status).toBe(507)
        expect((await patch(location, 0, randomBytes(1000))).status).toBe(507)
        expect(await offsetOf(location)).toBe(0)
      } finally {
        uploads.server.deps.staging.room = room
      }
      expect((await patch(location, 0, randomBytes(1000))).status).toBe(204)
    })
  })
})
