import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Any constant serves; two processes that start together wait for each other on it. */
const ADVISORY_LOCK = 728_401

/** Brings the schema up to date, one process at a time; a second run changes nothing. */
export const migrateDatabase = async (url: string): Promise<void> => {
  const parsed = new URL(url)
  const socket = parsed.searchParams.get('host')
  parsed.searchParams.delete('host')
  const client = postgres(parsed.href, {
    max: 1,
    ...(socket ? { host: socket, port: Number(parsed.port || 5432) } : {}),
    connect_timeout: 5,
    onnotice: () => {},
  })
  try {
    await client`select pg_advisory_lock(${ADVISORY_LOCK})`
    await migrate(drizzle(client), { migrationsFolder: FOLDER })
  } finally {
    // The lock ends with its connection.
    await client.end({ timeout: 5 })
  }
}
