import { execFile } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { commands, loadAll } from '../../src/cli/commands.ts'
import { runCommand } from '../../src/cli/run.ts'
import { sampleVoice } from '../../src/simulator/phone/sample-voice.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const REAL = { SECRET_KEY: 'a key for tests, thirty-two characters or more' }

/** The command shows this year's days and the next one's. */
const YEAR = new Date().getFullYear() + 1

let folder: string
let database: { url: string; drop: () => Promise<void> }
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-cli-'))
  fs.chmodSync(folder, 0o755)
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(async () => {
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Runs `wasl` as a person's shell would; only the named variables are in its environment. */
const wasl = (line: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      path.join(ROOT, 'src/cli.ts'),
      line,
      {
        env: {
          PATH: `${path.join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`,
          DATA_DIR: path.join(folder, 'data'),
          ...env,
        },
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
const onServer = (line: string[], env = {}) => wasl(line, { DATABASE_URL: database.url, ...REAL, ...env })

/** The same without a process of its own, for lines that touch nothing. */
const inProcess = async (line: string[]) => {
  let stdout = ''
  let stderr = ''
  const code = await runCommand(commands, line, {
    out: (text) => {
      stdout += text
    },
    say: (text) => {
      stderr += text
    },
  })
  return { code, stdout, stderr }
}

describe('the command line', () => {
  it('shows every command with --help, and every help has its examples', async () => {
    const { code, stdout, stderr } = await wasl(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const all = await loadAll(commands)
    expect(all.map(({ name }) => name)).toEqual(commands.flatMap(({ names }) => names))
    for (const { name, examples } of all) {
      expect(stdout).toContain(`  ${name} `)
      const help = await inProcess([...name.split(' '), '--help'])
      expect(help).toMatchObject({ code: 0, stderr: '' })
      expect(help.stdout).toContain('--json')
      expect(examples.length).toBeGreaterThan(0)
      for (const example of examples) expect(help.stdout).toContain(`  wasl ${example}`)
    }
  })

  it.each([
    ['an unknown command', ['nonsense']],
    ['an unknown option', ['migrate', '--fast']],
    ['a missing option', ['token', 'create']],
    ['a value outside the list', ['token', 'create', '--role', 'king']],
    ['a word too many', ['ledger', 'yesterday']],
    ['a day that is none', ['ledger', '--date', '2026-13-01']],
  ])('exits 2 for %s, with the reason on stderr alone', async (_, line) => {
    const { code, stdout, stderr } = await inProcess(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--help')
  })

  it('exits 3 with one line a problem, and never shows a secret', async () => {
    const { code, stderr } = await wasl(['migrate'], { PORT: 'x', SECRET_KEY: 'short', LOG_LEVEL: 'loud' })
    expect(code).toBe(3)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^PORT: seen "x", wanted/),
      expect.stringMatching(/^SECRET_KEY: seen \(hidden\), wanted/),
      expect.stringMatching(/^LOG_LEVEL: seen "loud", wanted/),
    ])
  })

  it('exits 1 when the work cannot be done', async () => {
    const { code, stdout, stderr } = await onServer([
      'token',
      'create',
      '--role',
      'body',
      '--administration',
      'NONE',
    ])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('administration')
  })
})

describe('commands', () => {
  it('makes a token, and a sign-in link that names the public address', async () => {
    const token = await onServer(['token', 'create', '--role', 'auditor', '--json'])
    expect(JSON.parse(token.stdout)).toEqual({ token: expect.stringMatching(/^wasl_[\w-]{43}$/) })
    const invite = ['staff', 'invite', '--email', 'a@b.example', '--role', 'auditor', '--json']
    const link = await onServer(invite, { PUBLIC_URL: 'https://wasl.example' })
    expect(JSON.parse(link.stdout).url).toMatch(/^https:\/\/wasl\.example\/console\/sign-in\/[\w-]{43}$/)
  })

  it('moves a holiday that the moon put on another day', async () => {
    await onServer(['calendar', '--close', `${YEAR}-03-10`, '--name', 'Aïd'])
    const moved = await onServer(['calendar', '--move', `${YEAR}-03-10`, '--to', `${YEAR}-03-11`, '--json'])
    expect(JSON.parse(moved.stdout)).toEqual([{ day: `${YEAR}-03-11`, names: { fr: 'Aïd' }, movable: true }])
    const again = await onServer(['calendar', '--move', `${YEAR}-03-10`, '--to', `${YEAR}-03-12`])
    expect(again.code).toBe(1)
    expect((await inProcess(['calendar', '--move', `${YEAR}-03-11`])).code).toBe(2)
  })

  it('reads the ledger and the audit, and finds no difference in an empty house', async () => {
    expect(JSON.parse((await onServer(['ledger', '--json'])).stdout)).toEqual([])
    expect(JSON.parse((await onServer(['audit', 'verify', '--json'])).stdout)[0]).toMatchObject({
      tenant: 'ministry',
      anchored: true,
    })
    expect(await onServer(['reconcile', '--json'])).toMatchObject({ code: 0 })
  })

  it('finds a row without its object and an object without its row', async () => {
    const data = path.join(folder, 'torn')
    const store = await import('../../src/platform/object-store/files.ts')
    const { Readable } = await import('node:stream')
    const files = store.createFileStore({ folder: path.join(data, 'objects') })
    await files.put('originals/orphan', Readable.from([Buffer.from('x')]), { maxBytes: 1 })
    const old = new Date(Date.now() - 2 * 3600_000)
    for (const entry of fs.readdirSync(data, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) fs.utimesSync(path.join(entry.parentPath, entry.name), old, old)
    const { default: postgres } = await import('postgres')
    const url = new URL(database.url)
    const sql = postgres({
      host: url.searchParams.get('host')!,
      user: 'wasl',
      database: url.pathname.slice(1),
      max: 1,
    })
    await sql`
      insert into quarantine (id, channel, external_id, received_at, reason, raw_type, raw_sha256, raw_bytes, raw_object)
      values (gen_random_uuid(), 'web', 'lost', now(), 'x', 'a/b', 'ab', 1, 'raw/lost')`
    const { code, stdout } = await onServer(['reconcile', '--json'], { DATA_DIR: data })
    await sql`delete from quarantine`
    await sql.end()
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      rowsWithoutObject: 1,
      rows: [{ key: 'raw/lost' }],
      objectsWithoutRow: 1,
      objects: ['originals/orphan'],
    })
  })
})

describe('doctor', () => {
  it('is green on a fresh clone', async () => {
    const { code, stdout } = await wasl(['doctor', '--json'])
    expect(JSON.parse(stdout).filter(({ state }: { state: string }) => state === 'failed')).toEqual([])
    expect(code).toBe(0)
    expect(fs.statSync(path.join(folder, 'data/secret-key')).mode & 0o777).toBe(0o600)
  })

  it('says what is broken and the fix', async () => {
    const gone = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => gone.once('listening', resolve))
    const { port } = gone.address() as net.AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const { code, stdout } = await wasl(['doctor', '--json'], {
      DATABASE_URL: `postgres://wasl:hush@127.0.0.1:${port}/wasl`,
      SMTP_URL: `smtp://wasl:hush@127.0.0.1:${port}`,
      ...REAL,
    })
    expect(code).toBe(1)
    expect(stdout).not.toContain('hush')
    const failed = JSON.parse(stdout).filter(({ state }: { state: string }) => state === 'failed')
    expect(failed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'database', fix: expect.stringContaining('DATABASE_URL') }),
        expect.objectContaining({ name: 'mail', fix: expect.stringContaining('SMTP_URL') }),
      ]),
    )
  })
})

