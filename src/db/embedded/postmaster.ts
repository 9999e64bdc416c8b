import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { findPostmaster, type Postmaster } from './pid-file.ts'
import { isPostgresOf, postgresProcessesOf, signal } from './process-table.ts'
import { EmbeddedRefusal, lastLine } from './refusal.ts'
import type { RunAs } from './run-as.ts'

/** Crash recovery replays the log since the last checkpoint: minutes on a slow disk, never endless. */
const START_PATIENCE = 120_000
const STOP_PATIENCE = { fast: 10_000, immediate: 8_000 }
const LOG_LIMIT = 1_000_000

/** Polls until `done` gives something other than undefined; undefined once `patience` milliseconds are over. */
export const poll = async <T>(patience: number, done: () => T | undefined): Promise<T | undefined> => {
  const end = performance.now() + patience
  for (;;) {
    const answer = done()
    if (answer !== undefined || performance.now() >= end) return answer
    await sleep(15)
  }
}

const DEFAULTS = {
  listen_addresses: '',
  max_connections: '200',
  unix_socket_permissions: '0700',
  // Errors and statements quote what citizens wrote: the server's log keeps to the server's own life.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
} as const

/** A file outlives the gateway, where a pipe would break with it; it starts anew when it has grown. */
const openLog = (file: string): { handle: number; from: number } => {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const fresh = size > LOG_LIMIT
  return { handle: fs.openSync(file, fresh ? 'w' : 'a', 0o600), from: fresh ? 0 : size }
}

const readFrom = (file: string, from: number): string => fs.readFileSync(file).subarray(from).toString()

export interface Launch {
  readonly folder: string
  readonly socketFolder: string
  readonly settings: Readonly<Record<string, string>>
  readonly who: RunAs
  readonly binaries: Binaries
}

/** Detached, in a session of its own: Ctrl-C must reach the gateway first and the server only through it. */
const spawnServer = (launch: Launch, log: number): ChildProcess => {
  const options = { ...DEFAULTS, unix_socket_directories: launch.socketFolder, ...launch.settings }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { who, binaries } = launch
  const [command = '', ...args] = [...who.prefix, binaries.postgres, '-D', launch.folder, ...flags]
  const server = spawn(command, args, {
    env: binaries.env,
    ...who.become,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', log],
  })
  server.unref()
  return server
}

/** Starts the server and waits until it takes connections. Throws EmbeddedRefusal with the server's own last word. */
export const launchPostmaster = async (launch: Launch): Promise<Postmaster> => {
  const file = `${launch.folder}.log`
  const { handle, from } = openLog(file)
  const server = spawnServer(launch, handle)
  fs.closeSync(handle)
  let ended: string | undefined
  server.once('error', (error) => {
    ended = error.message
  })
  server.once('exit', () => {
    ended = 'it ended at once'
  })
  const found = await poll(START_PATIENCE, () => ended ?? readyPostmaster(launch.folder))
  if (typeof found === 'object') return found
  server.kill('SIGQUIT')
  throw new EmbeddedRefusal(
    `the server does not start (${lastLine(readFrom(file, from)) || (found ?? 'it is not ready in time')})`,
    `Read ${file} and mend that`,
  )
}

const readyPostmaster = (folder: string): Postmaster | undefined => {
  const found = findPostmaster(folder)
  return found?.state === 'ready' ? found : undefined
}

/** Waits for a server that somebody else is starting or stopping. Gives it when ready, undefined when it is gone. */
export const settlePostmaster = async (folder: string): Promise<Postmaster | undefined> => {
  const settled = await poll(START_PATIENCE, () => {
    const found = findPostmaster(folder)
    if (found === undefined) return 'gone'
    return found.state === 'ready' ? found : undefined
  })
  return typeof settled === 'object' ? settled : undefined
}

/**
 * Stops the server: fast (open transactions roll back, a checkpoint), then immediate (recovery at the next start), then
 * by force. Each step is given its patience in milliseconds, so it ends within 20 seconds whatever the server does.
 */
export const stopPostmaster = async (
  folder: string,
  pid: number,
  patience = STOP_PATIENCE,
): Promise<void> => {
  const gone = (limit: number) => poll(limit, () => (isPostgresOf(folder, pid) ? undefined : true))
  signal(pid, 'SIGINT')
  if (await gone(patience.fast)) return
  signal(pid, 'SIGQUIT')
  if (await gone(patience.immediate)) return
  for (const one of postgresProcessesOf(folder)) signal(one, 'SIGKILL')
  await noneLeft(folder, 2000)
}

const noneLeft = (folder: string, patience: number): Promise<true | undefined> =>
  poll(patience, () => (postgresProcessesOf(folder).length === 0 ? true : undefined))

/**
 * Ends backends that outlived a killed server. They hold its shared memory, and no new server starts until the last of
 * them has noticed, which a busy one may do late.
 */
export const endOrphans = async (folder: string): Promise<void> => {
  if (await noneLeft(folder, 200)) return
  for (const pid of postgresProcessesOf(folder)) signal(pid, 'SIGQUIT')
  if (await noneLeft(folder, 3000)) return
  for (const pid of postgresProcessesOf(folder)) signal(pid, 'SIGKILL')
  await noneLeft(folder, 2000)
}
