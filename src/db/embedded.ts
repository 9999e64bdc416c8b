import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries } from './embedded/binaries.ts'
import { createDataFolder, inspectDataFolder, removeLeftovers } from './embedded/data-folder.ts'
import { type FileLock, tryLock, waitForLock } from './embedded/file-lock.ts'
import { keepAlive } from './embedded/keep-alive.ts'
import { disownPidFile, findPostmaster, type Postmaster } from './embedded/pid-file.ts'
import { endOrphans, launchPostmaster, settlePostmaster, stopPostmaster } from './embedded/postmaster.ts'
import { isPostgresOf } from './embedded/process-table.ts'
import { codeOf, EmbeddedRefusal } from './embedded/refusal.ts'
import { chooseRunAs, type RunAs } from './embedded/run-as.ts'
import {
  answers,
  clearSocket,
  hasSocket,
  isPrivate,
  openSocketFolder,
  PORT,
} from './embedded/socket-folder.ts'

export { EmbeddedRefusal } from './embedded/refusal.ts'

/** A PostgreSQL that belongs to this gateway, reached over a Unix socket only. */
export interface EmbeddedPostgres {
  /** Stays the same when the server is restarted. */
  readonly url: string
  /**
   * Lets go of the server. Several gateways may share one: the last to let go stops it, whoever started it. A gateway
   * that was killed does not count.
   */
  stop(): Promise<void>
}

export interface EmbeddedEvent {
  readonly event:
    | 'postgres.started'
    | 'postgres.adopted'
    | 'postgres.lost'
    | 'postgres.restarted'
    | 'postgres.restart_failed'
  readonly milliseconds: number
  readonly reason?: unknown
}

interface Place {
  readonly folder: string
  readonly settings: Readonly<Record<string, string>>
  /** Held for the length of one start or stop. */
  readonly turnFile: string
  /** Held, shared, by every gateway that uses the server. */
  readonly usersFile: string
}

interface Server extends Postmaster {
  readonly adopted: boolean
}

/** Longer than the slowest start or stop of another gateway. */
const TURN_PATIENCE = 150_000
/** How long a newcomer leaves it to the gateways that are there already to bring their server back. */
const OTHERS_PATIENCE = 15_000

const prepareParent = (folder: string): void => {
  const parent = path.dirname(folder)
  try {
    fs.mkdirSync(parent, { recursive: true })
    fs.accessSync(parent, fs.constants.W_OK | fs.constants.X_OK)
  } catch (cause) {
    throw new EmbeddedRefusal(
      `${parent} cannot be written (${codeOf(cause) ?? 'unknown'})`,
      'Make it writable for this user, name another DATA_DIR',
      cause,
    )
  }
}

/** One start or stop at a time over a data folder, also between processes. */
const takingTurns = async <T>(place: Place, work: () => Promise<T>): Promise<T> => {
  const turn = await waitForLock(place.turnFile, TURN_PATIENCE)
  if (turn === undefined)
    throw new EmbeddedRefusal(`another start over ${place.folder} does not end`, 'End that gateway')
  try {
    return await work()
  } finally {
    turn.release()
  }
}

const isLastUser = (place: Place): boolean => {
  const alone = tryLock(place.usersFile, 'exclusive')
  alone?.release()
  return alone !== undefined
}

const isReachable = async (server: Postmaster, who: RunAs): Promise<boolean> =>
  isPrivate(server.socketFolder, who.uid) && (await answers(server.socketFolder))

const refuseStandalone = (place: Place): void => {
  if (findPostmaster(place.folder)?.standalone)
    throw new EmbeddedRefusal(`somebody runs a single-user postgres over ${place.folder}`, 'End it')
}

/** Clears what a dead server left, then starts a new one. */
const launch = async (place: Place, who: RunAs, socketFolder: string): Promise<Server> => {
  await endOrphans(place.folder)
  disownPidFile(place.folder)
  clearSocket(socketFolder)
  const { folder, settings } = place
  const server = await launchPostmaster({ folder, socketFolder, settings, who, binaries: findBinaries() })
  return { ...server, adopted: false }
}

/**
 * Brings the server up, or adopts the living one. Undefined when other gateways use a server that cannot be seen from
 * here: they restart it, or it runs in another container over the same folder, where a second one would ruin the data.
 */