describe('wasl clips', () => {
  const sound = () => {
    const file = path.join(folder, 'menu.wav')
    fs.writeFileSync(file, sampleVoice(1))
    return file
  }
  const check = async (...more: string[]) => {
    const { code, stdout } = await onServer(['clips', 'check', '--json', ...more])
    const { languages } = JSON.parse(stdout) as {
      languages: {
        language: string
        needed: number
        recorded: number
        synthetic: string[]
        gaps: { key: string; why: string; text?: string }[]
      }[]
    }
    return { code, languages }
  }

  it('check names what has not been recorded, with the words to be read, and exits 1', async () => {
    const { code, languages } = await check()
    expect(code).toBe(1)
    expect(languages.map(({ language, recorded }) => [language, recorded])).toEqual([
      ['ar', 0],
      ['fr', 0],
      ['en', 0],
    ])
    const keys = languages[1]?.gaps.map(({ key }) => key)
    expect(keys).toEqual(
      expect.arrayContaining(['voice.menu', 'state.received', 'digit.7', 'day.31', 'month.12', 'time.08:30']),
    )
    const amazigh = (await check('--language', 'zgh')).languages[0]
    expect(amazigh?.gaps.some(({ why }) => why === 'untranslated')).toBe(true)
  })

  it('put takes an operator’s recording in today’s words, and tells a machine’s apart', async () => {
    const put = await onServer(['clips', 'put', '--language', 'fr', '--key', 'voice.menu', sound()])
    expect(put).toMatchObject({ code: 0, stdout: expect.stringContaining('Pour laisser une plainte') })
    await onServer(['clips', 'put', '--language', 'fr', '--key', 'digit.7', '--source', 'synthetic', sound()])
    const { languages } = await check('--language', 'fr')
    expect(languages[0]).toMatchObject({ recorded: 1, synthetic: ['digit.7'] })
    expect(languages[0]?.gaps.map(({ key }) => key)).not.toContain('voice.menu')
    expect(languages[0]?.gaps).toHaveLength((languages[0]?.needed ?? 0) - 2)
  })

  it.each([
    ['a prompt that does not exist', ['--language', 'fr', '--key', 'voice.nothing']],
    ['a language without texts', ['--language', 'zgh', '--key', 'voice.menu']],
    ['a language nobody speaks here', ['--language', 'de', '--key', 'voice.menu']],
  ])('put refuses %s with exit 2', async (_, words) => {
    expect((await onServer(['clips', 'put', ...words, sound()])).code).toBe(2)
  })

  it('put refuses what is no sound', async () => {
    const file = path.join(folder, 'menu.mp3')
    fs.writeFileSync(file, 'not a sound')
    expect((await onServer(['clips', 'put', '--language', 'fr', '--key', 'voice.menu', file])).code).toBe(2)
  })
})
