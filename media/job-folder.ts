import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { MEDIA_LIMITS } from './limits.ts'

/**
 * A folder's name says who works in it: machine, process, and when that process started, because process ids come
 * again. So a sweep can tell a living neighbour's folder from one that a kill left behind.
 */
const machine = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8)

/** Field 22 of /proc/PID/stat; '0' where there is no /proc. The process name before it may hold spaces and brackets. */
const startOf = async (pid: number): Promise<string> => {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return '0'
  }
}

/** Opens a private folder (0700) for one job under the work folder, which is made when missing. */
export const openJobFolder = async (workDir: string): Promise<string> => {
  await mkdir(workDir, { recursive: true, mode: 0o700 })
  return mkdtemp(path.join(workDir, `job-${machine}-${process.pid}-${await startOf(process.pid)}-`))
}

export const removeJobFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const isAbandoned = async (workDir: string, name: string, now: Date): Promise<boolean> => {
  const [, owner, pid, started] = name.split('-')
  if (owner === machine)
    return !isAlive(Number(pid)) || (started !== '0' && (await startOf(Number(pid))) !== started)
  const { mtimeMs } = await stat(path.join(workDir, name))
  return now.getTime() - mtimeMs > MEDIA_LIMITS.abandonedMs
}

/** Processes that stand in a folder: the tools of a job whose owner is gone. Their working folder gives them away. */
const standingIn = async (folder: string): Promise<number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 0)
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return pids.filter((_, index) => places[index] === folder)
}

const endTools = async (folder: string): Promise<void> => {
  for (const pid of await standingIn(folder))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in between, which is what was wanted.
    }
}

/** Removes the job folders of processes that are gone, and ends their tools first. Gives the number removed. */
export const sweepJobFolders = async (workDir: string, now: Date): Promise<number> => {
  const names = await readdir(workDir).catch(() => [])
  let removed = 0
  for (const name of names.filter((entry) => entry.startsWith('job-'))) {
    if (!(await isAbandoned(workDir, name, now).catch(() => false))) continue
    const folder = path.join(workDir, name)
    await endTools(folder)
    await removeJobFolder(folder)
    removed += 1
  }
  return removed
}
