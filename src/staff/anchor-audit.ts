import { desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Clock, NewId } from '../core/clock.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database, Tx } from '../db/client.ts'
import { auditAnchored, auditEntries } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'
import { type ReceiptKey, signCompact, signingKeyOf } from '../receipts/sign-receipt.ts'
import { verifyCompact } from '../receipts/verify-signature.ts'
import { type AuditEntry, appendAudit, GENESIS } from './audit.ts'

/** What a chain was seen to be: its n-th entry had this hash. */
export interface Anchor {
  readonly tenant: string
  readonly entries: number
  readonly head: string
}

/**
 * The chain of anchors: each entry names the heads of all other chains that moved. So one short hash, that of its own head,
 * stands for the whole audit, and that hash is what leaves the house.
 */
export const ANCHORS = 'anchors'

const A_DAY_MS = 86_400_000
/** A busy day's tail is never longer than this without a witness outside. */
const MANY_ENTRIES = 5_000

const Heads = z.array(z.tuple([z.string(), z.number(), z.string()]))

/** What an entry of the chain of anchors says of the others. */
export const headsNamedBy = ({ facts }: Pick<AuditEntry, 'facts'>): readonly Anchor[] =>
  (Heads.safeParse(facts['heads']).data ?? []).map(([tenant, entries, head]) => ({ tenant, entries, head }))

export interface AnchorDeps {
  readonly db: Pick<Database, 'orm'>
  readonly clock: Clock
  readonly newId: NewId
}

interface MovedHead extends Record<string, unknown> {
  readonly tenant: string
  readonly number: string
  readonly hash: string
  readonly since: string
}

/** The head of every chain that is longer than it was anchored. Steps from chain to chain along the key, whatever their length. */
const movedHeads = async (tx: Tx): Promise<MovedHead[]> => {
  const rows = await tx.execute<MovedHead>(sql`
    with recursive chains as (
      (select tenant from audit_entries order by tenant limit 1)
      union all
      select (select e.tenant from audit_entries e where e.tenant > c.tenant order by e.tenant limit 1)
      from chains c where c.tenant is not null)
    select c.tenant, last.number, last.hash, last.number - coalesce(a.number, 0) as since
    from chains c
    cross join lateral (select number, hash from audit_entries e where e.tenant = c.tenant order by number desc limit 1) last
    left join audit_anchored a on a.tenant = c.tenant
    where c.tenant <> ${ANCHORS} and last.number > coalesce(a.number, 0) order by c.tenant`)
  return [...rows]
}

const newestAnchor = async (tx: Pick<Tx, 'select'>): Promise<AuditEntry | undefined> => {
  const [entry] = await tx
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.tenant, ANCHORS))
    .orderBy(desc(auditEntries.number))
    .limit(1)
  return entry
}

/**
 * Writes the next anchor when one is due: a day after the last, or after many entries; nothing when nothing moved. The outbox
 * carries it out of the house. Safe to run in several processes at once.
 */
export const anchorWhenDue = ({ db, clock, newId }: AnchorDeps): Promise<boolean> =>
  db.orm.transaction(async (tx) => {
    // Its own lock: whoever writes to another chain meanwhile waits for nothing.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('audit anchors', 0))`)
    const last = await newestAnchor(tx)
    const moved = await movedHeads(tx)
    const entries = moved.reduce((sum, { since }) => sum + Number(since), 0)
    const now = clock.now()
    const isDue =
      last === undefined || now.getTime() - last.at.getTime() >= A_DAY_MS || entries >= MANY_ENTRIES
    if (moved.length === 0 || !isDue) return false
    const number = (last?.number ?? 0) + 1
    await appendAudit(tx, { clock }, ANCHORS, {
      actor: 'wasl',
      action: 'audit.anchor',
      subject: String(number),
      facts: { heads: moved.map(({ tenant, number: n, hash }) => [tenant, Number(n), hash]) },
    })
    await tx
      .insert(auditAnchored)
      .values(moved.map(({ tenant, number: n }) => ({ tenant, number: Number(n) })))
      .onConflictDoUpdate({ target: auditAnchored.tenant, set: { number: sql`excluded.number` } })
    const message = { topic: 'audit.anchor', key: 'audit', payload: { number } } as const
    await appendMessages(tx, { newId, now }, [{ ...message, dedupeKey: `audit.anchor:${number}` }])
    return true
  })

const ANCHOR_TYPE = 'wasl-audit+jws'

const Line = z.object({
  v: z.literal(1),
  entries: z.int().nonnegative(),
  head: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  issuer: z.url(),
})

/** One anchor as it leaves the house: a compact JWS under the key that signs receipts. */
export interface AnchorLine {
  readonly number: number
  readonly head: string
  readonly at: Date
  readonly line: string
}

/** The line of one anchor, or of the newest; undefined when there is none. The same entry always gives the same line. */
export const readAnchorLine = async (
  { db, secrets, publicUrl }: { db: Pick<Database, 'orm'>; secrets: Secrets; publicUrl: string },
  number?: number,
): Promise<AnchorLine | undefined> => {
  const [entry] =
    number === undefined
      ? [await newestAnchor(db.orm)]
      : await db.orm
          .select()
          .from(auditEntries)
          .where(sql`${auditEntries.tenant} = ${ANCHORS} and ${auditEntries.number} = ${number}`)
  if (entry === undefined) return undefined
  const { number: entries, hash: head, at } = entry
  const claims = { v: 1, entries, head, at: at.toISOString(), issuer: publicUrl }
  return { number: entries, head, at, line: signCompact(signingKeyOf(secrets), ANCHOR_TYPE, claims) }
}

/** What is said before anything was anchored: that the chain of anchors is empty still. */
export const emptyAnchorLine = (
  { secrets, publicUrl }: { secrets: Secrets; publicUrl: string },
  now: Date,
): string => {
  const claims = { v: 1, entries: 0, head: GENESIS, at: now.toISOString(), issuer: publicUrl }
  return signCompact(signingKeyOf(secrets), ANCHOR_TYPE, claims)
}

/** What stands in a line that was kept; undefined when none of the keys signed it. */
export const readKeptLine = (line: string, keys: readonly ReceiptKey[]): Anchor | undefined => {
  const check = verifyCompact<z.infer<typeof Line>>(line, keys, { typ: ANCHOR_TYPE, claims: Line })
  return check.ok ? { tenant: ANCHORS, entries: check.claims.entries, head: check.claims.head } : undefined
}
