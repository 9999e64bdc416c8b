import { execFile } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { scratchFolder } from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const SECRET = 'hunter2hunter2'
const KEY = 'a-secret-key-of-more-than-thirty-two-characters'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
const busy = net.createServer()
beforeAll(async () => {
  folder = scratchFolder('wrong')
  database = await createTestDatabase(inject('postgresUrl'))
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  busy.close()
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const start = (environment: Record<string, string>): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--no-warnings', MAIN],
      {
        env: { PATH: process.env['PATH'], DATA_DIR: path.join(folder, 'data'), PORT: '0', ...environment },
        timeout: 45_000,
      },
      (error, stdout, stderr) =>
        resolve({ code: Number((error as { code?: unknown } | null)?.code ?? 0), said: stdout + stderr }),
    )
  })

/** Lines for people; the log's lines are JSON. */
const spoken = (said: string) => said.split('\n').filter((line) => line !== '' && !line.startsWith('{'))

interface Case {
  readonly set: Record<string, string>
  readonly variable: string
  /** What is shown of the value; a secret's never. */
  readonly seen: string
}
const quoted = (variable: string, value: string): Case => ({
  set: { [variable]: value },
  variable,
  seen: JSON.stringify(value),
})
const hidden = (variable: string, value: string): Case => ({
  set: { [variable]: value },
  variable,
  seen: '(hidden)',
})

const WRONG: readonly Case[] = [
  quoted('PORT', '99999'),
  quoted('PORT', '80a'),
  quoted('PUBLIC_URL', 'ftp://wasl.example'),
  hidden('DATABASE_URL', `mysql://u:${SECRET}@127.0.0.1/wasl`),
  quoted('S3_ENDPOINT', 'nowhere'),
  quoted('S3_FORCE_PATH_STYLE', 'yes'),
  hidden('SMTP_URL', `http://u:${SECRET}@mail.example`),
  quoted('MAIL_FROM', 'nobody'),
  hidden('IMAP_URL', `imaps://:${SECRET}@mail.example/INBOX`),
  hidden('IMAP_URL', `imap://u:${SECRET}@mail.example/INBOX imap://u:${SECRET}@mail.example/INBOX`),
  quoted('LMTP_LISTEN', 'nowhere'),
  quoted('LMTP_LISTEN', '127.0.0.1:99999'),
  quoted('CLAMD_URL', 'http://127.0.0.1'),
  quoted('TRANSCRIBE_URL', 'nowhere'),
  hidden('SECRET_KEY', SECRET),
  quoted('TRUSTED_PROXIES', '300.1.1.1'),
  quoted('OUTBOUND_ALLOW', '10.0.0.0/64'),
  quoted('LOG_LEVEL', 'loud'),
  quoted('TZ_OFFICE', 'Mars/Olympus'),
  { set: { S3_ENDPOINT: 'http://127.0.0.1:1' }, variable: 'S3_BUCKET', seen: 'nothing' },
  { set: { DATABASE_URL: 'postgres://u@127.0.0.1:1/wasl' }, variable: 'SECRET_KEY', seen: 'nothing' },
  quoted('DATA_DIR', '/proc/wasl'),
  quoted('DATA_DIR', '/etc/hostname'),
]

const expectRefusal = async ({ set, variable, seen }: Case): Promise<void> => {
  const { code, said } = await start(set)
  expect([code, ...spoken(said)].join('\n')).toContain(`3\n`)
  const lines = spoken(said).filter((line) => line.startsWith(`${variable}: seen ${seen}, wanted `))
  expect(lines, said).toHaveLength(1)
  expect(said).not.toContain(SECRET)
  // One line a problem, and nothing of our inside.
  expect(said).not.toMatch(/^\s+at /m)
}

describe.concurrent('a wrong value stops the start with exit 3 and a line that says the fix', () => {
  it.each(WRONG.map((wrong) => [Object.entries(wrong.set).flat().join('='), wrong] as const))(
    '%s',
    (_label, wrong) => expectRefusal(wrong),
    60_000,
  )
})

describe('what only the start itself can find out', () => {
  const real = () => ({ DATABASE_URL: database.url, SECRET_KEY: KEY })

  it('a tool that is none', () =>
    expectRefusal({
      ...quoted('FFMPEG_PATH', '/etc/hostname'),
      set: { ...real(), FFMPEG_PATH: '/etc/hostname' },
    }))
  it('an address that is not ours', () =>
    expectRefusal({ ...quoted('HOST', '192.0.2.1'), set: { ...real(), HOST: '192.0.2.1' } }))
  it('a port that is taken', () => {
    const port = String((busy.address() as net.AddressInfo).port)
    return expectRefusal({ set: { ...real(), PORT: port }, variable: 'PORT', seen: port })
  })
  it('a port for mail that is taken', () => {
    const address = `lmtp://127.0.0.1:${(busy.address() as net.AddressInfo).port}`
    return expectRefusal({ ...quoted('LMTP_LISTEN', address), set: { ...real(), LMTP_LISTEN: address } })
  })
  it('a database that does not exist', () => {
    const url = new URL(database.url)
    url.pathname = '/nothing'
    return expectRefusal({
      set: { DATABASE_URL: url.href, SECRET_KEY: KEY },
      variable: 'DATABASE_URL',
      seen: '(hidden)',
    })
  })
})
