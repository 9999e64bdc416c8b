import fs from 'node:fs'
import path from 'node:path'
import { isPostgresOf } from './process-table.ts'

/** What a live server says of itself in postmaster.pid. */
export interface Postmaster {
  readonly pid: number
  readonly socketFolder: string
  readonly state: 'starting' | 'ready' | 'stopping'
  /** Somebody runs `postgres --single` by hand. */
  readonly standalone: boolean
}

const fileOf = (folder: string): string => path.join(folder, 'postmaster.pid')

/** Greater than any process id a kernel gives out, and still an int. */
const NOBODYS_PID = 2_147_483_646

const readLines = (folder: string): string[] | undefined => {
  try {
    return fs.readFileSync(fileOf(folder), 'utf8').split('\n')
  } catch {
    return undefined
  }
}

const stateOf = (word: string | undefined): Postmaster['state'] => {
  if (word?.trim() === 'ready') return 'ready'
  return word?.trim() === 'stopping' ? 'stopping' : 'starting'
}

/** The living server of this data folder, or undefined. Lines: pid, folder, start, port, socket folder, host, key, state. */
export const findPostmaster = (folder: string): Postmaster | undefined => {
  const lines = readLines(folder)
  const written = Number(lines?.[0])
  const pid = Math.abs(written)
  if (!Number.isInteger(pid) || pid === 0 || !isPostgresOf(folder, pid)) return undefined
  return { pid, socketFolder: lines?.[4] ?? '', state: stateOf(lines?.[7]), standalone: written < 0 }
}

/**
 * Makes the file of a dead server say so. postgres takes any live process with that id, or a zombie, for its server and
 * would never start again. The other lines stay: in them postgres finds the shared memory of the dead server and refuses
 * to start while one of its backends still uses it. Removing the file would take that safeguard away.
 */
export const disownPidFile = (folder: string): void => {
  const lines = readLines(folder)
  if (lines === undefined) return
  if (!Number(lines[0])) {
    // A power cut can leave it empty, which postgres refuses; it names no shared memory that could be lost.
    fs.rmSync(fileOf(folder), { force: true })
    return
  }
  const handle = fs.openSync(fileOf(folder), 'r+')
  try {
    const text = [NOBODYS_PID, ...lines.slice(1)].join('\n')
    fs.writeSync(handle, text, 0)
    fs.ftruncateSync(handle, Buffer.byteLength(text))
  } finally {
    fs.closeSync(handle)
  }
}
