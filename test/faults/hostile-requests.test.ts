import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { composeReference } from '../../src/core/reference.ts'
import { file, postFiling, signIn } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
} from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

/** What must be found nowhere in the log. */
const PERSONAL = {
  text: 'Zellige-Quarantaine-Marmelade',
  name: 'Fatima Zohra Bennaniqa',
  email: 'fz.bennaniqa@example.org',
  phone: '+212661234987',
  fileName: 'certificat-medical-bennaniqa.mp3',
} as const

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let gateway: GatewayProcess
let port: number
let staffToken: string
let log = ''

beforeAll(async () => {
  folder = scratchFolder('hostile')
  database = await createTestDatabase(inject('postgresUrl'))
  port = await freePort()
  const environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'hostile-requests-hostile-requests-hostile',
    PORT: String(port),
    LOG_LEVEL: 'debug',
  }
  gateway = await startGatewayProcess(environment)
  gateway.process.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const staff = await signIn(gateway.base, environment)
  staffToken = staff.token
  await staff.putBody('SANTE')
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const residentMegabytes = (): number => {
  const status = fs.readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

const INSIDE = /\bat \S+ \(|node_modules|\.ts:\d|\bselect\b[\s\S]*\bfrom\b|\/tmp\/|postgres/i
const expectClean = (status: number, body: string, what: string): void => {
  expect(status, what).toBeGreaterThanOrEqual(200)
  expect(status, `${what}: ${body.slice(0, 300)}`).toBeLessThan(500)
  if (status >= 400) expect(body, what).not.toMatch(INSIDE)
}

const post = async (body: string | Buffer, type = 'application/json') => {
  const response = await fetch(`${gateway.base}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    signal: AbortSignal.timeout(30_000),
  })
  return { status: response.status, body: await response.text() }
}

const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const filing = (more: object) => JSON.stringify({ kind: 'complaint', text: 'x', ...more })
const BODIES: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['null', 'null'],
  ['an array', '[]'],
  ['a number', '1e999'],
  ['deep objects', deep(50_000)],
  ['deep arrays', '['.repeat(200_000)],
  ['a prototype', '{"kind":"complaint","text":"x","__proto__":{"administration":"SANTE","isAdmin":true}}'],
  ['a constructor', '{"kind":"complaint","text":"x","constructor":{"prototype":{"polluted":1}}}'],
  ['a prototype within', '{"kind":"complaint","text":"x","contact":{"__proto__":{"email":"a@b.c"}}}'],
  ['NUL in the text', filing({ text: 'a\u0000b' })],
  ['NUL in the code', filing({ administration: 'SANTE\u0000' })],
  ['NUL in the name', filing({ contact: { name: '\u0000\u0000' } })],
  ['NUL in an upload', filing({ uploads: ['\u0000'] })],
  ['a lone surrogate', '{"kind":"complaint","text":"\\ud800 and \\udfff"}'],
  [
    'bad UTF-8',
    Buffer.from([...Buffer.from('{"kind":"complaint","text":"'), 0xff, 0xfe, 0xc3, 0x28, 34, 125]),
  ],
  ['a byte order mark', `\ufeff${filing({})}`],
  ['an upload that is a path', filing({ uploads: ['../../etc/passwd'] })],
  ['many uploads', filing({ uploads: Array(5000).fill('x') })],
  ['a long text', filing({ text: 'س'.repeat(300_000) })],
  ['a long address', filing({ contact: { email: `${'a'.repeat(5000)}@example.org` } })],
  ['SQL', filing({ administration: "'; drop table complaints; --" })],
  ['numbers for texts', filing({ text: 7, contact: { name: {} } })],
]

describe('filing', () => {
  it.each(BODIES)('takes %s without breaking', async (label, body) => {
    const { status, body: answer } = await post(body)
    expectClean(status, answer, label)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('keeps the rest of a text with NUL and lone surrogates, readable afterwards', async () => {
    const { status, body } = await post('{"kind":"complaint","text":"avant \\u0000 \\ud800 après"}')
    expect(status).toBe(201)
    const { reference } = JSON.parse(body) as { reference: string }
    const read = await fetch(`${gateway.base}/api/v1/staff/complaints/${reference}`, {
      headers: { authorization: `Bearer ${staffToken}` },
    })
    expect(((await read.json()) as { text: string }).text).toMatch(/^avant .* après$/)
  })

  it('stays up and flat under 2,000 random bodies', async () => {
    const valid = Buffer.from(filing({ contact: { name: 'n', email: 'a@example.org' } }))
    const mutated = (n: number): Buffer => {
      if (n % 4 === 0) return randomBytes(1 + (n % 3000))
      const bytes = Buffer.from(valid)
      for (const place of randomBytes(1 + (n % 5))) bytes[place % bytes.length] = randomBytes(1)[0] ?? 0
      return bytes
    }
    const wave = async (from: number, to: number) => {
      for (let n = from; n < to; n += 20)
        await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            const { status, body } = await post(mutated(n + i))
            expectClean(status, body, `random ${n + i}`)
          }),
        )
    }
    await wave(0, 500)
    const warm = residentMegabytes()
    await wave(500, 2_000)
    expect(residentMegabytes() - warm).toBeLessThan(100)
  }, 80_000)
})

/** Sends bytes as they are and reads what comes until the other side closes. */
const raw = (bytes: Buffer | string): Promise<string> =>
  new Promise((resolve) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes))
    const timer = setTimeout(() => socket.destroy(), 5_000)
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
const request = (line: string, ...headers: string[]) =>
  raw(
    Buffer.from(
      [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'),
      'latin1',
    ),
  )

const REQUESTS: readonly (readonly [string, () => Promise<string>])[] = [
  ['headers of 100 kB', () => request('GET /ar/', `X-Long: ${'a'.repeat(100_000)}`)],
  ['3,000 headers', () => request('GET /ar/', ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`))],
  ['a path of 20 kB', () => request(`GET /${'a'.repeat(20_000)}`)],
  ['bad percent signs', () => request('GET /fr/%zz')],
  ['bad UTF-8 in the path', () => request('GET /fr/%ff%fe')],
  ['NUL in the path', () => request('GET /fr/%00')],
  ['NUL in a reference', () => request('GET /api/v1/complaints/%00', 'Access-Code: 123456')],
  ['NUL in a query', () => request('GET /api/v1/administrations?q=%00')],
  [
    'a bad cursor',
    () => request('GET /api/v1/staff/complaints?cursor=%00', `Authorization: Bearer ${staffToken}`),
  ],
  [
    'a search for NUL',
    () => request('GET /api/v1/staff/complaints?q=%00', `Authorization: Bearer ${staffToken}`),
  ],
  ['an unknown id', () => request('GET /api/v1/staff/complaints/%27', `Authorization: Bearer ${staffToken}`)],
  ['a climbing path', () => request('GET /assets/..%2f..%2fetc%2fpasswd')],
  ['a receipt of nothing', () => request('GET /receipts/%00')],
  ['a medium of nothing', () => request('GET /media/a.b')],
  ['a verification of NUL', () => request('GET /verify/%00')],
  ['an upload of NUL', () => request('HEAD /api/v1/uploads/%00', 'Tus-Resumable: 1.0.0')],
  ['a bad upload length', () => request('POST /api/v1/uploads', 'Tus-Resumable: 1.0.0', 'Upload-Length: -1')],
  ['bad cookies', () => request('GET /fr/', 'Cookie: \xff=\xfe; __Host-draft=%00; a=%zz')],
  ['bytes as language', () => request('GET /', 'Accept-Language: \xff\xfe;q=nan')],
  ['another method', () => request('PROPFIND /ar/')],
  ['two lengths', () => request('POST /api/v1/submissions', 'Content-Length: 5', 'Content-Length: 6')],
  [
    'length and chunks',
    () => request('POST /api/v1/submissions', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  ],
  ['no HTTP at all', () => raw('\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n')],
]

describe('any door', () => {
  it.each(REQUESTS)('answers %s with its own fault', async (label, send) => {
    const answer = await send()
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
    expectClean(status, answer, label)
  })

  it.each([
    '/fr/',
    '/ar/',
    '/en/',
    '/fr/track',
    '/fr/nothing-here',
    '/verify/2612345678',
    '/console/sign-in',
    '/api/docs',
  ])('dresses %s in its headers', async (page) => {
    const { headers } = await fetch(`${gateway.base}${page}`, { redirect: 'manual' })
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })

  it.each(['/fr/track', '/ar/file/message', '/fr/file/check', '/console/sign-in'])(
    'refuses a form that another site sends to %s',
    async (page) => {
      const { status } = await fetch(`${gateway.base}${page}`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'cross-site',
          origin: 'https://evil.example',
        },
        body: 'reference=2612345678&code=123456&kind=complaint&text=x',
      })
      expect([403, 404, 405]).toContain(status)
    },
  )
})

