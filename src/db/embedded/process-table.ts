import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { codeOf } from './refusal.ts'

const sameFile = (a: string, b: string): boolean => {
  const [one, two] = [fs.statSync(a), fs.statSync(b)]
  return one.dev === two.dev && one.ino === two.ino
}

/** postgres works inside its data folder, which tells it from another server that got the same process id later. */
const worksIn = (pid: number, folder: string): boolean => {
  try {
    return sameFile(`/proc/${pid}/cwd`, folder)
  } catch (error) {
    // A container's root may not look into a process of another user: its name has to do.
    return codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM'
  }
}

const onLinux = (pid: number, folder: string): boolean => {
  const status = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [, name, state = 'X'] = /^\d+ \((.*)\) (\S)/s.exec(status) ?? []
  return name === 'postgres' && !'ZX'.includes(state) && worksIn(pid, folder)
}

const elsewhere = (pid: number): boolean =>
  spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).stdout?.includes('postgres') ??
  false

/** True when `pid` is a living postgres of this data folder: not gone, not a zombie, not another program with its id. */
export const isPostgresOf = (folder: string, pid: number): boolean => {
  try {
    return process.platform === 'linux' ? onLinux(pid, folder) : elsewhere(pid)
  } catch {
    return false
  }
}

/** Every living postgres process that works in this data folder; on Linux only, elsewhere none is found. */
export const postgresProcessesOf = (folder: string): number[] =>
  process.platform !== 'linux'
    ? []
    : fs
        .readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => isPostgresOf(folder, pid))

/** Sends a signal to a process that may be gone by now. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
