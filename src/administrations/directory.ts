import { eq, isNull, sql } from 'drizzle-orm'
import { nameIn } from '../core/locale.ts'
import type { Database } from '../db/client.ts'
import { administrations, services } from '../db/schema/index.ts'
import { type BodyIndex, indexBodies, type ListedBody } from './index-bodies.ts'

/** The bodies that take complaints, kept in memory and read anew when one of them has changed. */
export interface Directory {
  index(): Promise<BodyIndex>
}

/** `xmin` is the transaction that wrote a row: the sum moves with every change, by whichever process. */
const readVersion = async (db: Database): Promise<string> => {
  const [row] = await db.orm
    .select({ version: sql<string>`count(*) || ':' || coalesce(sum(xmin::text::bigint), 0)` })
    .from(administrations)
  return row?.version ?? ''
}

const readBodies = async (db: Database): Promise<ListedBody[]> => {
  const [bodies, offered] = await Promise.all([
    db.orm.select().from(administrations).where(eq(administrations.state, 'active')),
    db.orm.select().from(services).where(isNull(services.retiredAt)).orderBy(services.code),
  ])
  const codes = new Map(bodies.map(({ id, code }) => [id, code]))
  const servicesOf = Map.groupBy(offered, ({ administrationId }) => administrationId)
  return bodies
    .map((body) => ({
      code: body.code,
      parent: body.parentId === null ? undefined : codes.get(body.parentId),
      names: body.names,
      territory: body.territory ?? undefined,
      keywords: body.keywords,
      outside: body.outsideGround !== null,
      anonymousAllowed: body.anonymousAllowed,
      services: servicesOf.get(body.id) ?? [],
    }))
    .sort((a, b) => nameIn(a.names, 'fr').localeCompare(nameIn(b.names, 'fr'), 'fr'))
}

export const createDirectory = (deps: { readonly db: Database }): Directory => {
  let known: { version: string; index: BodyIndex } | undefined
  return {
    index: async () => {
      const version = await readVersion(deps.db)
      if (known?.version !== version) known = { version, index: indexBodies(await readBodies(deps.db)) }
      return known.index
    },
  }
}
