import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { retryAfterSeconds } from '../../src/connectors/retry-after.ts'
import { createWebhookConnector } from '../../src/connectors/webhook/connector.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { messageOf } from '../support/dossier.ts'
import { connectorContract } from './connector.contract.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OLD_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

interface Call {
  path: string
  headers: http.IncomingHttpHeaders
  body: string
}

/** Answers as its path says: /status/503, /redirect, /silent, /flood, /bomb, /drip. */
const startReceiver = async () => {
  const calls: Call[] = []
  const sent = { bytes: 0 }
  const answers: Record<string, (response: http.ServerResponse, detail: string) => void> = {
    status: (response, code) => {
      const headers = code === '429' ? { 'retry-after': '120' } : {}
      response.writeHead(Number(code), headers).end('answer')
    },
    redirect: (response) => response.writeHead(307, { location: '/status/200' }).end(),
    silent: () => {},
    flood: (response) => {
      response.writeHead(200)
      const piece = Buffer.alloc(16 * 1024)
      const write = () => {
        while (!response.destroyed && sent.bytes < 200 * 1024 * 1024) {
          sent.bytes += piece.length
          if (!response.write(piece)) return response.once('drain', write)
        }
        response.end()
      }
      write()
    },
    bomb: (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50 * 1024 * 1024))),
    drip: (response) => {
      response.writeHead(200)
      response.write('a')
    },
  }
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      calls.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const [, kind = '', detail = ''] = path.split('/')
      answers[kind]?.(response, detail)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { base, calls, sent, close }
}

const loopbackGuard = () => createOutboundGuard({ allow: ['127.0.0.0/8'] })

connectorContract('webhook', async () => {
  const receiver = await startReceiver()
  const gone = await startReceiver()
  await gone.close()
  const guard = loopbackGuard()
  return {
    connector: createWebhookConnector({ guard }),
    settings: {
      takes: { url: `${receiver.base}/status/200` },
      later: { url: `${receiver.base}/status/503` },
      never: { url: `${receiver.base}/status/400` },
      silent: { url: `${receiver.base}/silent` },
      absent: { url: `${gone.base}/` },
    },
    secrets: [SECRET],
    arrived: async () =>
      receiver.calls.map(({ headers, body }) => {
        const { type, data } = JSON.parse(body)
        return { id: String(headers['webhook-id']), event: type, dossier: data }
      }),
    close: async () => {
      await guard.close()
      await receiver.close()
    },
  }
})

describe('webhook', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  const guard = loopbackGuard()
  beforeAll(async () => {
    receiver = await startReceiver()
  })
  afterAll(async () => {
    await guard.close()
    await receiver.close()
  })
  const deliver = (path: string, facts: Parameters<typeof messageOf>[0] = {}, timeout = 5_000) =>
    createWebhookConnector({ guard, timeout }).deliver(
      messageOf({ settings: { url: receiver.base + path }, secrets: [SECRET], ...facts }),
      AbortSignal.timeout(10_000),
    )

  it('signs as the Standard Webhooks library verifies, with both secrets while rotating', async () => {
    await deliver('/status/200', { secrets: [SECRET, OLD_SECRET] })
    const { headers, body } = receiver.calls.at(-1)!
    for (const secret of [SECRET, OLD_SECRET])
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'complaint.referred',
        data: { version: '1' },
      })
    const stranger = new Webhook(Buffer.alloc(32, 9).toString('base64'))
    expect(() => stranger.verify(body, headers as Record<string, string>)).toThrow()
    expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow()
  })

  it('matches the vector of the Standard Webhooks specification', () => {
    const signature = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').sign(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1614265330 * 1000),
      '{"test": 2432232314}',
    )
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('signs each try anew', async () => {
    const id = messageOf({}).id
    await deliver('/status/200', { id, at: new Date('2026-11-21T10:00:00Z') })
    await deliver('/status/200', { id, at: new Date('2026-11-21T11:00:00Z') })
    const [first, second] = receiver.calls.slice(-2).map(({ headers }) => headers)
    expect(first?.['webhook-id']).toBe(second?.['webhook-id'])
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(3600)
    expect(first?.['webhook-signature']).not.toBe(second?.['webhook-signature'])
  })

  it.each([
    [200, undefined],
    [202, undefined],
    [400, { code: 'http_400', retryable: false }],
    [404, { code: 'http_404', retryable: false }],
    [408, { code: 'http_408', retryable: true }],
    [410, { code: 'http_410', retryable: false, disablesDestination: true }],
    [429, { code: 'http_429', retryable: true, retryAfter: 120 }],
    [500, { code: 'http_500', retryable: true }],
    [503, { code: 'http_503', retryable: true }],
  ])('understands %i', async (status, error) => {
    const result = await deliver(`/status/${status}`)
    expect(result).toMatchObject(error ? { ok: false, error } : { ok: true })
  })

  it('does not follow a redirect', async () => {
    const before = receiver.calls.length
    expect(await deliver('/redirect')).toMatchObject({
      ok: false,
      error: { code: 'http_307', retryable: false },
    })
    expect(receiver.calls.length).toBe(before + 1)
  })

  it('reads 64 kB of an answer and hangs up', async () => {
    expect(await deliver('/flood')).toMatchObject({ ok: true })
    // What the sockets' buffers took on the way is not ours to stop.
    expect(receiver.sent.bytes).toBeLessThan(16 * 1024 * 1024)
  })

  it('is not harmed by a compressed answer', async () => {
    const before = process.memoryUsage().rss
    expect(await deliver('/bomb')).toMatchObject({ ok: true })
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024)
  })

  it('waits no longer than it may, for the headers or for the rest', async () => {
    const start = performance.now()
    expect(await deliver('/silent', {}, 150)).toMatchObject({ ok: false, error: { code: 'timeout' } })
    // The status was 2xx: the body has it, whatever it goes on sending.
    expect(await deliver('/drip', {}, 150)).toMatchObject({ ok: true })
    expect(performance.now() - start).toBeLessThan(8_000)
  })

  it.each(['https://10.0.0.1/', 'https://[::1]:8080/', 'https://169.254.169.254/'])(
    'refuses %s at save and at send',
    async (url) => {
      const connector = createWebhookConnector({ guard })
      expect(connector.refuse?.({ url })).toEqual({ code: 'address_forbidden', detail: 'address' })
      const sent = await connector.deliver(
        messageOf({ settings: { url }, secrets: [SECRET] }),
        AbortSignal.timeout(1_000),
      )
      expect(sent).toMatchObject({ ok: false, error: { code: 'forbidden_address', retryable: false } })
    },
  )

  it.each([
    ['120', 120],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:01:00 GMT', 60],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['99999999', 86_400],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After %s as %s seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, new Date('2026-11-21T10:00:00Z'))).toBe(seconds)
  })
})
