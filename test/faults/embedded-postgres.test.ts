import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stopPostmaster } from '../../src/db/embedded/postmaster.ts'
import {
  ask,
  mortal,
  noServer,
  openStage,
  PEOPLE,
  postmasterOf,
  serverProcesses,
  somebody,
  waitUntil,
} from '../support/embedded-stage.ts'

let stage: ReturnType<typeof openStage>
beforeAll(() => {
  stage = openStage()
})
afterAll(() => stage.close())

const socketFolderOf = (folder: string, tail = ''): string =>
  path.join(os.tmpdir(), `wasl-pg-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}${tail}`)

describe.each(PEOPLE)('started by $name', (person) => {
  it('starts, keeps the data over a stop and leaves no process', async () => {
    const folder = stage.newFolder(person)
    const first = stage.start(person, folder)
    const url = await first.url()
    await ask(url, 'create table kept (n int); insert into kept values (7)')
    expect(await ask(url, 'show fsync')).toEqual([{ fsync: 'on' }])
    const status = fs.statSync(socketFolderOf(folder))
    expect(status.mode & 0o777).toBe(0o700)
    expect(status.uid).toBe(fs.statSync(folder).uid)
    await first.end('SIGTERM')
    expect(serverProcesses(folder)).toEqual([])
    expect(fs.existsSync(socketFolderOf(folder))).toBe(false)

    const second = stage.start(person, folder)
    expect(await ask(await second.url(), 'select n from kept')).toEqual([{ n: 7 }])
    await second.end('SIGTERM')
    expect(serverProcesses(folder)).toEqual([])
  })

  it('adopts the server of a killed gateway and stops it as the last one', async () => {
    const folder = stage.newFolder(person)
    const killed = stage.start(person, folder)
    await killed.url()
    const server = postmasterOf(folder)
    await killed.end('SIGKILL')

    const heir = stage.start(person, folder)
    await ask(await heir.url(), 'select 1')
    expect(heir.lines[0]?.event).toBe('postgres.adopted')
    expect(postmasterOf(folder)).toBe(server)
    await heir.end('SIGTERM')
    expect(serverProcesses(folder)).toEqual([])
  })

  it('brings a killed server back at the same address, with a busy orphan in the way', async () => {
    const folder = stage.newFolder(person)
    const gateway = stage.start(person, folder)
    const url = await gateway.url()
    const busy = ask(url, 'set statement_timeout = 0; do $$ begin loop end loop; end $$').catch(() => 'ended')
    const looping = `select from pg_stat_activity where query like '%loop end%' and pid <> pg_backend_pid()`
    await vi.waitUntil(async () => (await ask(url, looping)).length > 0, 5000)
    process.kill(postmasterOf(folder), 'SIGKILL')
    await gateway.heard('postgres.restarted')
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await busy).toBe('ended')
    await gateway.end('SIGTERM')
    expect(serverProcesses(folder)).toEqual([])
  })
})

it('loses no answered row while its server is killed again and again', async () => {
  const folder = stage.newFolder(somebody)
  const gateway = stage.start(somebody, folder)
  const url = await gateway.url()
  await ask(url, 'create table filed (n int primary key)')
  const answered: number[] = []
  let next = 0
  let writing = true
  const writer = async (): Promise<void> => {
    while (writing) {
      const mine = next++
      await ask(url, `insert into filed values (${mine})`).then(
        () => answered.push(mine),
        () => undefined,
      )
    }
  }
  const writers = Promise.all([writer(), writer(), writer()])
  for (let kill = 1; kill <= 3; kill++) {
    const target = answered.length + 20 + Math.floor(Math.random() * 30)
    await waitUntil(30_000, 'writes go on', () => (answered.length >= target ? true : undefined))
    process.kill(postmasterOf(folder), 'SIGKILL')
    await waitUntil(30_000, 'restart', () =>
      gateway.lines.filter((line) => line.event === 'postgres.restarted').length === kill ? true : undefined,
    )
  }
  writing = false
  await writers
  const rows = await ask(url, 'select n from filed')
  const stored = new Set(rows.map((row) => row['n']))
  expect(answered.filter((n) => !stored.has(n))).toEqual([])
  await gateway.end('SIGTERM')
})

