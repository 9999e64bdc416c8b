import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFileStore } from '../platform/object-store/files.ts'
import { contentDisposition, rangeOf, serveObject } from './serve-object.ts'

const bytes = randomBytes(1000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-serve-'))
const store = createFileStore({ folder })
const app = fastify()

beforeAll(async () => {
  await store.put('originals/a', Readable.from([bytes]), { maxBytes: 2000 })
  const object = { key: 'originals/a', type: 'text/html', bytes: 1000, sha256, fileName: 'صورة "x".html' }
  app.get('/original', (_request, reply) =>
    serveObject(reply, store, { ...object, disposition: 'attachment' }),
  )
  app.get('/poster', (_request, reply) =>
    serveObject(reply, store, { ...object, type: 'image/jpeg', disposition: 'inline' }),
  )
  app.get('/lost', (_request, reply) =>
    serveObject(reply, store, { ...object, key: 'originals/lost', disposition: 'inline' }),
  )
})
afterAll(async () => {
  await app.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

it.each([
  [undefined, undefined],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=0-1', { start: 0, end: 1 }],
  ['bytes=10-', { start: 10, end: 99 }],
  ['bytes=90-1000', { start: 90, end: 99 }],
  ['bytes=-1', { start: 99, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=5-4', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=-', undefined],
  ['bytes=a-b', undefined],
  ['items=0-1', undefined],
  ['bytes=99999999999999999999-', undefined],
] as const)('reads the range %j of 100 bytes', (given, wanted) => expect(rangeOf(given, 100)).toEqual(wanted))

it('has no range of an empty object', () => {
  expect(rangeOf('bytes=0-', 0)).toBe('unsatisfiable')
  expect(rangeOf('bytes=-5', 0)).toBe('unsatisfiable')
})

it.each([
  ['photo.jpg', `attachment; filename="photo.jpg"; filename*=UTF-8''photo.jpg`],
  ['صورة.jpg', `attachment; filename="____.jpg"; filename*=UTF-8''%D8%B5%D9%88%D8%B1%D8%A9.jpg`],
  ['a"b\r\nX: y.html', `attachment; filename="a_bX_ y.html"; filename*=UTF-8''a%22bX%3A%20y.html`],
  ["it's (1)*.pdf", `attachment; filename="it_s _1__.pdf"; filename*=UTF-8''it%27s%20%281%29%2A.pdf`],
  ['../../etc/passwd', `attachment; filename="passwd"; filename*=UTF-8''passwd`],
])('writes the name %j into a header', (name, wanted) =>
  expect(contentDisposition('attachment', name)).toBe(wanted),
)

describe('an original', () => {
  it('goes out whole as bytes that no browser runs', async () => {
    const response = await get('/original')
    expect(response.statusCode).toBe(200)
    expect(response.rawPayload.equals(bytes)).toBe(true)
    expect(response.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      etag: `"${sha256}"`,
    })
    expect(response.headers['content-disposition']).toMatch(/^attachment; /)
  })

  it('goes out in part', async () => {
    const response = await get('/original', { range: 'bytes=100-199' })
    expect(response.statusCode).toBe(206)
    expect(response.headers['content-range']).toBe('bytes 100-199/1000')
    expect(response.headers['content-length']).toBe('100')
    expect(response.rawPayload.equals(bytes.subarray(100, 200))).toBe(true)
  })

  it('says where it ends when asked for more', async () => {
    const response = await get('/original', { range: 'bytes=1000-' })
    expect(response.statusCode).toBe(416)
    expect(response.headers['content-range']).toBe('bytes */1000')
    expect(response.rawPayload).toHaveLength(0)
  })

  it.each([
    [`"${sha256}"`, 206],
    ['"another"', 200],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 200],
  ])('gives a part of the same bytes only: If-Range %s', async (ifRange, status) => {
    const response = await get('/original', { range: 'bytes=0-9', 'if-range': ifRange })
    expect(response.statusCode).toBe(status)
    expect(response.rawPayload).toHaveLength(status === 206 ? 10 : 1000)
  })

  it('is not sent again to who has it', async () => {
    const response = await get('/original', { 'if-none-match': `"other", "${sha256}"` })
    expect(response.statusCode).toBe(304)
    expect(response.rawPayload).toHaveLength(0)
  })
})

it('serves what we made ourselves inline, by its own type', async () => {
  const response = await get('/poster')
  expect(response.headers['content-type']).toBe('image/jpeg')
  expect(response.headers['content-disposition']).toMatch(/^inline; /)
})

it('does not invent an object that is not there', async () => {
  expect((await get('/lost')).statusCode).toBe(500)
  expect((await get('/lost')).json()).toMatchObject({ message: 'Nothing is here, or it is not for you.' })
})
