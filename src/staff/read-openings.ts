import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm'
import type { Names } from '../core/locale.ts'
import type { OpeningReason } from '../core/opening.ts'
import type { Database } from '../db/client.ts'
import { administrations, auditEntries } from '../db/schema/index.ts'

/** What shows the person behind a complaint: name and contact, the raw form, an original with its voice, face or place. */
export const OPENINGS = ['complaint.identity', 'complaint.raw', 'media.original'] as const
/** A search by name or number that found it; its entry names all that it found. */
const FOUND = 'complaint.found_person'
export type OpeningAction = (typeof OPENINGS)[number] | typeof FOUND

/** One look at a person's data. Who it was is told by body, never by name: the audit knows the name. */
export interface Opening {
  readonly at: Date
  readonly action: OpeningAction
  /** The body whose staff or system it was; absent: the complaints service itself. */
  readonly administration?: Names
  /** Absent where a machine opened it for what its token says. */
  readonly reason?: OpeningReason
}

/** Who opened what of one complaint, oldest first, for the person it is about (law 09-08). */
export const readOpenings = async (
  { db }: { readonly db: Pick<Database, 'orm'> },
  reference: string,
): Promise<readonly Opening[]> => {
  const rows = await db.orm
    .select({
      at: auditEntries.at,
      action: auditEntries.action,
      names: administrations.names,
      reason: sql<OpeningReason | null>`${auditEntries.facts} ->> 'reason'`,
    })
    .from(auditEntries)
    .leftJoin(administrations, eq(sql`${administrations.id}::text`, auditEntries.tenant))
    .where(
      and(
        or(
          and(eq(auditEntries.subject, reference), inArray(auditEntries.action, [...OPENINGS])),
          and(
            eq(auditEntries.action, FOUND),
            sql`${auditEntries.facts} -> 'found' @> ${JSON.stringify([reference])}::jsonb`,
          ),
        ),
        // Their own downloads.
        ne(auditEntries.actor, 'citizen'),
      ),
    )
    .orderBy(asc(auditEntries.at), asc(auditEntries.number))
  return rows.map(({ at, action, names, reason }) => ({
    at,
    action: action as OpeningAction,
    ...(names ? { administration: names } : {}),
    ...(reason ? { reason } : {}),
  }))
}
