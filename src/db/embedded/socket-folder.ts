import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { codeOf, EmbeddedRefusal } from './refusal.ts'
import type { RunAs } from './run-as.ts'

export const PORT = 5432
const SOCKET = `.s.PGSQL.${PORT}`

/** True when only `uid` (and root) may enter the folder: on a shared /tmp a stranger may have made it first. */
export const isPrivate = (folder: string, uid: number): boolean => {
  const status = fs.lstatSync(folder, { throwIfNoEntry: false })
  return status?.isDirectory() === true && status.uid === uid && (status.mode & 0o077) === 0
}

const take = (folder: string, who: RunAs): boolean => {
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
    fs.chownSync(folder, who.uid, who.gid)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return isPrivate(folder, who.uid)
  }
}

/**
 * The folder of the server's socket. A socket path of more than about 100 bytes fails, so it lies in the temporary folder
 * under a hash of the data folder, or beside that name where a stranger took it.
 */
export const openSocketFolder = (dataFolder: string, who: RunAs): string => {
  const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)
  const names = ['', '-1', '-2', '-3'].map((tail) => path.join(os.tmpdir(), `wasl-pg-${hash}${tail}`))
  const folder = names.find((name) => take(name, who))
  if (folder === undefined)
    throw new EmbeddedRefusal(
      `${names[0]} belongs to another user`,
      'Remove it, set TMPDIR to your own folder',
    )
  return folder
}

/** Removes the socket and its lock file of a server that is gone: the process id in that lock may be in use again. */
export const clearSocket = (folder: string): void => {
  for (const name of [SOCKET, `${SOCKET}.lock`]) fs.rmSync(path.join(folder, name), { force: true })
}

export const hasSocket = (folder: string): boolean => fs.existsSync(path.join(folder, SOCKET))

/** True when something takes connections on the socket within two seconds. */
export const answers = (folder: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = net.connect(path.join(folder, SOCKET))
    const settle = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.setTimeout(2000, () => settle(false))
    connection.once('connect', () => settle(true))
    connection.once('error', () => settle(false))
  })
