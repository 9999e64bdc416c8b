import { createHash } from 'node:crypto'
import { desc, eq, sql } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import type { Database, Tx } from '../db/client.ts'
import { auditEntries } from '../db/schema/index.ts'
import type { Actor } from './rights.ts'

export interface AuditFact {
  readonly actor: string
  /** `complaint.raw`, `delivery.redrive`, `denied`… */
  readonly action: string
  /** What it was about: a reference or an id, never a name. */
  readonly subject: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** What the first entry of a chain follows from. */
export const GENESIS = '0'.repeat(64)

/** Each body has a chain of its own, and so has the ministry. */
export const tenantOf = (actor: Pick<Actor, 'administrationId'>): string =>
  actor.administrationId ?? 'ministry'

export type AuditEntry = typeof auditEntries.$inferSelect

/** Keys sorted at every depth: jsonb does not keep their order. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}

/** SHA-256 over everything an entry says and the hash of the one before. */
export const hashOf = (entry: Omit<AuditEntry, 'hash'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        entry.tenant,
        entry.number,
        entry.at.toISOString(),
        entry.actor,
        entry.action,
        entry.subject,
        canonical(entry.facts),
        entry.previousHash,
      ]),
    )
    .digest('hex')

/**
 * Writes one entry at the end of a tenant's chain, within the transaction of what it tells. Writers of one tenant queue on
 * a lock that ends with their transaction, so the chain never forks.
 */
export const appendAudit = async (
  tx: Tx,
  deps: { clock: Clock },
  tenant: string,
  { facts = {}, ...fact }: AuditFact,
): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`audit:${tenant}`}, 0))`)
  const [last] = await tx
    .select({ number: auditEntries.number, hash: auditEntries.hash })
    .from(auditEntries)
    .where(eq(auditEntries.tenant, tenant))
    .orderBy(desc(auditEntries.number))
    .limit(1)
  const entry = {
    tenant,
    number: (last?.number ?? 0) + 1,
    at: deps.clock.now(),
    ...fact,
    facts: { ...facts },
    previousHash: last?.hash ?? GENESIS,
  }
  await tx.insert(auditEntries).values({ ...entry, hash: hashOf(entry) })
}

/** Audits something that has no transaction of its own, such as a reading. */
export const audit = (
  deps: { db: Database; clock: Clock },
  actor: Actor,
  fact: Omit<AuditFact, 'actor'>,
): Promise<void> =>
  deps.db.orm.transaction((tx) => appendAudit(tx, deps, tenantOf(actor), { actor: actor.id, ...fact }))