it('lets two that start at once share one server; the last to leave stops it', async () => {
  const folder = stage.newFolder(somebody)
  const [one, two] = [stage.start(somebody, folder), stage.start(somebody, folder)]
  expect(await one.url()).toBe(await two.url())
  expect([one, two].map((gateway) => gateway.lines[0]?.event).sort()).toEqual([
    'postgres.adopted',
    'postgres.started',
  ])
  const starter = one.lines[0]?.event === 'postgres.started' ? one : two
  const adopter = starter === one ? two : one
  await ask(await starter.url(), 'create table shared ()')
  await starter.end('SIGTERM')
  await ask(await adopter.url(), 'select from shared')
  process.kill(postmasterOf(folder), 'SIGKILL')
  await adopter.heard('postgres.restarted')
  await ask(await adopter.url(), 'select from shared')
  await adopter.end('SIGTERM')
  expect(serverProcesses(folder)).toEqual([])
})

it('lets both gateways of a killed server find it again', async () => {
  const folder = stage.newFolder(somebody)
  const one = stage.start(somebody, folder)
  await one.url()
  const two = stage.start(somebody, folder)
  const url = await two.url()
  process.kill(postmasterOf(folder), 'SIGKILL')
  await Promise.all([one.heard('postgres.restarted'), two.heard('postgres.restarted')])
  await ask(url, 'select 1')
  await one.end('SIGTERM')
  await ask(url, 'select 1')
  await two.end('SIGTERM')
  expect(serverProcesses(folder)).toEqual([])
})

describe('a process id that lies', () => {
  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
  })
  const ownerOf = (folder: string) => {
    const { uid, gid } = fs.statSync(folder)
    return uid === process.getuid?.() ? {} : { uid, gid }
  }
  const spawnAs = (folder: string, script: string): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', script], { ...ownerOf(folder), cwd: '/', stdio: 'ignore' })
    children.push(child)
    return child
  }
  const zombieOf = (parent: number): number | undefined => {
    const child = fs.readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim()
    return child !== '' && / Z /.test(fs.readFileSync(`/proc/${child}/stat`, 'utf8'))
      ? Number(child)
      : undefined
  }

  const lies: [label: string, lie: (folder: string) => Promise<string> | string][] = [
    ['gone', (folder) => String(postmasterOf(folder))],
    ['taken by another program', (folder) => String(spawnAs(folder, 'exec sleep 600').pid)],
    [
      'a zombie',
      async (folder) => {
        const parent = spawnAs(folder, 'sleep 0.01 & exec sleep 600')
        return String(await waitUntil(5000, 'zombie', () => zombieOf(parent.pid ?? 0)))
      },
    ],
    [
      'taken by the postgres of another folder',
      async () => {
        const other = stage.newFolder(somebody)
        await stage.start(somebody, other).url()
        return String(postmasterOf(other))
      },
    ],
    ['not written before the power went', () => ''],
  ]

  it.each(lies)('starts when it is %s', async (_label, lie) => {
    const folder = stage.newFolder(somebody)
    const first = stage.start(somebody, folder)
    await ask(await first.url(), 'create table kept ()')
    const file = path.join(folder, 'postmaster.pid')
    const lines = fs.readFileSync(file, 'utf8').split('\n')
    await first.end('SIGKILL')
    process.kill(postmasterOf(folder), 'SIGKILL')
    await noServer(folder)
    const pid = await lie(folder)
    const text = pid === '' ? '' : [pid, ...lines.slice(1)].join('\n')
    for (const one of [file, path.join(socketFolderOf(folder), '.s.PGSQL.5432.lock')])
      fs.writeFileSync(one, text)

    const second = stage.start(somebody, folder)
    await ask(await second.url(), 'select from kept')
    expect(second.lines[0]?.event).toBe('postgres.started')
    await second.end('SIGTERM')
  })
})

describe('a folder that is not ours', () => {
  const tree = (folder: string): string =>
    execFileSync('find', [path.dirname(folder), '-printf', '%p %m %u %s %T@ %C@\n'], { encoding: 'utf8' })
  const fill = (folder: string, files: Record<string, string>): void => {
    fs.mkdirSync(folder)
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  }
  const foreign: [label: string, make: (folder: string) => void, says: RegExp][] = [
    [
      'an older PostgreSQL',
      (f) => fill(f, { PG_VERSION: '15\n', 'wasl-embedded': '' }),
      /made by PostgreSQL 15/,
    ],
    ['another PostgreSQL 18', (f) => fill(f, { PG_VERSION: '18\n' }), /of another PostgreSQL/],
    ['other files', (f) => fill(f, { 'thesis.odt': 'years of work' }), /holds other files/],
    ['a file', (f) => fs.writeFileSync(f, ''), /is not a folder/],
  ]
  it.each(foreign)('%s: is refused with the fix and left untouched', async (_label, make, says) => {
    const folder = stage.newFolder(somebody)
    make(folder)
    const before = tree(folder)
    const refusal = await stage.start(somebody, folder).refusal()
    expect(refusal).toMatch(says)
    expect(refusal).toMatch(/DATA_DIR.*or set DATABASE_URL\.$/)
    expect(refusal).not.toContain('\n')
    expect(tree(folder)).toBe(before)
  })
})

