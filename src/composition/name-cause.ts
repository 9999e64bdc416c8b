import fs from 'node:fs'
import path from 'node:path'
import { type Config, ConfigError } from '../config.ts'
import { isAway } from '../core/away.ts'
import { foldersOf } from './parts.ts'

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '')

const wrong = (variable: string, seen: string, wanted: string): ConfigError =>
  new ConfigError([{ variable, seen, wanted }])

/** Step by step: under /proc, node's own `recursive` tries for ever. */
const makeFolder = (folder: string): void => {
  if (!fs.existsSync(folder)) {
    makeFolder(path.dirname(folder))
    fs.mkdirSync(folder)
  }
  if (!fs.statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
}

/** Makes the folders that the gateway writes to. Throws ConfigError naming DATA_DIR when it cannot. */
export const prepareFolders = (config: Pick<Config, 'dataDir'>): void => {
  const { uploads, work } = foldersOf(config)
  try {
    for (const folder of [config.dataDir, uploads, work]) {
      makeFolder(folder)
      fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK)
    }
  } catch (error) {
    throw wrong('DATA_DIR', JSON.stringify(config.dataDir), `a folder that can be written (${codeOf(error)})`)
  }
}

/** What a server says of who may come in and where to: bad password, bad user, no such database, too old. */
const isRefusal = (code: string): boolean => /^(28|3D)/.test(code)

/** A failure to reach or enter the database of DATABASE_URL, as the variable's fault. Others come back as they are. */
export const nameDatabase = (error: unknown): unknown => {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = codeOf(reason)
  if (isRefusal(code)) return wrong('DATABASE_URL', '(hidden)', `a database that lets us in (${code})`)
  if (isAway(error)) return wrong('DATABASE_URL', '(hidden)', `a database server that answers (${code})`)
  return error
}

/** A failure to listen, as the fault of PORT or HOST. Others come back as they are. */
export const nameListen = ({ host, port }: Config['http'], error: unknown): unknown => {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') return wrong('PORT', String(port), 'a port that nobody else listens on')
  if (code === 'EACCES') return wrong('PORT', String(port), 'a port this user may listen on, above 1023')
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(code))
    return wrong('HOST', JSON.stringify(host), `an address of this machine (${code})`)
  return error
}
