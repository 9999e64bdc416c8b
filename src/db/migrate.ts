import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { isAway } from '../core/away.ts'

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Any constant serves; two processes that start together wait for each other on it. */
const ADVISORY_LOCK = 728_401
const OLDEST_SERVER = 150_000

export interface MigrateOptions {
  /** How long to wait, in milliseconds, for a server that cannot be reached or is still starting. */
  readonly patience?: number
  /** Heard once, when waiting begins. */
  readonly onWait?: (reason: unknown) => void
}

const connect = (url: string): postgres.Sql => {
  const parsed = new URL(url)
  const socket = parsed.searchParams.get('host')
  parsed.searchParams.delete('host')
  return postgres(parsed.href, {
    max: 1,
    ...(socket ? { host: socket, port: Number(parsed.port || 5432) } : {}),
    connect_timeout: 5,
    fetch_types: false,
    // The lock ends with its connection, which must therefore last.
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    connection: { application_name: 'wasl-migrate' },
  })
}

const refuseOldServer = async (client: postgres.Sql): Promise<void> => {
  const [row] = await client<{ number: number; name: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name`
  if (row !== undefined && row.number < OLDEST_SERVER)
    throw new Error(`DATABASE_URL leads to PostgreSQL ${row.name}; 15 or newer is wanted.`)
}

const migrateOnce = async (url: string): Promise<void> => {
  const client = connect(url)
  try {
    await refuseOldServer(client)
    await client`select pg_advisory_lock(${ADVISORY_LOCK})`
    // A change of a busy table must not queue behind a long reader and stop everyone else behind itself.
    await client`set lock_timeout = '10s'`
    await migrate(drizzle(client), { migrationsFolder: FOLDER })
  } finally {
    await client.end({ timeout: 5 })
  }
}

/**
 * Brings the schema up to date, one process at a time; a second run changes nothing. Waits for a server that is away, up
 * to a minute unless told otherwise. Throws when the server is older than 15, or with the failing statement.
 */
export const migrateDatabase = async (url: string, options: MigrateOptions = {}): Promise<void> => {
  const end = performance.now() + (options.patience ?? 60_000)
  for (let waiting = false; ; waiting = true) {
    try {
      return await migrateOnce(url)
    } catch (error) {
      if (!isAway(error) || performance.now() >= end) throw error
      if (!waiting) options.onWait?.(error)
      await sleep(500)
    }
  }
}

/** How many migrations the database lacks; it is only looked at. */
export const pendingMigrations = async (url: string): Promise<number> => {
  const client = connect(url)
  try {
    await refuseOldServer(client)
    const journal = JSON.parse(await readFile(`${FOLDER}/meta/_journal.json`, 'utf8')) as {
      entries: { when: number }[]
    }
    const [known] = await client`select to_regclass('drizzle.__drizzle_migrations') as ledger`
    const [last] = known?.['ledger']
      ? await client<{ at: string | null }[]>`select max(created_at) as at from drizzle.__drizzle_migrations`
      : []
    return journal.entries.filter(({ when }) => when > Number(last?.at ?? 0)).length
  } finally {
    await client.end({ timeout: 5 })
  }
}
