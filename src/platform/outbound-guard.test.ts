import type dns from 'node:dns'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOutboundGuard } from './outbound-guard.ts'

/** Each must be refused by its text alone or, for names, by what DNS says at connect. No packet leaves: see the canary. */
const FORBIDDEN = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://0x7f.0.0.0x1/',
  'https://127.0.0.1./',
  'https://127%2e0%2e0%2e1/',
  'https://１２７.０.０.１/',
  'https://127。0。0。1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://012.0.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://172.16.0.1/',
  'https://172.31.255.254/',
  'https://192.168.1.1/',
  'https://192.0.0.8/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://239.255.255.250/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:1::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[ff02::1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[2002:a9fe:a9fe::]/',
  'https://169.254.43518/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127.0.0\t.1/',
  'https:127.0.0.1',
  'https://127.0.0.1\\@example.org/',
  'https://metadata/',
  'https://postgres:5432/',
  'https://ip6-localhost/',
  'https://kubernetes.default.svc/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://any.localhost/',
  'https://ⓛocalhost/',
  'https://metadata.google.internal/',
  'https://printer.local./',
  'https://user@8.8.8.8/',
  'https://8.8.8.8@127.0.0.1/',
  'https://user:password@example.org/',
  'https://example.org:22/',
  'https://example.org:25/',
  'http://example.org/',
  'http://8.8.8.8/',
  'file:///etc/passwd',
  'ftp://example.org/',
  'gopher://127.0.0.1:6379/_',
  'data:text/plain,x',
  'javascript:alert(1)',
  '//127.0.0.1/',
  'https://',
  'https://exa mple.org/',
]

it.each(FORBIDDEN)('refuses %s', (url) => {
  expect(createOutboundGuard({ allow: [] }).checkUrl(url).ok).toBe(false)
})

it.each([
  'https://example.org/hook',
  'https://8.8.8.8/',
  'https://example.org:8443/a?b=c',
  'https://[2606:4700::1111]/',
  'https://بلدية.example/',
])('lets %s pass', (url) => {
  expect(createOutboundGuard({ allow: [] }).checkUrl(url).ok).toBe(true)
})

it.each([
  ['http://127.0.0.1:9000/', true],
  ['http://localhost:9000/', true],
  ['https://127.0.0.1/', true],
  ['https://[::ffff:127.0.0.1]/', true],
  ['http://10.0.0.1/', false],
  ['http://8.8.8.8/', false],
])('with 127.0.0.0/8 allowed, %s: %s', (url, ok) => {
  expect(createOutboundGuard({ allow: ['127.0.0.0/8'] }).checkUrl(url).ok).toBe(ok)
})

describe('at connect', () => {
  let contacts = 0
  const canary = http.createServer((_request, response) => {
    contacts += 1
    response.end('reached')
  })
  let port = 0
  beforeAll(async () => {
    canary.on('connection', () => {
      contacts += 1
    })
    await new Promise<void>((done) => {
      canary.listen(0, '127.0.0.1', done)
    })
    port = (canary.address() as AddressInfo).port
  })
  afterAll(() => canary.close())

  const resolvesTo = (...rounds: string[][]) => {
    let asked = 0
    return ((_name: string, _options: unknown, callback: (e: null, found: dns.LookupAddress[]) => void) => {
      const round = rounds[Math.min(asked, rounds.length - 1)] ?? []
      asked += 1
      callback(
        null,
        round.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as unknown as typeof dns.lookup
  }
  const attempt = async (url: string, allow: string[], resolve?: typeof dns.lookup) => {
    const guard = createOutboundGuard({ allow, ...(resolve ? { resolve } : {}) })
    try {
      const response = await request(url, { dispatcher: guard.dispatcher })
      return await response.body.text()
    } catch (error) {
      return (error as { code?: string }).code
    } finally {
      await guard.close()
    }
  }

  it.each([
    ['a name that points to loopback', 'https://body.example', ['127.0.0.1']],
    ['a name that points to mapped loopback', 'https://body.example', ['::ffff:127.0.0.1']],
    ['a name that points to the metadata service', 'https://body.example', ['169.254.169.254']],
    ['a name with only private addresses', 'https://body.example', ['10.0.0.1', 'fd00::1']],
    ['a literal address', 'http://127.0.0.1', []],
    ['a literal address over TLS', 'https://127.0.0.1', []],
    ['a literal IPv6 address', 'https://[::1]', []],
    ['a public address without TLS', 'http://8.8.8.8', []],
    ['a public name without TLS', 'http://body.example', ['8.8.8.8']],
    ['localhost', 'http://localhost', []],
  ])('refuses %s', async (_label, base, addresses) => {
    expect(await attempt(`${base}:${port}/`, [], resolvesTo(addresses))).toBe('FORBIDDEN_ADDRESS')
    expect(contacts).toBe(0)
  })

  it('judges each connection anew, so that a rebound name gains nothing', async () => {
    const guard = createOutboundGuard({
      allow: ['127.0.0.0/8'],
      resolve: resolvesTo(['127.0.0.1'], ['10.0.0.1']),
    })
    const ask = () =>
      request(`http://body.example:${port}/`, { dispatcher: guard.dispatcher, reset: true }).then(
        (response) => response.body.text(),
      )
    expect(await ask()).toBe('reached')
    await expect(ask()).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' })
    await guard.close()
  })

  it('reaches what is allowed, by address and by name', async () => {
    expect(await attempt(`http://127.0.0.1:${port}/`, ['127.0.0.0/8'])).toBe('reached')
    expect(
      await attempt(`http://b.example:${port}/`, ['127.0.0.1/32'], resolvesTo(['10.0.0.1', '127.0.0.1'])),
    ).toBe('reached')
  })

  it('reaches one origin exactly as it was given, and none beside it', async () => {
    const guard = createOutboundGuard({ allow: [], within: [`http://127.0.0.1:${port}`] })
    const own = await request(`http://127.0.0.1:${port}/`, { dispatcher: guard.dispatcher })
    expect(await own.body.text()).toBe('reached')
    for (const other of [
      `http://localhost:${port}/`,
      `http://127.0.0.1:${port + 1}/`,
      'http://127.0.0.1:80/',
    ]) {
      expect(guard.checkUrl(other).ok).toBe(false)
      await expect(request(other, { dispatcher: guard.dispatcher })).rejects.toMatchObject({
        code: 'FORBIDDEN_ADDRESS',
      })
    }
    await guard.close()
  })
})
