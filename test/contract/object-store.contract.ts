import { createHash, randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/core/object-store.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const anyLimit = { maxBytes: 1024 * MIB }

/** 64 KiB pieces that never exist all at once; gives the hash they must have. */
const manyBytes = (total: number) => {
  const piece = randomBytes(64 * 1024)
  const hash = createHash('sha256')
  function* pieces() {
    for (let sent = 0; sent < total; sent += piece.length) {
      hash.update(piece)
      yield piece
    }
  }
  return { stream: Readable.from(pieces(), { objectMode: false }), hash }
}

/** A body that gives some bytes and then no more, like a sender whose line went quiet. */
const stuckBody = (bytes: number) => {
  const body = new PassThrough()
  body.write(randomBytes(bytes))
  return body
}

/** A body that gives some bytes and then fails. */
const brokenBody = (bytes: number) =>
  Readable.from(
    (async function* () {
      yield randomBytes(bytes)
      throw new Error('cut')
    })(),
    { objectMode: false },
  )

const HOSTILE_KEYS = [
  '',
  '/',
  '..',
  '../outside',
  'a/../../outside',
  'a//b',
  'a/./b',
  '/absolute',
  'a\\..\\b',
  'a\0b',
  'a b',
  'é',
  'a/.hidden',
  'x'.repeat(161),
  'a/%2e%2e/b',
]

/** What every object store must keep, told of an empty one. */
export const objectStoreContract = (
  name: string,
  open: () => Promise<{ store: ObjectStore; close: () => Promise<void> }>,
  quirks: { readonly ignoresFirstByteRange?: boolean } = {},
) =>
  describe(`object store: ${name}`, () => {
    const run = randomBytes(4).toString('hex')
    const keyOf = (what: string) => `contract/${run}/${what}`
    let opened: Awaited<ReturnType<typeof open>>
    let store: ObjectStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(() => opened.close())

    const keysUnder = async (prefix: string) =>
      (await Array.fromAsync(store.list(prefix))).map(({ key }) => key).sort()
    const putBytes = (key: string, bytes: Buffer) =>
      store.put(key, Readable.from([bytes], { objectMode: false }), anyLimit)
    const bytesOf = async (key: string, range?: { start: number; end: number }) => {
      const stream = await store.get(key, range)
      return stream && buffer(stream)
    }

    it('answers its check', () => expect(store.check(AbortSignal.timeout(5_000))).resolves.toBeUndefined())

    it.each([0, 1, 65_536, 65_537, 9 * MIB + 1])('keeps %i bytes with their hash', async (size) => {
      const bytes = randomBytes(size)
      const key = keyOf(`size-${size}`)
      const result = await putBytes(key, bytes)
      expect(result).toEqual({ ok: true, object: { key, bytes: size, sha256: sha256(bytes) } })
      expect(await store.head(key)).toEqual({ bytes: size })
      expect((await bytesOf(key))?.equals(bytes)).toBe(true)
    })

    it.each([
      ['the first two bytes', { start: 0, end: 1 }, [0, 2]],
      ['the middle', { start: 10, end: 19 }, [10, 20]],
      ['the last byte', { start: 99, end: 99 }, [99, 100]],
      ['past the end, cut at it', { start: 90, end: 500 }, [90, 100]],
      ['wholly beyond, nothing', { start: 100, end: 120 }, [100, 100]],
    ] as const)('gives a range: %s', async (_label, range, [from, to]) => {
      const bytes = Buffer.from(Array.from({ length: 100 }, (_, nth) => nth))
      const key = keyOf('range')
      await putBytes(key, bytes)
      expect(await bytesOf(key, range)).toEqual(bytes.subarray(from, to))
    })

    if (!quirks.ignoresFirstByteRange)
      it('gives the first byte alone', async () => {
        await putBytes(keyOf('first'), Buffer.from('ab'))
        expect(await bytesOf(keyOf('first'), { start: 0, end: 0 })).toEqual(Buffer.from('a'))
      })

    it('knows nothing of a missing key, and deleting it is no error', async () => {
      const key = keyOf('missing')
      expect(await store.get(key)).toBeUndefined()
      expect(await store.head(key)).toBeUndefined()
      await store.delete(key)
    })

    it('deletes', async () => {
      const key = keyOf('deleted')
      await putBytes(key, Buffer.from('x'))
      await store.delete(key)
      expect(await store.head(key)).toBeUndefined()
      expect(await keysUnder(key)).toEqual([])
    })

    it.each([
      ['a small body', 100, 99],
      ['a body of several parts', 20 * MIB, 17 * MIB],
    ])('refuses %s that passes the limit and keeps nothing', async (_label, size, maxBytes) => {
      const key = keyOf('too-large')
      expect(await store.put(key, Readable.from([randomBytes(size)]), { maxBytes })).toEqual({
        ok: false,
        reason: 'too_large',
      })
      expect(await store.head(key)).toBeUndefined()
    })

    it('takes a body of exactly the limit', async () => {
      const result = await store.put(keyOf('exact'), Readable.from([randomBytes(100)]), { maxBytes: 100 })
      expect(result.ok).toBe(true)
    })

    it.each([
      ['before the first part is full', 1000],
      ['between parts', 17 * MIB],
    ])('leaves nothing when aborted %s', async (_label, size) => {
      const key = keyOf('aborted')
      const control = new AbortController()
      const body = stuckBody(size)
      const putting = store.put(key, body, { ...anyLimit, signal: control.signal })
      setImmediate(() => control.abort(new Error('stop')))
      await expect(putting).rejects.toThrow()
      expect(body.destroyed).toBe(true)
      expect(await store.head(key)).toBeUndefined()
    })

    it('refuses a signal that is already aborted', async () => {
      const key = keyOf('aborted-before')
      const signal = AbortSignal.abort(new Error('stop'))
      await expect(
        store.put(key, Readable.from([Buffer.from('x')]), { ...anyLimit, signal }),
      ).rejects.toThrow()
      expect(await store.head(key)).toBeUndefined()
    })

    it.each([1000, 17 * MIB])('leaves nothing when the body fails after %i bytes', async (size) => {
      const key = keyOf('broken')
      await expect(store.put(key, brokenBody(size), anyLimit)).rejects.toThrow('cut')
      expect(await store.head(key)).toBeUndefined()
    })

    it('keeps the old object whole when a second put of its key fails', async () => {
      const key = keyOf('twice-broken')
      await putBytes(key, Buffer.from('first'))
      await expect(store.put(key, brokenBody(10), anyLimit)).rejects.toThrow('cut')
      expect(await bytesOf(key)).toEqual(Buffer.from('first'))
    })

    it('replaces whole when the same key is put twice', async () => {
      const key = keyOf('replaced')
      await putBytes(key, randomBytes(1000))
      await putBytes(key, Buffer.from('second'))
      expect(await bytesOf(key)).toEqual(Buffer.from('second'))
      expect(await keysUnder(key)).toEqual([key])
    })

    it('takes many puts at once', async () => {
      const bodies = Array.from({ length: 40 }, () => randomBytes(10_000))
      const results = await Promise.all(bodies.map((body, nth) => putBytes(keyOf(`many/${nth}`), body)))
      expect(results.map((result) => result.ok && result.object.sha256)).toEqual(bodies.map(sha256))
    })

    it('keeps the bytes whole when two finishers put them under one key at once', async () => {
      const bytes = randomBytes(300_000)
      await Promise.all([1, 2].map(() => putBytes(keyOf('race'), bytes)))
      expect((await bytesOf(keyOf('race')))?.equals(bytes)).toBe(true)
    })

    it('lists more than a page, by prefix, with size and time', async () => {
      const keys = Array.from({ length: 1_050 }, (_, nth) => keyOf(`list/${String(nth).padStart(4, '0')}`))
      for (let from = 0; from < keys.length; from += 50)
        await Promise.all(keys.slice(from, from + 50).map((key) => putBytes(key, Buffer.from('12'))))
      await putBytes(keyOf('listed-beside'), Buffer.from('x'))
      expect(await keysUnder(keyOf('list/'))).toEqual(keys)
      const [one] = await Array.fromAsync(store.list(keyOf('list/0000')))
      expect(one?.bytes).toBe(2)
      expect(Math.abs((one?.modifiedAt.getTime() ?? 0) - Date.now())).toBeLessThan(600_000)
    })

    it.each(HOSTILE_KEYS)('refuses the key %j', async (key) => {
      const refused = /key/
      await expect(store.put(key, Readable.from([Buffer.from('x')]), anyLimit)).rejects.toThrow(refused)
      await expect(store.get(key)).rejects.toThrow(refused)
      await expect(store.head(key)).rejects.toThrow(refused)
      await expect((async () => store.delete(key))()).rejects.toThrow(refused)
    })

    it('streams 64 MiB in bounded memory', async () => {
      const { stream, hash } = manyBytes(64 * MIB)
      globalThis.gc?.()
      const before = process.memoryUsage().rss
      let most = 0
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss - before)
      }, 5)
      const result = await store.put(keyOf('large'), stream, anyLimit)
      clearInterval(watch)
      expect(result).toMatchObject({ ok: true, object: { bytes: 64 * MIB, sha256: hash.digest('hex') } })
      expect(most).toBeGreaterThanOrEqual(0)
      expect(most).toBeLessThan(150 * MIB)
    })

    it('finds nothing unfinished after all this', async () => {
      expect(await store.discardUnfinished(new Date())).toBe(0)
    })
  })
