import { inArray, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { StaffRole } from '../core/staff-role.ts'
import type { Database } from '../db/client.ts'
import { administrations, staffMembers } from '../db/schema/index.ts'
import { BODIES } from './bodies.ts'

/** No mail ever leaves for a name under localhost (RFC 6761). */
const DOMAIN = 'wasl.localhost'

const OF_MINISTRY = {
  superviseur: 'ministry-supervisor',
  tri1: 'triage',
  tri2: 'triage',
  audit: 'auditor',
} as const satisfies Readonly<Record<string, StaffRole>>

const OF_EACH_BODY = { responsable: 'manager', agent1: 'agent', agent2: 'agent' } as const satisfies Readonly<
  Record<string, StaffRole>
>

/** The bodies whose desk is in the demo: those that answer, without their units and without the ministry itself. */
const DESKS = BODIES.filter(
  ({ code, parent, outsideGround }) =>
    parent === undefined && outsideGround === undefined && code !== 'REFORME',
)

interface Person {
  readonly email: string
  readonly role: StaffRole
  readonly body?: string
}

const PEOPLE: readonly Person[] = [
  ...Object.entries(OF_MINISTRY).map(([name, role]) => ({ email: `${name}@${DOMAIN}`, role })),
  ...DESKS.flatMap(({ code }) =>
    Object.entries(OF_EACH_BODY).map(([name, role]) => ({
      email: `${name}.${code.toLowerCase()}@${DOMAIN}`,
      role,
      body: code,
    })),
  ),
]

/**
 * Adds the forty officials of the demo, and gives each of its complaints that is being worked on to an agent of its body. They
 * are invited and no more: without a password, and nobody signs in as one before an operator gives out a link
 * (`wasl staff invite`). Gives how many were added; a second run adds none. The bodies and complaints must exist.
 */
export const seedStaff = (deps: {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}): Promise<{ created: number }> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const found = await tx
      .select({ id: administrations.id, code: administrations.code })
      .from(administrations)
      .where(
        inArray(
          administrations.code,
          DESKS.map(({ code }) => code),
        ),
      )
    const idOf = new Map(found.map(({ id, code }) => [code, id]))
    const added = await tx
      .insert(staffMembers)
      .values(
        PEOPLE.map(({ email, role, body }) => ({
          id: deps.newId(),
          email,
          role,
          administrationId: body === undefined ? null : (idOf.get(body) ?? null),
          createdAt: now,
        })),
      )
      .onConflictDoNothing({ target: staffMembers.email })
      .returning({ id: staffMembers.id })
    if (added.length > 0)
      // Between the two agents by the last figure of the number, so that a demo repeats.
      await tx.execute(sql`
        with recursive desks as (
          select id, id as desk from administrations where parent_id is null
          union all
          select a.id, d.desk from administrations a join desks d on a.parent_id = d.id),
        agents as (
          select id, administration_id, row_number() over (partition by administration_id order by email) - 1 as nth
          from staff_members where role = 'agent' and email like ${`%@${DOMAIN}`})
        update complaints c set assignee_id = agents.id, assigned_at = c.updated_at
        from desks join agents on agents.administration_id = desks.desk
        where desks.id = c.administration_id and c.origin = 'seed' and c.status = 'in_progress' and c.assignee_id is null
          and right(c.reference, 1)::int % 2 = agents.nth`)
    return { created: added.length }
  })
