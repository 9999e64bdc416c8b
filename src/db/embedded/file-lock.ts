import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedRefusal } from './refusal.ts'

export interface FileLock {
  release(): void
}

const BUSY = 5

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === BUSY

/**
 * Takes a lock on `file` without waiting: any number of `shared` holders, or one `exclusive`. Undefined when another
 * process holds it the other way. Node has no flock(); SQLite's own locks are the kernel's, so a killed holder frees
 * them at once and no stale lock file can lie. Nothing is ever written to the file.
 */
export const tryLock = (file: string, kind: 'shared' | 'exclusive'): FileLock | undefined => {
  let holder: DatabaseSync | undefined
  try {
    holder = new DatabaseSync(file, { timeout: 0 })
    holder.exec(kind === 'exclusive' ? 'begin exclusive' : 'begin; select 1 from sqlite_master')
    const held = holder
    return { release: () => held.close() }
  } catch (error) {
    holder?.close()
    if (isBusy(error)) return undefined
    throw new EmbeddedRefusal(`${file} cannot be locked`, 'Make it writable for this user', error)
  }
}

/** Takes the exclusive lock, waiting up to `patience` milliseconds; undefined when that was not enough. */
export const waitForLock = async (file: string, patience: number): Promise<FileLock | undefined> => {
  const end = performance.now() + patience
  for (;;) {
    const lock = tryLock(file, 'exclusive')
    if (lock !== undefined || performance.now() >= end) return lock
    await sleep(25)
  }
}