it('refuses a folder that it may not write, with the fix', async () => {
  const folder = stage.newFolder(mortal)
  fs.chmodSync(path.dirname(folder), 0o555)
  expect(await stage.start(mortal, folder).refusal()).toMatch(
    /cannot be written \(EACCES\)\. Make it writable.*DATABASE_URL/,
  )
})

it('takes an empty folder', async () => {
  const folder = stage.newFolder(mortal)
  fs.mkdirSync(folder)
  fs.chownSync(folder, mortal.uid, mortal.uid)
  const gateway = stage.start(mortal, folder)
  await ask(await gateway.url(), 'select 1')
  await gateway.end('SIGTERM')
})

it('starts after a kill in the middle of initdb', async () => {
  const folder = stage.newFolder(somebody)
  const parent = path.dirname(folder)
  const killed = stage.start(somebody, folder)
  await waitUntil(10_000, 'initdb at work', () =>
    fs
      .readdirSync(parent)
      .filter((name) => name.startsWith('postgres.init-'))
      .find((name) => fs.existsSync(path.join(parent, name, 'PG_VERSION'))),
  )
  await killed.end('SIGKILL')
  expect(fs.existsSync(folder)).toBe(false)
  const second = stage.start(somebody, folder)
  await ask(await second.url(), 'select 1')
  await second.end('SIGTERM')
  // The orphaned initdb of the first may have written on meanwhile.
  const third = stage.start(somebody, folder)
  await third.url()
  expect(fs.readdirSync(parent).filter((name) => name.includes('init-'))).toEqual([])
  await third.end('SIGTERM')
})

it('runs over a path longer than a socket address', async () => {
  const folder = stage.newFolder(somebody, 'l'.repeat(120), 'o'.repeat(120), 'with a space')
  const gateway = stage.start(somebody, folder)
  await ask(await gateway.url(), 'select 1')
  await gateway.end('SIGTERM')
})

const squats: [label: string, make: (folder: string) => void][] = [
  ['that others may enter', (f) => fs.mkdirSync(f, { mode: 0o755 })],
  ['that is a link elsewhere', (f) => fs.symlinkSync(os.tmpdir(), f)],
  ...(process.getuid?.() === 0
    ? [
        [
          'of somebody else',
          (f) => {
            fs.mkdirSync(f, { mode: 0o700 })
            fs.chownSync(f, 4242, 4242)
          },
        ] satisfies [string, (f: string) => void],
      ]
    : []),
]
it.each(squats)('keeps out of a socket folder %s', async (_label, make) => {
  const folder = stage.newFolder(somebody)
  const squatted = socketFolderOf(folder)
  make(squatted)
  const gateway = stage.start(somebody, folder)
  const url = await gateway.url()
  expect(new URL(url).searchParams.get('host')).toBe(socketFolderOf(folder, '-1'))
  await ask(url, 'select 1')
  await gateway.end('SIGTERM')
  fs.rmSync(squatted, { recursive: true })
})

it('comes back when somebody empties the temporary folder', async () => {
  const folder = stage.newFolder(somebody)
  const gateway = stage.start(somebody, folder)
  const url = await gateway.url()
  fs.rmSync(socketFolderOf(folder), { recursive: true })
  await gateway.heard('postgres.restarted')
  await ask(url, 'select 1')
  await gateway.end('SIGTERM')
})

it('stops a server that hears nothing any more', async () => {
  const folder = stage.newFolder(somebody)
  const gateway = stage.start(somebody, folder)
  await gateway.url()
  const server = postmasterOf(folder)
  await gateway.end('SIGKILL')
  process.kill(server, 'SIGSTOP')
  await stopPostmaster(folder, server, { fast: 300, immediate: 300 })
  expect(serverProcesses(folder)).toEqual([])
})
