import { createHash } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClamdScanner } from '../../media/clamd.ts'
import type { MediaTools } from '../../media/ffmpeg.ts'
import { createPipeline, type PipelineDeps } from '../../media/pipeline.ts'
import { createTranscriber } from '../../media/transcribe.ts'
import { processAsset } from '../../src/assets/process-asset.ts'
import { retryAsset } from '../../src/assets/retry-asset.ts'
import { mayDownloadOriginal, mayPlay } from '../../src/core/media.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { acceptanceOver, openTestDatabase, submissionOf } from '../support/acceptance.ts'
import { EICAR, startClamd } from '../support/clamd.ts'
import { silent, temporaryFolder, toolsOf } from '../support/media.ts'
import { amr, FILMS, longWav, truncatedMp4 } from '../support/media-files.ts'

let open: Awaited<ReturnType<typeof openTestDatabase>>
let tools: MediaTools
let acceptance: Awaited<ReturnType<typeof acceptanceOver>>
const disk = temporaryFolder()
const workDir = path.join(disk.folder, 'work')
const store = createFileStore({ folder: path.join(disk.folder, 'objects') })

beforeAll(async () => {
  open = await openTestDatabase()
  tools = await toolsOf('debian')
  acceptance = await acceptanceOver(open.db)
})
afterAll(async () => {
  await open.close()
  disk.remove()
})

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** Files a complaint with one file, as the web does, and gives the asset's id. */
const file = async (bytes: Buffer, declaredType: string): Promise<string> => {
  const id = newUuidV7()
  const objectKey = `originals/${newUuidV7()}`
  await store.put(objectKey, Readable.from([bytes]), { maxBytes: 1e9 })
  const media = [{ id, name: 'a file', declaredType, bytes: bytes.length, sha256: sha256(bytes), objectKey }]
  await acceptance.accept(submissionOf({ media }))
  return id
}
const depsWith = (parts: Partial<PipelineDeps> = {}) => ({
  db: open.db,
  store,
  clock: systemClock,
  newId: newUuidV7,
  pipeline: createPipeline({ tools, workDir, clock: systemClock, logger: silent, ...parts }),
})
const process = (assetId: string, parts?: Partial<PipelineDeps>, signal = new AbortController().signal) =>
  processAsset(depsWith(parts), { assetId }, { signal })

const assetOf = async (id: string) => {
  const [asset] = await open.db.sql`select * from media_assets where id = ${id}`
  return asset as unknown as {
    state: 'ready'
    scan: 'clean'
    failure: string | null
    kind: string
    type: string
    flags: string[]
    steps: Record<string, { tookMs: number }>
    duration_ms: number
    peaks: number[]
    width: number
    object_key: string
    sha256: string
  }
}
const renditionsOf = (id: string) =>
  open.db.sql<{ id: string; name: string; object_key: string; sha256: string; bytes: number }[]>`
    select * from renditions where asset_id = ${id} order by name`
const bytesOf = async (key: string) => buffer((await store.get(key)) ?? Readable.from([]))
const keysOf = async (prefix: string) => (await Array.fromAsync(store.list(prefix))).map(({ key }) => key)
const originalIsIntact = async (id: string) => {
  const { object_key, sha256: hash } = await assetOf(id)
  expect(sha256(await bytesOf(object_key))).toBe(hash)
  expect(fs.existsSync(workDir) ? fs.readdirSync(workDir) : []).toEqual([])
}

it('makes a phone film playable and records what it found', async () => {
  const film = FILMS.find(({ label }) => label === 'rotated MOV')
  const id = await file(film?.bytes(disk.folder) ?? Buffer.alloc(0), 'video/quicktime')
  expect(await process(id)).toEqual({ ok: true })
  const asset = await assetOf(id)
  expect(asset).toMatchObject({
    state: 'ready',
    scan: 'off',
    failure: null,
    kind: 'video',
    width: 360,
    flags: [],
  })
  expect(Object.keys(asset.steps)).toEqual(expect.arrayContaining(['identify', 'scan', 'probe', 'video']))
  const made = await renditionsOf(id)
  expect(made.map(({ name }) => name)).toEqual(['playback', 'poster'])
  for (const rendition of made) expect(sha256(await bytesOf(rendition.object_key))).toBe(rendition.sha256)
  await originalIsIntact(id)
})

it('makes each copy once, however often and however many at once it is asked', async () => {
  const before = (await keysOf('renditions/')).length
  const id = await file(amr(), 'audio/amr')
  await Promise.all([process(id), process(id), process(id)])
  await process(id)
  expect(await renditionsOf(id)).toHaveLength(1)
  expect(await keysOf('renditions/')).toHaveLength(before + 1)
  expect((await assetOf(id)).peaks).toHaveLength(100)
})

