import { createHash } from 'node:crypto'
import { asc, desc, eq, sql } from 'drizzle-orm'
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

const GENESIS = '0'.repeat(64)

/** Each body has a chain of its own, and so has the ministry. */
export const tenantOf = (actor: Pick<Actor, 'administrationId'>): string =>
  actor.administrationId ?? 'ministry'

type Entry = typeof auditEntries.$inferSelect

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

const hashOf = (entry: Omit<Entry, 'hash'>): string =>
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

export interface ChainVerdict {
  readonly tenant: string
  readonly entries: number
  /** The hash an outside anchor keeps: a shorter or rewritten chain cannot reach it again. */
  readonly head: string
  /** Number of the first entry that does not follow from the one before; undefined when the chain holds. */
  readonly brokenAt: number | undefined
  /** False: the chain no longer passes through the anchor that was kept outside. */
  readonly anchored: boolean
}

const PAGE = 5_000

/** The tenants that have a chain. */
export const listChains = async (db: Database): Promise<readonly string[]> =>
  (await db.orm.selectDistinct({ tenant: auditEntries.tenant }).from(auditEntries)).map(
    ({ tenant }) => tenant,
  )

/** Walks one tenant's chain from its beginning, and looks for an anchor kept earlier on the way. */
export const verifyChain = async (
  db: Database,
  tenant: string,
  anchor?: { readonly entries: number; readonly head: string },
): Promise<ChainVerdict> => {
  let head = GENESIS
  let entries = 0
  let anchored = anchor === undefined || anchor.entries === 0
  for (;;) {
    const page = await db.orm
      .select()
      .from(auditEntries)
      .where(sql`${auditEntries.tenant} = ${tenant} and ${auditEntries.number} > ${entries}`)
      .orderBy(asc(auditEntries.number))
      .limit(PAGE)
    for (const entry of page) {
      const follows = entry.number === entries + 1 && entry.previousHash === head
      if (!follows || hashOf(entry) !== entry.hash)
        return { tenant, entries, head, brokenAt: entry.number, anchored }
      entries = entry.number
      head = entry.hash
      anchored ||= anchor?.entries === entries && anchor.head === head
    }
    if (page.length < PAGE) return { tenant, entries, head, brokenAt: undefined, anchored }
  }
}
