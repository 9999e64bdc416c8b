import { and, eq, isNull, sql } from 'drizzle-orm'
import { staffMembers } from '../db/schema/index.ts'
import { appendAudit, tenantOf } from './audit.ts'
import { insertSession, type SessionDeps } from './sessions.ts'

/**
 * Opens a session for whom the single sign-on vouches. Only somebody who was invited gets in: the provider says who it is, the desk
 * says who may. Which factors were proved is the provider's to demand; what it tells of them is in the audit. Undefined: nobody
 * of that address, or disabled.
 */
export const signInElsewhere = (
  deps: SessionDeps,
  person: { readonly email: string; readonly methods: readonly string[] },
  agent: string,
): Promise<{ token: string } | undefined> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const [member] = await tx
      .update(staffMembers)
      .set({ enrolledAt: sql`coalesce(${staffMembers.enrolledAt}, ${now.toISOString()}::timestamptz)` })
      .where(and(eq(staffMembers.email, person.email), isNull(staffMembers.disabledAt)))
      .returning({ id: staffMembers.id, administrationId: staffMembers.administrationId })
    if (member === undefined) return undefined
    await appendAudit(tx, deps, tenantOf(member), {
      actor: `staff:${member.id}`,
      action: 'staff.sign_in',
      subject: `staff:${member.id}`,
      facts: { by: 'oidc', methods: person.methods },
    })
    return insertSession(tx, deps, { staffId: member.id, stage: 'full', agent })
  })
