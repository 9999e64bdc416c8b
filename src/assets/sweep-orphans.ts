import type { Clock } from '../core/clock.ts'
import type { ObjectStore } from '../core/object-store.ts'
import type { Database } from '../db/client.ts'

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

export interface ReferencingRow {
  readonly key: string
  /** The table. */
  readonly source: string
}

export interface ReconcileOptions {
  /** Younger objects may be on their way to a row. Seconds; a day when absent. */
  readonly olderThan?: number
  readonly onRow?: (row: ReferencingRow) => Promise<void> | void
  readonly onObject?: (key: string) => Promise<void> | void
}

const PAGE = 1_000
const HEADS_AT_ONCE = 16
const DAY = 24 * 3600
/** Only what we put there ourselves is ever removed: a bucket may be shared. */
const OWN_PREFIXES = ['originals/', 'renditions/', 'uploads/', 'raw/', 'mail/']

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

const checkRows = async (
  deps: ReconcileDeps,
  rows: readonly ReferencingRow[],
  options: ReconcileOptions,
): Promise<number> => {
  const there = await Promise.all(rows.map(async ({ key }) => (await deps.store.head(key)) !== undefined))
  const lost = rows.filter((_row, nth) => !there[nth])
  for (const row of lost) await options.onRow?.(row)
  return lost.length
}

/** Asks the store for the object of every row that needs one, in the order of the keys. */
const findRows = async (deps: ReconcileDeps, options: ReconcileOptions): Promise<number> => {
  let found = 0
  let after = ''
  for (;;) {
    const page = await deps.db.sql<ReferencingRow[]>`
      select object_key as key, source from object_references
      where needed and object_key > ${after} order by object_key limit ${PAGE}`
    for (let from = 0; from < page.length; from += HEADS_AT_ONCE)
      found += await checkRows(deps, page.slice(from, from + HEADS_AT_ONCE), options)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return found
    after = last.key
  }
}

/**
 * Asks the database for the rows of every object of ours that is old enough. A subquery for each key walks the indexes; an
 * anti-join would read every table once a page.
 */
const findObjects = async (deps: ReconcileDeps, options: ReconcileOptions): Promise<number> => {
  const limit = new Date(deps.clock.now().getTime() - (options.olderThan ?? DAY) * 1000)
  let found = 0
  for (const prefix of OWN_PREFIXES)
    for await (const page of pagesOf(deps.store.list(prefix))) {
      const old = page.filter(({ modifiedAt }) => modifiedAt < limit).map(({ key }) => key)
      const orphans = await deps.db.sql<{ key: string }[]>`
        select key from unnest(${old}::text[]) key
        where (select true from object_references r where r.object_key = key limit 1) is null`
      for (const { key } of orphans) await options.onObject?.(key)
      found += orphans.length
    }
  return found
}

/**
 * Compares every row that names an object (the view object_references) with the store, and every object of ours with the
 * rows, a page at a time. Gives both counts and hands each finding to the caller's functions.
 */
export const reconcileObjects = async (
  deps: ReconcileDeps,
  options: ReconcileOptions = {},
): Promise<Reconciliation> => ({
  rowsWithoutObject: await findRows(deps, options),
  objectsWithoutRow: await findObjects(deps, options),
})

/** Removes objects that nothing has named for a day, and what killed puts left. Gives how many of each. */
export const sweepOrphans = async (
  deps: ReconcileDeps,
): Promise<{ removed: number; unfinished: number; rowsWithoutObject: number }> => {
  const found = await reconcileObjects(deps, { olderThan: DAY, onObject: (key) => deps.store.delete(key) })
  const unfinished = await deps.store.discardUnfinished(new Date(deps.clock.now().getTime() - DAY * 1000))
  return { removed: found.objectsWithoutRow, unfinished, rowsWithoutObject: found.rowsWithoutObject }
}
