import { and, inArray, isNull, notExists, sql } from 'drizzle-orm'
import { putConnectors, readConnectors } from '../administrations/put-connectors.ts'
import { administrations, connectors } from '../db/schema/index.ts'
import { forwardWaiting } from '../referrals/refer.ts'
import { BODIES } from '../seed/bodies.ts'
import { demoHookUrl } from '../simulator/demo-body.ts'
import { inviteStaff, signInUrl } from '../staff/members.ts'
import type { Features } from './features.ts'
import type { Parts } from './parts.ts'
import { seedFiles, seedRecords } from './seed-demo.ts'

export interface Demo {
  /** Signs in to the console once, within a quarter of an hour. */
  readonly consoleUrl: string
  /** Absent beside a real provider. */
  readonly simulatorUrl?: string
  /** Ends what is still being made. */
  stop(): Promise<void>
}

/** Seeded bodies that nothing leads to yet: the demo body takes their dossiers. */
const bodiesWithoutConnector = ({ db }: Parts) =>
  db.orm
    .select({ id: administrations.id, code: administrations.code })
    .from(administrations)
    .where(
      and(
        inArray(
          administrations.code,
          BODIES.map(({ code }) => code),
        ),
        isNull(administrations.outsideGround),
        notExists(
          db.orm
            .select({ one: sql`1` })
            .from(connectors)
            .where(sql`${connectors.administrationId} = ${administrations.id}`),
        ),
      ),
    )

const connectDemoBodies = async (parts: Parts, features: Features): Promise<void> => {
  const { db, clock, newId, secrets, config } = parts
  const act = { now: clock.now(), newId, actor: 'seed' }
  for (const { id, code } of await bodiesWithoutConnector(parts)) {
    const url = demoHookUrl(config.http.publicUrl, code)
    const wanted = readConnectors(features.connectors, [{ type: 'webhook', url }])
    await db.orm.transaction(async (tx) => {
      const { opened } = await putConnectors(tx, act, secrets, features.connectors, {
        administrationId: id,
        wanted,
      })
      await forwardWaiting(tx, act, id, opened)
    })
  }
}

/** The clips are made while the gateway already serves: nobody waits for them. */
const makeFiles = (parts: Parts, features: Features): (() => Promise<void>) => {
  const ending = new AbortController()
  const making = seedFiles(parts, features.pipeline, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) parts.logger.warn({ event: 'seed.files_failed', err: error })
  })
  return async () => {
    ending.abort()
    await making
  }
}

/**
 * Fills a gateway on its own database with bodies, complaints and a body that receives dossiers, and makes a way into the
 * console. A second start adds only the way in. Nothing of this happens beside a real database.
 */
export const prepareDemo = async (parts: Parts, features: Features): Promise<Demo | undefined> => {
  if (!parts.embedded) return undefined
  const { administrations: created } = await seedRecords(parts)
  if (created > 0 && parts.simulated) await connectDemoBodies(parts, features)
  const { token } = await inviteStaff(parts, {
    email: 'demo@wasl.localhost',
    role: 'ministry-supervisor',
    opens: 'session',
  })
  return {
    consoleUrl: signInUrl(parts.config.http.publicUrl, token),
    ...(parts.simulated ? { simulatorUrl: `${parts.config.http.publicUrl}/simulator` } : {}),
    stop: makeFiles(parts, features),
  }
}
