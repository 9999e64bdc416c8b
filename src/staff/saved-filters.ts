import { and, asc, eq } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { Database } from '../db/client.ts'
import { savedFilters } from '../db/schema/index.ts'

interface FilterDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}

const MOST = 30

/** The searches a person has kept, by name. */
export const listFilters = ({ db }: Pick<FilterDeps, 'db'>, staffId: string) =>
  db.orm
    .select({ id: savedFilters.id, name: savedFilters.name, query: savedFilters.query })
    .from(savedFilters)
    .where(eq(savedFilters.staffId, staffId))
    .orderBy(asc(savedFilters.name))
    .limit(MOST)

/** Keeps a query string under a name; the same name is written over. */
export const saveFilter = async (
  { db, clock, newId }: FilterDeps,
  staffId: string,
  { name, query }: { readonly name: string; readonly query: string },
): Promise<void> => {
  await db.orm
    .insert(savedFilters)
    .values({ id: newId(), staffId, name, query, createdAt: clock.now() })
    .onConflictDoUpdate({ target: [savedFilters.staffId, savedFilters.name], set: { query } })
}

export const forgetFilter = async (
  { db }: Pick<FilterDeps, 'db'>,
  staffId: string,
  id: string,
): Promise<void> => {
  await db.orm.delete(savedFilters).where(and(eq(savedFilters.id, id), eq(savedFilters.staffId, staffId)))
}