it('keeps a complaint whose film cannot be read, with the reason, and tries again when asked', async () => {
  const id = await file(truncatedMp4(disk.folder), 'video/mp4')
  expect(await process(id)).toEqual({ ok: true })
  expect(await assetOf(id)).toMatchObject({ state: 'failed', failure: 'unreadable', kind: 'video' })
  await originalIsIntact(id)
  expect(await process(id)).toEqual({ ok: true })
  await retryAsset({ db: open.db, clock: systemClock, newId: newUuidV7 }, id)
  expect(await assetOf(id)).toMatchObject({ state: 'stored', failure: null })
  const messages = await open.db.sql`select 1 from outbox_messages where payload ->> 'assetId' = ${id}`
  expect(messages).toHaveLength(2)
  await expect(
    retryAsset({ db: open.db, clock: systemClock, newId: newUuidV7 }, newUuidV7()),
  ).rejects.toMatchObject({ code: 'not_found' })
})

it('refuses a retry while the asset is being worked on', async () => {
  const id = await file(amr(), 'audio/amr')
  await open.db.sql`update media_assets set state = 'processing', updated_at = now() where id = ${id}`
  const retry = retryAsset({ db: open.db, clock: systemClock, newId: newUuidV7 }, id)
  await expect(retry).rejects.toMatchObject({ code: 'conflict' })
})

it('goes back to waiting when the process stops in the middle', async () => {
  const film = FILMS.find(({ label }) => label.startsWith('1080p'))
  const id = await file(film?.bytes(disk.folder) ?? Buffer.alloc(0), 'video/mp4')
  const result = await process(id, {}, AbortSignal.timeout(400))
  expect(result).toMatchObject({ ok: false, error: { code: 'interrupted', retryable: true } })
  expect(await assetOf(id)).toMatchObject({ state: 'stored', failure: 'interrupted' })
  await originalIsIntact(id)
  expect(await process(id)).toEqual({ ok: true })
  expect(await assetOf(id)).toMatchObject({ state: 'ready', failure: null })
})

it('notices an original that is not what arrived', async () => {
  const id = await file(amr(), 'audio/amr')
  await open.db.sql`update media_assets set sha256 = ${'0'.repeat(64)} where id = ${id}`
  expect(await process(id)).toMatchObject({ ok: false, error: { code: 'original_damaged', retryable: true } })
  expect(await assetOf(id)).toMatchObject({ state: 'stored', failure: 'original_damaged' })
})

it('does nothing for an asset that was erased', async () => {
  expect(await process(newUuidV7())).toEqual({ ok: true })
})

describe('with a real clamd', () => {
  let clamd: Awaited<ReturnType<typeof startClamd>>
  beforeAll(async () => {
    clamd = await startClamd()
  })
  afterAll(() => clamd.stop())
  const scanner = () => createClamdScanner(clamd.url)

  it('blocks what it recognises: nothing can be downloaded, the complaint stands', async () => {
    const id = await file(EICAR, 'image/jpeg')
    expect(await process(id, { scanner: scanner() })).toEqual({ ok: true })
    const asset = await assetOf(id)
    expect(asset).toMatchObject({ state: 'blocked', scan: 'infected', failure: 'infected' })
    expect([mayDownloadOriginal(asset), mayPlay(asset)]).toEqual([false, false])
    expect(await renditionsOf(id)).toEqual([])
    await originalIsIntact(id)
  })
  it('blocks a document too', async () => {
    const id = await file(EICAR, 'text/plain')
    await process(id, { scanner: scanner() })
    expect(await assetOf(id)).toMatchObject({ state: 'blocked', scan: 'infected' })
  })
  it('lets a clean recording through', async () => {
    const id = await file(amr(), 'audio/amr')
    await process(id, { scanner: scanner() })
    const asset = await assetOf(id)
    expect(asset).toMatchObject({ state: 'ready', scan: 'clean' })
    expect([mayDownloadOriginal(asset), mayPlay(asset)]).toEqual([true, true])
  })
  it('shows the copy of a recording beyond its limit, and keeps the original back', async () => {
    const id = await file(longWav(disk.folder), 'audio/wav')
    await process(id, { scanner: scanner() })
    const asset = await assetOf(id)
    expect(asset).toMatchObject({ state: 'ready', scan: 'pending' })
    expect(asset.flags).toContain('scan_skipped')
    expect([mayDownloadOriginal(asset), mayPlay(asset)]).toEqual([false, true])
  })
})

