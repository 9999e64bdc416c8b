import { asc, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { auditEntries } from '../db/schema/index.ts'
import { ANCHORS, type Anchor, headsNamedBy } from './anchor-audit.ts'
import { type AuditEntry, GENESIS, hashOf } from './audit.ts'

export interface ChainVerdict extends Anchor {
  /** Number of the first entry that does not follow from the one before; undefined when the chain holds. */
  readonly brokenAt: number | undefined
  /** False: the chain no longer passes through everything that was seen of it. */
  readonly anchored: boolean
}

const PAGE = 5_000

const readPage = (db: Database, tenant: string, after: number): Promise<AuditEntry[]> =>
  db.orm
    .select()
    .from(auditEntries)
    .where(sql`${auditEntries.tenant} = ${tenant} and ${auditEntries.number} > ${after}`)
    .orderBy(asc(auditEntries.number))
    .limit(PAGE)

/** Walks one tenant's chain from its beginning and looks for its anchors on the way. `visit` is shown each entry that holds. */
export const verifyChain = async (
  db: Database,
  tenant: string,
  anchors: readonly Omit<Anchor, 'tenant'>[] = [],
  visit: (entry: AuditEntry) => void = () => {},
): Promise<ChainVerdict> => {
  const missed = new Set(anchors.filter(({ entries }) => entries > 0).map(keyOf))
  const verdict = (brokenAt?: number) => ({ tenant, entries, head, brokenAt, anchored: missed.size === 0 })
  let head = GENESIS
  let entries = 0
  for (;;) {
    const page = await readPage(db, tenant, entries)
    for (const entry of page) {
      const follows = entry.number === entries + 1 && entry.previousHash === head
      if (!follows || hashOf(entry) !== entry.hash) return verdict(entry.number)
      entries = entry.number
      head = entry.hash
      missed.delete(keyOf({ entries, head }))
      visit(entry)
    }
    if (page.length < PAGE) return verdict()
  }
}

const keyOf = ({ entries, head }: Omit<Anchor, 'tenant'>): string => `${entries} ${head}`

const listChains = async (db: Database): Promise<readonly string[]> =>
  (await db.orm.selectDistinct({ tenant: auditEntries.tenant }).from(auditEntries)).map(
    ({ tenant }) => tenant,
  )

/**
 * Walks every chain, the one of anchors first: what its entries name of the others is looked for in those. `kept` is what left
 * the house: whoever rewrites everything, the chain of anchors with it, cannot reach that again.
 */
export const verifyAudit = async (
  db: Database,
  kept: readonly Anchor[] = [],
): Promise<readonly ChainVerdict[]> => {
  const seen = new Map<string, Anchor[]>()
  const note = (anchor: Anchor) => {
    const known = seen.get(anchor.tenant)
    if (known) known.push(anchor)
    else seen.set(anchor.tenant, [anchor])
  }
  kept.forEach(note)
  const anchors = await verifyChain(db, ANCHORS, seen.get(ANCHORS), (entry) =>
    headsNamedBy(entry).forEach(note),
  )
  const verdicts: ChainVerdict[] = []
  for (const tenant of new Set([...(await listChains(db)), ...seen.keys()]))
    if (tenant !== ANCHORS) verdicts.push(await verifyChain(db, tenant, seen.get(tenant)))
  const isThere = anchors.entries > 0 || anchors.brokenAt !== undefined || seen.has(ANCHORS)
  return isThere ? [...verdicts, anchors] : verdicts
}
