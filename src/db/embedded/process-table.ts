import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { codeOf } from './refusal.ts'

const sameFile = (a: string, b: string): boolean => {
  const [one, two] = [fs.statSync(a), fs.statSync(b)]
  return one.dev === two.dev && one.ino === two.ino
}

type Certainty = 'yes' | 'no' | 'likely'

/**
 * postgres works inside its data folder, which tells it from another server that got the same process id later. A
 * container's root may not look where a process of another user works: then its owner has to do.
 */
const worksIn = (pid: number, folder: string): Certainty => {
  try {
    return sameFile(`/proc/${pid}/cwd`, folder) ? 'yes' : 'no'
  } catch (error) {
    if (codeOf(error) !== 'EACCES') return 'no'
    return fs.statSync(`/proc/${pid}`).uid === fs.statSync(folder).uid ? 'likely' : 'no'
  }
}

const onLinux = (folder: string, pid: number): Certainty => {
  const status = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [, name, state = 'X'] = /^\d+ \((.*)\) (\S)/s.exec(status) ?? []
  return name === 'postgres' && !'ZX'.includes(state) ? worksIn(pid, folder) : 'no'
}

const byProcessList = (pid: number): Certainty => {
  const list = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).stdout
  return list?.includes('postgres') ? 'likely' : 'no'
}

const judge = (folder: string, pid: number): Certainty => {
  try {
    return process.platform === 'linux' ? onLinux(folder, pid) : byProcessList(pid)
  } catch {
    return 'no'
  }
}

/**
 * True when `pid`, which the data folder itself names, is a living postgres of it: not gone, not a zombie, not another
 * program with its id.
 */
export const isPostgresOf = (folder: string, pid: number): boolean => judge(folder, pid) !== 'no'

/** Every process that surely is a living postgres of this data folder. Only Linux can tell; elsewhere none is found. */
export const postgresProcessesOf = (folder: string): number[] =>
  process.platform !== 'linux'
    ? []
    : fs
        .readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => judge(folder, pid) === 'yes')

/** Sends a signal to a process that may be gone by now. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