describe('with a scanner that is away', () => {
  it.each([
    ['refuses the connection', () => ({ url: 'tcp://127.0.0.1:9', close: () => {} })],
    [
      'hangs',
      async () => {
        const server = http.createServer()
        server.on('connection', () => {})
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        const close = () => server.closeAllConnections()
        return {
          url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
          close: () => [close(), server.close()],
        }
      },
    ],
  ])('that %s, downloads wait and the work comes again', async (_, start) => {
    const { url, close } = await start()
    const id = await file(amr(), 'audio/amr')
    const result = await process(id, { scanner: createClamdScanner(url, 300) })
    close()
    expect(result).toMatchObject({ ok: false, error: { code: 'scanner_unavailable', retryable: true } })
    const asset = await assetOf(id)
    expect(asset).toMatchObject({ state: 'stored', scan: 'pending', failure: 'scanner_unavailable' })
    expect([mayDownloadOriginal(asset), mayPlay(asset)]).toEqual([false, false])
    expect(await renditionsOf(id)).toEqual([])
    expect(await process(id)).toEqual({ ok: true })
    expect(await assetOf(id)).toMatchObject({ state: 'ready', failure: null })
  })
})

describe('with speech-to-text', () => {
  let answer: (request: http.IncomingMessage, body: Buffer) => { status: number; body: string }
  const seen: { url: string | undefined; authorization: string | undefined; body: Buffer }[] = []
  const service = http.createServer(async (request, reply) => {
    const body = await buffer(request)
    seen.push({ url: request.url, authorization: request.headers.authorization, body })
    const { status, body: text } = answer(request, body)
    reply.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  let parts: Partial<PipelineDeps>
  beforeAll(async () => {
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`
    parts = { transcriber: createTranscriber({ url, token: 'secret', timeoutMs: 2_000 }) }
  })
  beforeEach(() => {
    seen.length = 0
  })
  afterAll(() => {
    service.closeAllConnections()
    service.close()
  })
  const transcriptOf = (id: string) =>
    open.db.sql`select text, language, source from transcripts where asset_id = ${id}`

  it('keeps the machine transcript', async () => {
    answer = () => ({ status: 200, body: JSON.stringify({ text: 'السلام عليكم\0', language: 'ar' }) })
    const id = await file(amr(), 'audio/amr')
    expect(await process(id, parts)).toEqual({ ok: true })
    expect(await transcriptOf(id)).toEqual([{ text: 'السلام عليكم', language: 'ar', source: 'machine' }])
    expect(seen).toMatchObject([{ url: '/v1/audio/transcriptions', authorization: 'Bearer secret' }])
    expect(seen[0]?.body.includes('ftyp')).toBe(true)
  })

  it('is tried again after a failure, which blocks nothing and makes nothing twice', async () => {
    answer = () => ({ status: 503, body: '' })
    const id = await file(amr(), 'audio/amr')
    const first = await process(id, parts)
    expect(first).toMatchObject({ ok: false, error: { code: 'transcriber_unavailable', retryable: true } })
    expect(await assetOf(id)).toMatchObject({ state: 'ready', failure: 'transcriber_unavailable' })
    const [playback] = await renditionsOf(id)
    answer = () => ({ status: 200, body: '{"text":"bonjour"}' })
    expect(await process(id, parts)).toEqual({ ok: true })
    expect(await transcriptOf(id)).toMatchObject([{ text: 'bonjour' }])
    expect(await assetOf(id)).toMatchObject({ state: 'ready', failure: null })
    expect(await renditionsOf(id)).toEqual([playback])
  })

  it.each([
    ['refuses', { status: 400, body: '{}' }],
    ['talks nonsense', { status: 200, body: '<html>' }],
    ['answers without a text', { status: 200, body: '{"words":1}' }],
  ])('that %s, the recording is ready and the reason shown', async (_, reply) => {
    answer = () => reply
    const id = await file(amr(), 'audio/amr')
    expect(await process(id, parts)).toEqual({ ok: true })
    expect(await assetOf(id)).toMatchObject({ state: 'ready', failure: 'transcriber_refused' })
    expect(await transcriptOf(id)).toEqual([])
  })
})

it('makes a voice note of what a body spoke, and of nothing else', async () => {
  const spoken = longWav(disk.folder)
  const [id, citizens] = [await file(spoken, 'audio/wav'), await file(spoken, 'audio/wav')]
  await open.db.sql`update media_assets set of_answer = true where id = ${id}`
  expect(await process(id)).toEqual({ ok: true })
  expect(await process(citizens)).toEqual({ ok: true })
  const notes = await open.db.sql`
    select asset_id, type, bytes::int, object_key from renditions where name = 'voice_note'`
  expect(notes).toMatchObject([{ asset_id: id, type: 'audio/ogg' }])
  expect(notes[0]?.['bytes']).toBeLessThanOrEqual(512 * 1024)
  const body = await buffer((await store.get(notes[0]?.['object_key'])) as Readable)
  expect(body.subarray(0, 64).toString('latin1')).toContain('OpusHead')
})