describe('tracking', () => {
  const track = async (reference: string, code: string, from: string) => {
    const response = await fetch(`${gateway.base}/api/v1/complaints/${reference}`, {
      headers: { 'access-code': code, 'x-forwarded-for': from, 'x-real-ip': from, forwarded: `for=${from}` },
    })
    return { status: response.status, body: await response.text() }
  }

  it('closes after five wrong codes, alike for references that do not exist, whatever the client claims to be', async () => {
    const known = await file(gateway.base, 'locked')
    const wrong = known.accessCode === '111111' ? '222222' : '111111'
    const unknown = composeReference(26, 7_654_321)
    for (let i = 1; i <= 5; i += 1) {
      const [one, other] = [
        await track(known.reference, wrong, `198.51.100.${i}`),
        await track(unknown, wrong, `198.51.100.${i}`),
      ]
      expect(one.status).toBe(404)
      expect({ status: one.status, body: one.body }).toEqual({ status: other.status, body: other.body })
    }
    const right = await track(known.reference, known.accessCode, '203.0.113.9')
    const none = await track(unknown, wrong, '203.0.113.9')
    expect(right.status).toBe(429)
    expect({ status: right.status, body: right.body }).toEqual({ status: none.status, body: none.body })
  })
})

it('writes nothing personal into its log, at level debug', async () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const declared = await fetch(`${gateway.base}/api/v1/uploads`, {
    method: 'POST',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': '4',
      'upload-metadata': `filename ${encoded(PERSONAL.fileName)},filetype ${encoded('audio/mpeg')}`,
      'content-type': 'application/offset+octet-stream',
    },
    body: 'MZ\0\0',
  })
  const id = declared.headers.get('location')?.split('/').at(-1)
  const { text, name, email, phone } = PERSONAL
  const filed = await file(gateway.base, 'personal', { text, uploads: [id], contact: { name, email, phone } })
  await fetch(`${gateway.base}/api/v1/complaints/${filed.reference}`, {
    headers: { 'access-code': filed.accessCode },
  })
  await fetch(filed.receiptUrl)
  await postFiling(gateway.base, 'personal', { text: `${text} changed` })
  await postFiling(gateway.base, 'personal-2', { text, contact: { email: `${email} `, phone: `${phone}x` } })
  await fetch(`${gateway.base}/fr/track?reference=${filed.reference}&code=${filed.accessCode}`)
  const staff = { headers: { authorization: `Bearer ${staffToken}` } }
  await fetch(`${gateway.base}/api/v1/staff/complaints?q=${encodeURIComponent(text)}`, staff)
  await fetch(`${gateway.base}/api/v1/staff/complaints/${filed.reference}`, staff)
  await gateway.end('SIGTERM')
  expect(log).not.toBe('')
  const secrets = [...Object.values(PERSONAL), staffToken, new URL(filed.receiptUrl).pathname.slice(10)]
  for (const secret of secrets) expect(log).not.toContain(secret)
  // Every line of the log is data, also where something had thrown.
  for (const line of log.split('\n').filter((one) => one !== '')) expect(() => JSON.parse(line)).not.toThrow()
})
