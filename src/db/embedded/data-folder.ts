import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Binaries } from './binaries.ts'
import { codeOf, EmbeddedRefusal, lastLine } from './refusal.ts'
import type { RunAs } from './run-as.ts'

/** Lies in every data folder that this launcher made: nothing else is ever started or touched. */
const MARK = 'wasl-embedded'

const INIT = [
  ['-U', 'wasl'],
  ['-E', 'UTF8'],
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  // The socket's folder admits only the owner: that is the lock on the door.
  ['--auth=trust'],
].flat()

/**
 * Looks at the data folder without touching it. Gives its status, or undefined where one is to be made; throws
 * EmbeddedRefusal when the folder is not one of ours.
 */
export const inspectDataFolder = (folder: string, major: string): fs.Stats | undefined => {
  const status = fs.statSync(folder, { throwIfNoEntry: false })
  if (status === undefined) return undefined
  if (!status.isDirectory()) throw new EmbeddedRefusal(`${folder} is not a folder`, 'Name another DATA_DIR')
  const names = readNames(folder, status)
  if (names === undefined) return status
  if (names.length === 0) return undefined
  if (!names.includes('PG_VERSION'))
    throw new EmbeddedRefusal(`${folder} holds other files`, 'Move them away, name another DATA_DIR')
  const version = fs.readFileSync(path.join(folder, 'PG_VERSION'), 'utf8').trim()
  if (version !== major)
    throw new EmbeddedRefusal(
      `${folder} was made by PostgreSQL ${version}, this gateway brings ${major}`,
      'Move it away and restore a dump of it, name another DATA_DIR',
    )
  if (!names.includes(MARK))
    throw new EmbeddedRefusal(
      `${folder} is the data folder of another PostgreSQL`,
      'Move it away, name another DATA_DIR',
    )
  return status
}

/** Undefined for a folder of somebody else that we may not list: who owns it is judged next, and says the fix. */
const readNames = (folder: string, status: fs.Stats): string[] | undefined => {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'EACCES' && status.uid !== process.getuid?.()) return undefined
    throw error
  }
}

const runInitdb = (folder: string, who: RunAs, binaries: Binaries): Promise<void> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = [...who.prefix, binaries.initdb, '-D', folder, ...INIT]
    const initdb = spawn(command, args, {
      env: binaries.env,
      ...who.become,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    initdb.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
    })
    initdb.once('error', reject)
    initdb.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(
          new EmbeddedRefusal(
            `initdb failed (${lastLine(said) || `exit ${code}`})`,
            'Mend that, name another DATA_DIR',
          ),
        )
    })
  })

/** Removes what a killed start left beside the data folder. Its initdb may still be writing there: what resists stays till the next start. */
export const removeLeftovers = (folder: string): void => {
  const parent = path.dirname(folder)
  const left = fs.readdirSync(parent).filter((name) => name.startsWith(`${path.basename(folder)}.init-`))
  for (const name of left) {
    try {
      fs.rmSync(path.join(parent, name), { recursive: true, force: true })
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY') throw error
    }
  }
}

const syncFolder = (folder: string): void => {
  const handle = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

const takeName = (nursery: string, folder: string): void => {
  try {
    fs.renameSync(nursery, folder)
  } catch (cause) {
    // EBUSY: the folder is a mount of its own.
    throw new EmbeddedRefusal(
      `${folder} cannot take its place (${codeOf(cause)})`,
      'Let DATA_DIR name the folder above what is mounted',
      cause,
    )
  }
}

/**
 * Makes the data folder. initdb works in a sibling that takes the real name only when it is whole, so a kill at any point
 * leaves either no data folder or a good one.
 */
export const createDataFolder = async (folder: string, who: RunAs, binaries: Binaries): Promise<void> => {
  const nursery = fs.mkdtempSync(`${folder}.init-`)
  try {
    fs.chownSync(nursery, who.uid, who.gid)
    await runInitdb(nursery, who, binaries)
    fs.writeFileSync(path.join(nursery, MARK), 'This PostgreSQL belongs to the Wasl gateway.\n')
    fs.chownSync(path.join(nursery, MARK), who.uid, who.gid)
    takeName(nursery, folder)
  } catch (error) {
    fs.rmSync(nursery, { recursive: true, force: true })
    throw error
  }
  syncFolder(path.dirname(folder))
}
