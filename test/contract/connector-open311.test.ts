import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOpen311Connector } from '../../src/connectors/open311/connector.ts'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { dossierOf, messageOf } from '../support/dossier.ts'
import { connectorContract } from './connector.contract.ts'

interface Call {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly form: URLSearchParams
}

/** A body's Open311 server: answers as its path says, and numbers a request by the key of its repeat. */
const startServer = async () => {
  const calls: Call[] = []
  const numbers = new Map<string, number>()
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const path = request.url ?? ''
      const form = new URLSearchParams(body)
      const key = String(request.headers['idempotency-key'])
      calls.push({ path, headers: request.headers, form })
      if (path.startsWith('/silent')) return
      if (path.startsWith('/later')) return response.writeHead(503).end()
      if (path.startsWith('/never')) return response.writeHead(400).end('[{"code":400}]')
      if (path.startsWith('/mute')) return response.writeHead(200).end('<html>')
      if (!numbers.has(key)) numbers.set(key, numbers.size + 1)
      response.writeHead(201).end(JSON.stringify([{ service_request_id: numbers.get(key) }]))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const guard = () => createOutboundGuard({ allow: ['127.0.0.0/8'] })

connectorContract('open311', async () => {
  const server = await startServer()
  const outbound = guard()
  return {
    connector: createOpen311Connector({ guard: outbound, timeout: 2_000 }),
    settings: {
      takes: { url: `${server.base}/v2`, service: 'complaint' },
      later: { url: `${server.base}/later`, service: 'complaint' },
      never: { url: `${server.base}/never`, service: 'complaint' },
      silent: { url: `${server.base}/silent`, service: 'complaint' },
      absent: { url: 'http://127.0.0.1:9999', service: 'complaint' },
    },
    secrets: ['a-key'],
    arrived: async () =>
      server.calls.map(({ form }) => ({
        id: form.get('attribute[message_id]') ?? '',
        event: form.get('attribute[event]') ?? '',
        dossier: JSON.parse(form.get('attribute[dossier]') ?? '{}'),
      })),
    close: async () => {
      await outbound.close()
      await server.close()
    },
  }
})

describe('a dossier at an Open311 endpoint', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let outbound: ReturnType<typeof guard>
  beforeAll(async () => {
    server = await startServer()
    outbound = guard()
  })
  afterAll(async () => {
    await outbound.close()
    await server.close()
  })
  const deliver = (path: string, facts: Parameters<typeof messageOf>[0] = {}) =>
    createOpen311Connector({ guard: outbound }).deliver(
      messageOf({
        settings: { url: `${server.base}${path}`, key: 'unused', jurisdiction: 'fes.ma' },
        secrets: ['k'],
        ...facts,
      }),
      AbortSignal.timeout(5_000),
    )

  it('names itself by the words of GeoReport, with every file', async () => {
    const file = (url: string | null) => ({
      name: 'a',
      type: 'image/jpeg',
      bytes: 1,
      sha256: 'ab',
      url,
      urlExpiresAt: null,
    })
    const media = [
      {
        renditions: [{ ...file('https://wasl.test/media/1'), rendition: 'large' }],
        original: file('https://wasl.test/o'),
      },
      { renditions: [], original: file('https://wasl.test/media/2') },
      { renditions: [], original: file(null) },
    ].map((one, n) => ({
      ...one,
      id: `${n}`,
      kind: 'image' as const,
      state: 'ready' as const,
      round: 1,
      durationMs: null,
      transcript: null,
    }))
    const result = await deliver('/v2/', { dossier: dossierOf({ media }) })
    expect(result).toEqual({ ok: true, providerId: '1' })
    const { path, form } = server.calls.at(-1) as Call
    expect(path).toBe('/v2/requests.json')
    expect(Object.fromEntries(form)).toMatchObject({
      api_key: 'k',
      jurisdiction_id: 'fes.ma',
      service_code: 'complaint',
      account_id: '2612345674',
      address_string: 'فاس',
      description: 'انتظرت ست ساعات في المستشفى',
    })
    expect(form.getAll('media_url')).toEqual(['https://wasl.test/media/1', 'https://wasl.test/media/2'])
  })

  it('is recognised when it comes again (P79)', async () => {
    const { id } = messageOf({})
    const first = await deliver('/v2', { id })
    expect(await deliver('/v2', { id })).toEqual(first)
    expect(await deliver('/v2')).not.toEqual(first)
  })

  it('is not taken for delivered where no number comes back', async () => {
    expect(await deliver('/mute')).toMatchObject({ ok: false, error: { code: 'no_number', retryable: true } })
  })
})
