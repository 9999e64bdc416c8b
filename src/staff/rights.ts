import { AppError } from '../core/errors.ts'
import { OF_A_BODY, type StaffRole, type TokenRole } from '../core/staff-role.ts'
import type { Sql } from '../db/client.ts'

/** Who acts: a person with a session or a machine with a token. `body` belongs to /api/v1/referrals and has no right here. */
export interface Actor {
  /** `staff:<id>` or `token:<id>`, as the audit names it. */
  readonly id: string
  readonly role: TokenRole
  /** Set: the actor sees what was referred to this body or its units, and nothing else. */
  readonly administrationId: string | null
}

const MINISTRY = ['ministry-supervisor', 'triage'] as const
const AT_A_BODY = ['manager', 'agent', 'trainee'] as const
const READERS = [...MINISTRY, ...AT_A_BODY, 'auditor'] as const

/**
 * Everything staff can do, and which roles may. The one table of rights: console and API ask here. A trainee may what an agent
 * may, upon practice complaints only (`scopeOf`).
 */
const RIGHTS = {
  'complaint.read': READERS,
  // Who is behind a complaint is opened with a reason, by whoever has it; the person reads each opening.
  'complaint.identity': READERS,
  // The raw form and the originals show the person: fewer may open them, and each opening is in the audit.
  'complaint.raw': [...MINISTRY, 'manager', 'auditor'],
  // Looking somebody up by name or number opens an identity too (`searchComplaints`).
  'complaint.find_person': [...MINISTRY, 'manager', 'auditor'],
  'media.original': READERS,
  'media.retry': [...MINISTRY, ...AT_A_BODY],
  'complaint.route': MINISTRY,
  'complaint.transfer': [...MINISTRY, ...AT_A_BODY],
  // The acts of whoever handles a complaint for the body that has it.
  'complaint.take': AT_A_BODY,
  'complaint.assign': ['manager'],
  'complaint.review': AT_A_BODY,
  // The ministry merges what waits in triage, a body what it has.
  'complaint.merge': [...MINISTRY, ...AT_A_BODY],
  'complaint.ask': AT_A_BODY,
  'complaint.answer': AT_A_BODY,
  'complaint.classify': AT_A_BODY,
  'complaint.approve': ['manager'],
  'calendar.write': ['ministry-supervisor'],
  'policy.write': ['ministry-supervisor'],
  'template.write': ['ministry-supervisor', 'manager'],
  'complaint.note': [...MINISTRY, ...AT_A_BODY],
  'transcript.correct': [...MINISTRY, ...AT_A_BODY],
  'complaint.file': ['clerk', 'manager'],
  'delivery.read': [...MINISTRY, 'auditor'],
  'delivery.redrive': MINISTRY,
  'quarantine.read': [...MINISTRY, 'auditor'],
  'quarantine.resolve': MINISTRY,
  'ledger.read': [...MINISTRY, 'auditor'],
  'administration.write': ['ministry-supervisor'],
  // How a body sets itself up, and who lets it in.
  'body.join': ['manager'],
  'body.approve': ['ministry-supervisor'],
  'staff.manage': ['ministry-supervisor', 'manager'],
  // Numbers name nobody; a trainee sees practice complaints, which never count.
  'indicator.read': [...MINISTRY, 'manager', 'agent', 'auditor'],
  'report.read': [...MINISTRY, 'manager', 'agent', 'auditor'],
  'report.write': ['manager', 'ministry-supervisor'],
  // Returning, accepting and publishing: the ministry's own acts.
  'report.judge': ['ministry-supervisor'],
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
  'calendar.write',
  'policy.write',
  'administration.write',
  'body.approve',
  'report.judge',
]

/** The roles that have a right, for telling people. */
export const rolesThatMay = (action: Action): readonly StaffRole[] => RIGHTS[action]

export const mayDo = (actor: Actor, action: Action): boolean =>
  (RIGHTS[action] as readonly string[]).includes(actor.role) &&
  (actor.administrationId === null || !WHOLE_HOUSE.includes(action))

/** Throws `forbidden` when the role has no such right. The object is judged apart, by its scope. */
export const requireRight = (actor: Actor, action: Action): void => {
  if (!mayDo(actor, action)) throw new AppError('forbidden', { detail: `${actor.role} may not ${action}` })
}

/** The complaints an actor may see. */
export interface Scope {
  /** Those referred to these bodies, or all of them. */
  readonly bodies: 'everything' | readonly string[]
  /** True: practice complaints and nothing else; false: everything but them. */
  readonly practice: boolean
}

/** A body with all its units below. */
export const treeOf = async (sql: Sql, administrationId: string): Promise<readonly string[]> => {
  const rows = await sql<{ id: string }[]>`
    with recursive tree as (
      select id from administrations where id = ${administrationId}
      union select a.id from administrations a join tree on a.parent_id = tree.id
    ) select id from tree`
  return rows.map(({ id }) => id)
}

/** The body of an actor with all its units below. A role that belongs to a body and has none sees nothing. */
export const scopeOf = async (sql: Sql, { role, administrationId }: Actor): Promise<Scope> => {
  const practice = role === 'trainee'
  if (administrationId !== null) return { bodies: await treeOf(sql, administrationId), practice }
  return { bodies: OF_A_BODY.includes(role) ? [] : 'everything', practice }
}

/**
 * A condition on `complaints c` that holds for what the scope shows: the first wall. What a body has now needs no look-up; what it
 * had is looked up complaint by complaint (`limit`), for a join would read its whole history for the few rows of a page.
 */
export const withinScope = (sql: Sql, { bodies, practice }: Scope) => {
  const own = bodies === 'everything' ? [] : (bodies as string[])
  const had = sql`(select true from referrals r where r.complaint_id = c.id and r.administration_id = any(${own}::uuid[]) limit 1)`
  return sql`
    (c.origin = 'practice') = ${practice} and ${
      bodies === 'everything' ? sql`true` : sql`(c.administration_id = any(${own}::uuid[]) or ${had})`
    }`
}

/**
 * Reads as the role that sees what the scope shows and can change nothing: the second wall, in PostgreSQL itself
 * (migrations/0017_staff_accounts.sql). A query that forgets the first one finds too little, not another body's complaints. On
 * a server where the role could not be made only the first wall stands; `hasSecondWall` says so.
 */
export const behindWall = <T>(
  sql: Sql,
  { bodies, practice }: Scope,
  read: (tx: Sql) => Promise<T>,
): Promise<T> =>
  sql.begin('read only', async (tx) => {
    const all = bodies === 'everything'
    // set_config with `true` ends with the transaction: the connection goes back to the pool as it was.
    await tx`select set_config('wasl.scope', ${all ? 'everything' : 'bodies'}, true),
                    set_config('wasl.bodies', ${all ? '' : bodies.join(',')}, true),
                    set_config('wasl.practice', ${practice ? 'on' : ''}, true),
                    set_config('role', coalesce((select rolname from pg_roles
                      where rolname = 'wasl_desk' and pg_has_role(oid, 'member')), 'none'), true)`
    return read(tx as unknown as Sql)
  }) as Promise<T>

/** Whether the role of the second wall is there and ours to take on. */
export const hasSecondWall = async (sql: Sql): Promise<boolean> => {
  const rows = await sql`select from pg_roles where rolname = 'wasl_desk' and pg_has_role(oid, 'member')`
  return rows.length > 0
}

/** What an administrator of the server runs where it is missing. */
export const MAKE_SECOND_WALL =
  'create role wasl_desk nologin; grant wasl_desk to <the role of DATABASE_URL>; select grant_desk_reads();'