const bringUp = async (place: Place, mayStart: () => boolean): Promise<Server | undefined> => {
  const binaries = findBinaries()
  const status = inspectDataFolder(place.folder, binaries.major)
  const who = chooseRunAs(place.folder, status, binaries)
  removeLeftovers(place.folder)
  if (status === undefined) await createDataFolder(place.folder, who, binaries)
  refuseStandalone(place)
  const living = await settlePostmaster(place.folder)
  if (living !== undefined && (await isReachable(living, who))) return { ...living, adopted: true }
  if (!mayStart()) return undefined
  // Alive, but its socket is gone, as when somebody empties /tmp.
  if (living !== undefined) await stopPostmaster(place.folder, living.pid)
  return launch(place, who, openSocketFolder(place.folder, who))
}

/** The database is made after the server's first start; a kill in between leaves that to the next one. */
const ensureDatabase = async (socketFolder: string): Promise<void> => {
  const open = (database: string) =>
    postgres({
      host: socketFolder,
      port: PORT,
      user: 'wasl',
      database,
      max: 1,
      connect_timeout: 10,
      fetch_types: false,
      onnotice: () => {},
    })
  const ours = open('wasl')
  const missing = await ours`select 1`.then(
    () => false,
    (error: unknown) => {
      if (codeOf(error) === '3D000') return true
      throw error
    },
  )
  await ours.end()
  if (!missing) return
  const admin = open('postgres')
  await admin`create database wasl`
  await admin.end()
}

const urlOf = (socketFolder: string): string =>
  `postgres://wasl@localhost:${PORT}/wasl?host=${encodeURIComponent(socketFolder)}`

/** The last one out stops the server. */
const letGo = async (place: Place, share: FileLock): Promise<void> => {
  share.release()
  const server = findPostmaster(place.folder)
  if (server === undefined || !isLastUser(place)) return
  await stopPostmaster(place.folder, server.pid)
  fs.rmSync(server.socketFolder, { recursive: true, force: true })
}

/** Takes part in the server of a place: gives it together with the share that keeps others from stopping it. */
const join = async (place: Place): Promise<{ server: Server; share: FileLock }> => {
  const end = performance.now() + OTHERS_PATIENCE
  for (;;) {
    const joined = await takingTurns(place, async () => {
      const server = await bringUp(place, () => isLastUser(place))
      const share = server && tryLock(place.usersFile, 'shared')
      if (server === undefined || share === undefined) return undefined
      try {
        await ensureDatabase(server.socketFolder)
      } catch (error) {
        await letGo(place, share)
        throw error
      }
      return { server, share }
    })
    if (joined !== undefined) return joined
    if (performance.now() > end)
      throw new EmbeddedRefusal(
        `another gateway uses ${place.folder}, and its server cannot be reached from here`,
        'End that gateway, name another DATA_DIR',
      )
    await sleep(200)
  }
}

const restart = (place: Place, socketFolder: string): Promise<Server> =>
  takingTurns(place, async () => {
    if (!fs.existsSync(path.join(place.folder, 'PG_VERSION')))
      throw new EmbeddedRefusal(`${place.folder} has vanished`, 'Bring it back')
    const server = await bringUp(place, () => true)
    if (server?.socketFolder !== socketFolder)
      throw new EmbeddedRefusal('the server came back at another socket', 'Restart the gateway')
    return server
  })

/**
 * Starts the embedded server over `folder`, or adopts the one that already runs there, and restarts it whenever it dies
 * until `stop()`. `settings` are PostgreSQL's own (`fsync: 'off'` in tests; never by default) and count for the gateway
 * that starts it. `report` hears what happens, for the log. Throws EmbeddedRefusal, with the fix, where it cannot run.
 */
export const startEmbeddedPostgres = async (
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  report: (event: EmbeddedEvent) => void = () => {},
): Promise<EmbeddedPostgres> => {
  const begun = performance.now()
  const absolute = path.resolve(folder)
  inspectDataFolder(absolute, findBinaries().major)
  prepareParent(absolute)
  const place: Place = {
    folder: absolute,
    settings,
    turnFile: `${absolute}.turn`,
    usersFile: `${absolute}.users`,
  }
  const joined = await join(place)
  const { socketFolder, adopted } = joined.server
  let pid = joined.server.pid
  report({
    event: adopted ? 'postgres.adopted' : 'postgres.started',
    milliseconds: performance.now() - begun,
  })
  const endWatch = keepAlive({
    isUp: () => isPostgresOf(absolute, pid) && hasSocket(socketFolder),
    restart: async () => {
      pid = (await restart(place, socketFolder)).pid
    },
    report: (name, milliseconds, reason) => report({ event: `postgres.${name}`, milliseconds, reason }),
  })
  let stopped: Promise<void> | undefined
  return {
    url: urlOf(socketFolder),
    stop: () => {
      stopped ??= endWatch().then(() => takingTurns(place, () => letGo(place, joined.share)))
      return stopped
    },
  }
}
