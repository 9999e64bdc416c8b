import { sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import type { Database } from '../db/client.ts'
import { administrations, services } from '../db/schema/index.ts'
import { BODIES } from './bodies.ts'
import { SERVICES } from './services.ts'

/** Adds the demo's bodies and services. Those that exist, by code, stay as they are. Gives how many bodies were added. */
export const seedAdministrations = (deps: {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
}): Promise<{ created: number }> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const added = await tx
      .insert(administrations)
      .values(
        BODIES.map((body) => ({
          id: deps.newId(),
          code: body.code,
          names: body.names,
          territory: body.territory ?? null,
          keywords: [...body.keywords],
          outsideGround: body.outsideGround ?? null,
          anonymousAllowed: true,
          state: 'active' as const,
          createdAt: now,
          updatedAt: now,
        })),
      )
      .onConflictDoNothing({ target: administrations.code })
      .returning({ id: administrations.id, code: administrations.code })
    const idOf = new Map(added.map(({ id, code }) => [code, id]))
    for (const { code, parent } of BODIES)
      if (parent !== undefined && idOf.has(code))
        await tx.execute(sql`
          update administrations set parent_id = (select id from administrations where code = ${parent})
          where id = ${idOf.get(code)}`)
    const offered = Object.entries(SERVICES).flatMap(([code, listed]) => {
      const administrationId = idOf.get(code)
      if (administrationId === undefined) return []
      return listed.map((service) => ({
        id: deps.newId(),
        administrationId,
        code: service.code,
        names: service.names,
        keywords: [...service.keywords],
      }))
    })
    if (offered.length > 0) await tx.insert(services).values(offered)
    return { created: added.length }
  })
