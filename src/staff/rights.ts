import { AppError } from '../core/errors.ts'
import type { StaffRole, TokenRole } from '../core/staff-role.ts'
import type { Sql } from '../db/client.ts'

/** Who acts: a person with a session or a machine with a token. `body` belongs to /api/v1/referrals and has no right here. */
export interface Actor {
  /** `staff:<id>` or `token:<id>`, as the audit names it. */
  readonly id: string
  readonly role: TokenRole
  /** Set: the actor sees what was referred to this body or its units, and nothing else. */
  readonly administrationId: string | null
}

/** Everything staff can do, and which roles may. The one table of rights: console and API ask here. */
const RIGHTS = {
  'complaint.read': ['ministry-supervisor', 'triage', 'manager', 'agent', 'auditor'],
  // The raw form and the originals show the person: fewer may open them, and each opening is in the audit.
  'complaint.raw': ['ministry-supervisor', 'triage', 'manager', 'auditor'],
  'media.original': ['ministry-supervisor', 'triage', 'manager', 'agent', 'auditor'],
  'media.retry': ['ministry-supervisor', 'triage', 'manager', 'agent'],
  'complaint.route': ['ministry-supervisor', 'triage'],
  'complaint.transfer': ['ministry-supervisor', 'triage', 'manager'],
  'delivery.read': ['ministry-supervisor', 'triage', 'auditor'],
  'delivery.redrive': ['ministry-supervisor', 'triage'],
  'quarantine.read': ['ministry-supervisor', 'triage', 'auditor'],
  'quarantine.resolve': ['ministry-supervisor', 'triage'],
  'ledger.read': ['ministry-supervisor', 'triage', 'auditor'],
  'administration.write': ['ministry-supervisor'],
} as const satisfies Record<string, readonly StaffRole[]>

export type Action = keyof typeof RIGHTS

/** What belongs to no single body: an actor bound to one never gets it, whatever the role. */
const WHOLE_HOUSE: readonly Action[] = [
  'complaint.route',
  'delivery.read',
  'delivery.redrive',
  'quarantine.read',
  'quarantine.resolve',
  'ledger.read',
  'administration.write',
]

export const mayDo = (actor: Actor, action: Action): boolean =>
  (RIGHTS[action] as readonly string[]).includes(actor.role) &&
  (actor.administrationId === null || !WHOLE_HOUSE.includes(action))

/** Throws `forbidden` when the role has no such right. The object is judged apart, by its scope. */
export const requireRight = (actor: Actor, action: Action): void => {
  if (!mayDo(actor, action)) throw new AppError('forbidden', { detail: `${actor.role} may not ${action}` })
}

/** The complaints an actor may see: all of them, or those referred to these bodies. */
export type Scope = 'everything' | readonly string[]

/** The body of an actor with all its units below. A role that belongs to a body and has none sees nothing. */
export const scopeOf = async (sql: Sql, actor: Actor): Promise<Scope> => {
  if (actor.administrationId === null) return NEEDS_BODY.includes(actor.role) ? [] : 'everything'
  const rows = await sql<{ id: string }[]>`
    with recursive tree as (
      select id from administrations where id = ${actor.administrationId}
      union select a.id from administrations a join tree on a.parent_id = tree.id
    ) select id from tree`
  return rows.map(({ id }) => id)
}

const NEEDS_BODY: readonly TokenRole[] = ['manager', 'agent', 'body']

/** A condition on `complaints c` that holds for what the scope shows. */
export const withinScope = (sql: Sql, scope: Scope) =>
  scope === 'everything'
    ? sql`true`
    : sql`c.id in (select complaint_id from referrals where administration_id = any(${scope as string[]}::uuid[]))`
