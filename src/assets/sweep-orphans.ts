import type { Clock } from '../core/clock.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Database, Sql } from '../db/client.ts'

export interface ReconcileDeps {
  readonly db: Database
  readonly store: ObjectStore
  readonly clock: Clock
}

export interface Reconciliation {
  /** Rows whose object is not in the store: bytes that are lost. */
  readonly rowsWithoutObject: number
  /** Objects that nothing names, older than the age asked for. */
  readonly objectsWithoutRow: number
}

export interface ReconcileOptions {
  /** Younger objects may be on their way to a row. Seconds; a day when absent. */
  readonly olderThan?: number
  readonly onRow?: (row: { readonly key: string; readonly source: string }) => Promise<void> | void
  readonly onObject?: (key: string) => Promise<void> | void
}

const PAGE = 1_000
const DAY = 24 * 3600
/** Only what we put there ourselves is ever removed: a bucket may be shared. */
const OWN_PREFIXES = ['originals/', 'renditions/', 'uploads/', 'raw/']

interface Listed {
  readonly key: string
  readonly modifiedAt: Date
}

async function* pagesOf(list: AsyncIterable<Listed>): AsyncGenerator<Listed[]> {
  let page: Listed[] = []
  for await (const entry of list) {
    page.push(entry)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** Puts the listing into a table of this connection: finding what is missing on either side is the database's trade. */
const copyListing = async (sql: Sql, store: ObjectStore): Promise<void> => {
  await sql`create temp table listed_objects (key text primary key, modified_at timestamptz not null)`
  for (const prefix of OWN_PREFIXES)
    for await (const page of pagesOf(store.list(prefix)))
      await sql`
        insert into listed_objects
        select * from unnest(${page.map(({ key }) => key)}::text[],
                             ${page.map(({ modifiedAt }) => modifiedAt.toISOString())}::timestamptz[])
        on conflict (key) do nothing`
  await sql`analyze listed_objects`
}

/** A row may be younger than the listing, or its object elsewhere than we list: each is asked for once more. */
const findRows = async (sql: Sql, deps: ReconcileDeps, options: ReconcileOptions): Promise<number> => {
  let found = 0
  const missing = sql<{ key: string; source: string }[]>`
    select r.object_key as key, r.source from object_references r
    where r.needed and not exists (select from listed_objects l where l.key = r.object_key)`
  for await (const rows of missing.cursor(PAGE))
    for (const row of rows) {
      if (await deps.store.head(row.key)) continue
      found += 1
      await options.onRow?.(row)
    }
  return found
}

const findObjects = async (sql: Sql, deps: ReconcileDeps, options: ReconcileOptions): Promise<number> => {
  const seconds = options.olderThan ?? DAY
  const limit = new Date(deps.clock.now().getTime() - seconds * 1000)
  let found = 0
  const orphans = sql<{ key: string }[]>`
    select l.key from listed_objects l
    where l.modified_at < ${limit} and not exists (select from object_references r where r.object_key = l.key)`
  for await (const rows of orphans.cursor(PAGE))
    for (const { key } of rows) {
      found += 1
      await options.onObject?.(key)
    }
  return found
}

/**
 * Compares every object of the store with every row that names one (the view object_references), a page at a time. Gives
 * both counts and hands each finding to the callers' functions.
 */
export const reconcileObjects = async (
  deps: ReconcileDeps,
  options: ReconcileOptions = {},
): Promise<Reconciliation> => {
  const sql = await deps.db.sql.reserve()
  try {
    // A store of millions takes longer than a request may.
    await sql`set statement_timeout = '30min'`
    await copyListing(sql, deps.store)
    const rowsWithoutObject = await findRows(sql, deps, options)
    return { rowsWithoutObject, objectsWithoutRow: await findObjects(sql, deps, options) }
  } finally {
    await sql`drop table if exists listed_objects`.catch(() => {})
    await sql`reset statement_timeout`.catch(() => {})
    sql.release()
  }
}

/** Removes objects that nothing has named for a day, and what killed puts left. Gives how many of each. */
export const sweepOrphans = async (
  deps: ReconcileDeps,
): Promise<{ removed: number; unfinished: number; rowsWithoutObject: number }> => {
  const found = await reconcileObjects(deps, { olderThan: DAY, onObject: (key) => deps.store.delete(key) })
  const unfinished = await deps.store.discardUnfinished(new Date(deps.clock.now().getTime() - DAY * 1000))
  return { removed: found.objectsWithoutRow, unfinished, rowsWithoutObject: found.rowsWithoutObject }
}
