import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'

/** Where the server is, and whether the way to it is encrypted: libpq's sslmode, as far as postgres.js knows it. */
export interface ServerPlace {
  readonly host: string
  readonly port: number
  /** Of a Unix socket; then host and port mean nothing. */
  readonly path?: string | undefined
  readonly sslMode: string
}

const CONNECT_MS = 5_000
/** No statement of ours may take longer than 15 s: a connection that is silent for longer is dead or idle. */
const SILENCE_MS = 20_000
/** How long a lost connection is kept from postgres.js, and how many times in it what was sent meanwhile is refused. */
const FAREWELL = { rounds: 4, everyMs: 5 }

/** Bytes that postgres.js writes at once, without waiting for the loop's next turn. */
const WRITTEN_AT_ONCE = 1024
const PROTOCOL = 196608

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const SSL_GRANTED = 'S'.charCodeAt(0)
const UNENCRYPTED = new Set(['', 'false', 'disable'])
const VERIFIED = new Set(['verify-ca', 'verify-full', 'true'])

const lost = (): Error =>
  Object.assign(new Error('The connection to the database was lost.'), { code: 'CONNECTION_CLOSED' })

/**
 * postgres.js forgets its socket on 'close' and only then lets the transaction on it end; the rollback that the end sends
 * goes to no socket, which throws where nobody can catch it and ends the process (its issues 1154, 1208), or is never
 * answered (1193). So the word of the loss is held back: first everything under way is refused, then what that brought
 * forth, and only when it is quiet the connection is said to be closed.
 */
const holdBackClose = <S extends net.Socket>(socket: S): S => {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean
  const sayFarewell = (round: number): void => {
    if (round === FAREWELL.rounds) return void emit('close', false)
    emit('error', lost())
    setTimeout(sayFarewell, FAREWELL.everyMs, round + 1)
  }
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event !== 'close') return emit(event, ...args)
    sayFarewell(0)
    return true
  }
  return socket
}

/**
 * A parameter of the start-up message that makes it long. When a connection closes while statements wait to be written,
 * postgres.js 3.4.9 keeps them and the mark of a planned write: it would never write on that place again, the start-up
 * included, but for what is long enough to be written at once. `startCleanly` then takes off what was kept.
 */
export const STARTUP_WEIGHT = { 'wasl.weight': 'x'.repeat(WRITTEN_AT_ONCE) } as const

/** Lets the first write begin with the start-up message: before it stand statements of a lost connection, refused long ago. */
const startCleanly = <S extends net.Socket>(socket: S): S => {
  const write = socket.write.bind(socket) as (data: Buffer, ...rest: unknown[]) => boolean
  socket.write = ((data: Buffer, ...rest: unknown[]) => {
    socket.write = write as S['write']
    const isStart = (at: number) =>
      data.readInt32BE(at) === data.length - at && data.readInt32BE(at + 4) === PROTOCOL
    let start = 0
    while (start < data.length - 8 && !isStart(start)) start += 1
    return write(data.subarray(start), ...rest)
  }) as S['write']
  return socket
}

const encrypt = async (socket: net.Socket, { host, sslMode }: ServerPlace): Promise<net.Socket> => {
  await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
  socket.write(SSL_REQUEST)
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(CONNECT_MS) })) as [Buffer]
  if (answer[0] !== SSL_GRANTED) {
    if (sslMode === 'prefer' || sslMode === 'allow') return socket
    throw new Error(`The database server takes no encrypted connections, and sslmode is ${sslMode}.`)
  }
  return tls.connect({
    socket,
    ...(net.isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: VERIFIED.has(sslMode),
  })
}

/** A connection that never came about fails as one that broke: postgres.js would lose its place in the pool otherwise. */
const failedSocket = (reason: unknown): net.Socket => {
  const socket = new net.Socket()
  setImmediate(() => socket.destroy(reason instanceof Error ? reason : new Error(String(reason))))
  return socket
}

const dial = async (place: ServerPlace): Promise<net.Socket> => {
  const { host, port, path, sslMode } = place
  const socket = path === undefined ? net.connect({ host, port }) : net.connect({ path })
  if (path !== undefined || UNENCRYPTED.has(sslMode)) return socket
  try {
    return await encrypt(socket, place)
  } catch (error) {
    socket.destroy()
    return failedSocket(error)
  }
}

/**
 * Opens the way to the server for postgres.js. `mayBeSilent`: a connection that only listens. Never rejects: what goes wrong
 * is told by the socket.
 */
export const openSocket = async (place: ServerPlace, mayBeSilent: boolean): Promise<net.Socket> => {
  const socket = startCleanly(holdBackClose(await dial(place)))
  // A server that vanished behind a router answers nothing, not even with a reset.
  if (!mayBeSilent) socket.setTimeout(SILENCE_MS, () => socket.destroy(lost()))
  return socket
}
