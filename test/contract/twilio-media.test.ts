import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fetchRemote, isAllowedHost } from '../../media/fetch-remote.ts'
import { createFileStore } from '../../src/platform/object-store/files.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'

interface Asked {
  readonly host: string
  readonly path: string
  readonly authorization: string | undefined
}
const asked: Asked[] = []
type Answer = (response: http.ServerResponse) => void
const answers = new Map<string, Answer>()

const listen = async (host: string) => {
  const server = http.createServer((request, response) => {
    const url = request.url ?? ''
    asked.push({ host, path: url, authorization: request.headers.authorization })
    const answer = answers.get(url)
    if (answer) answer(response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

let api: Awaited<ReturnType<typeof listen>>
let cdn: Awaited<ReturnType<typeof listen>>
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-fetch-'))
const store = createFileStore({ folder })
beforeAll(async () => {
  api = await listen('api')
  cdn = await listen('cdn')
})
afterAll(() => {
  for (const { server } of [api, cdn]) {
    server.closeAllConnections()
    server.close()
  }
  fs.rmSync(folder, { recursive: true })
})
afterEach(() => {
  asked.length = 0
  answers.clear()
})

const stored = async (): Promise<number> => {
  let count = 0
  for await (const _ of store.list('')) count += 1
  return count
}

const get = async (
  url: string,
  options: {
    hosts?: string[]
    allow?: string[]
    within?: string[]
    maxBytes?: number
    signal?: AbortSignal
  } = {},
) => {
  const guard = createOutboundGuard({ allow: options.allow ?? ['127.0.0.0/8'], within: options.within ?? [] })
  try {
    return await fetchRemote(
      {
        guard,
        store,
        newId: newUuidV7,
        source: {
          hosts: options.hosts ?? [`127.0.0.1:${api.port}`, `127.0.0.1:${cdn.port}`],
          credentials: { user: 'AC1', password: 'secret-token' },
        },
      },
      url,
      { maxBytes: options.maxBytes ?? 1_000, signal: options.signal ?? AbortSignal.timeout(10_000) },
    )
  } finally {
    await guard.close()
  }
}
const at = (where: { port: number }, name: string) => `http://127.0.0.1:${where.port}${name}`
const redirect =
  (to: string, status = 307): Answer =>
  (response) =>
    response.writeHead(status, { location: to }).end()
const bytes =
  (content: string, type = 'audio/ogg; codecs=opus'): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': type }).end(content)

describe('a file of a provider (P65)', () => {
  it('is brought into the store, hashed, with its type as a claim', async () => {
    answers.set('/media', bytes('voice'))
    const result = await get(at(api, '/media'))
    expect(result).toMatchObject({
      ok: true,
      object: { bytes: 5 },
      declaredType: expect.stringMatching(/^audio\/ogg/),
    })
  })

  it('may lead elsewhere: credentials go to the first host alone, and only at first', async () => {
    answers.set('/media', redirect(at(cdn, '/signed?x=1')))
    answers.set('/signed?x=1', redirect(at(api, '/last'), 302))
    answers.set('/last', bytes('voice'))
    expect(await get(at(api, '/media'))).toMatchObject({ ok: true })
    expect(asked.map(({ host, authorization }) => [host, authorization !== undefined])).toEqual([
      ['api', true],
      ['cdn', false],
      ['api', false],
    ])
  })

  it.each<[string, () => string]>([
    ['a host that is not configured', () => at(cdn, '/other').replace('127.0.0.1', 'localhost')],
    [
      'a port of the host that is not',
      () => `http://127.0.0.1:${cdn.port === 65535 ? 65534 : cdn.port + 1}/x`,
    ],
    ['the metadata service', () => 'http://169.254.169.254/latest/'],
    ['a private address', () => 'http://10.0.0.1/'],
    ['another scheme', () => 'file:///etc/passwd'],
    ['credentials in the address', () => at(cdn, '/x').replace('//', '//user:password@')],
    ['nowhere', () => 'http://'],
  ])('is refused for good when it leads to %s', async (_label, target) => {
    answers.set('/media', redirect(target()))
    expect(await get(at(api, '/media'))).toMatchObject({
      ok: false,
      error: { code: 'forbidden_address', retryable: false },
    })
    expect(asked).toHaveLength(1)
    asked.length = 0
    expect(await get(target())).toMatchObject({ ok: false, error: { code: 'forbidden_address' } })
    expect(asked).toEqual([])
  })

  it('is refused over plain HTTP unless the network is allowed or the address was configured so', async () => {
    answers.set('/media', bytes('voice'))
    expect(await get(at(api, '/media'), { allow: [] })).toMatchObject({
      ok: false,
      error: { code: 'forbidden_address' },
    })
    expect(asked).toEqual([])
    const within = [at(api, '/')]
    expect(await get(at(api, '/media'), { allow: [], within })).toMatchObject({ ok: true })
    answers.set('/away', redirect(at(cdn, '/media')))
    expect(await get(at(api, '/away'), { allow: [], within })).toMatchObject({ ok: false })
    expect(asked.some(({ host }) => host === 'cdn')).toBe(false)
  })

  it('that leads in a circle ends', async () => {
    answers.set('/media', redirect('/media'))
    expect(await get(at(api, '/media'))).toMatchObject({ ok: false, error: { code: 'too_many_redirects' } })
    expect(asked.length).toBeLessThan(10)
  })

  it.each([
    [404, true],
    [429, true],
    [401, true],
    [500, true],
    [503, true],
    [400, false],
    [403, false],
    [410, false],
  ])('answered with HTTP %d is tried again: %s', async (status, retryable) => {
    answers.set('/media', (response) => response.writeHead(status).end('x'))
    expect(await get(at(api, '/media'))).toMatchObject({ ok: false, error: { retryable } })
  })

  it.each<[string, Answer, object]>([
    [
      'says it is too large',
      (r) => r.writeHead(200, { 'content-length': 2_000 }).end('x'),
      { code: 'file_too_large', retryable: false },
    ],
    [
      'is too large without saying',
      (r) => r.writeHead(200).end('x'.repeat(2_000)),
      { code: 'file_too_large', retryable: false },
    ],
    ['is empty so far', (r) => r.writeHead(200).end(), { code: 'media_not_ready', retryable: true }],
    [
      'breaks off',
      (r) => r.writeHead(200, { 'content-length': 10 }).write('half', () => r.destroy()),
      { code: 'unreachable', retryable: true },
    ],
  ])('that %s leaves nothing behind', async (_label, answer, error) => {
    answers.set('/media', answer)
    const before = await stored()
    const result = await get(at(api, '/media'))
    expect(result).toMatchObject({ ok: false, error })
    expect(JSON.stringify(result)).not.toContain('secret')
    expect(await stored()).toBe(before)
  })

  it('that never ends is given up with the signal', async () => {
    answers.set('/media', (response) => response.writeHead(200).write('x'))
    const start = performance.now()
    expect(await get(at(api, '/media'), { signal: AbortSignal.timeout(200) })).toMatchObject({
      ok: false,
      error: { retryable: true },
    })
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

it.each([
  ['https://media.twiliocdn.com/x', true],
  ['https://api.twilio.com/x', true],
  ['https://eviltwiliocdn.com/x', false],
  ['https://twiliocdn.com/x', false],
  ['https://media.twiliocdn.com.evil.example/x', false],
  ['https://api.twilio.com:8443/x', true],
  ['https://api.twilio.com.evil.example/', false],
])('holds %s against the configured hosts: %s', (url, ok) => {
  expect(isAllowedHost(new URL(url), ['api.twilio.com', '*.twiliocdn.com'])).toBe(ok)
})
