import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { teachArrays } from './array-types.ts'
import { openSocket, STARTUP_WEIGHT } from './open-socket.ts'
import * as schema from './schema/index.ts'

export type Orm = PostgresJsDatabase<typeof schema>
/** One open transaction. A function that must be atomic takes it first. */
export type Tx = Parameters<Parameters<Orm['transaction']>[0]>[0]
export type Sql = postgres.Sql
export type SqlTx = postgres.TransactionSql

/**
 * Two pools over one database. `drizzle(client)` changes how its client writes dates and JSON, so raw statements and
 * LISTEN have a client of their own.
 */
export interface Database {
  readonly orm: Orm
  readonly sql: Sql
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  /** Connections of each pool. */
  readonly connections?: number
}

/** Server-side limits of every connection, in milliseconds: no statement, lock or idle transaction can hang a request. */
const GUARDS = {
  statement_timeout: 15_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
} as const

/** Seconds before a lost connection is tried again. The driver's own pauses grow to 20 s when a whole pool breaks at once. */
const RECONNECT_AFTER = 0.25

/** What postgres.js calls a socket factory with: its own options. */
interface DriverOptions {
  readonly idle_timeout: number | null
}

const connect = (options: DatabaseOptions, max: number) => {
  const url = new URL(options.url)
  const folder = url.searchParams.get('host')
  const place = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    path: folder ? `${folder}/.s.PGSQL.${url.port || 5432}` : undefined,
    sslMode: url.searchParams.get('sslmode') ?? url.searchParams.get('ssl') ?? '',
  }
  for (const ours of ['host', 'ssl', 'sslmode']) url.searchParams.delete(ours)
  const settings = {
    max,
    fetch_types: false,
    ssl: false as const,
    // The client that listens is made by the driver without an idle time-out.
    socket: (driver: DriverOptions) => openSocket(place, driver.idle_timeout === null),
    backoff: () => RECONNECT_AFTER,
    connect_timeout: 5,
    // Sooner than open-socket.ts takes silence for death, which whoever asks at that moment would hear of.
    idle_timeout: 10,
    max_lifetime: 30 * 60,
    onnotice: () => {},
    // JIT looks at estimates, and JSON arrays are estimated at a hundred rows each: it would compile for longer than we run.
    connection: { application_name: 'wasl', jit: 'off', ...GUARDS, ...STARTUP_WEIGHT },
  }
  return teachArrays(postgres(url.href, settings))
}

/** Opens both pools; nothing is sent until the first statement. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const connections = options.connections ?? 10
  const sql = connect(options, connections)
  const ormClient = connect(options, connections)
  const orm = drizzle(ormClient, { schema })
  return {
    orm,
    sql,
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), ormClient.end({ timeout: 5 })])
    },
  }
}
