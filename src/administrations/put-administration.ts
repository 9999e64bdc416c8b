import { and, eq, isNull, notInArray, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Clock, NewId } from '../core/clock.ts'
import type { Connectors } from '../core/connector.ts'
import { AppError } from '../core/errors.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database, Tx } from '../db/client.ts'
import { administrations, affiliations, apiTokens, services } from '../db/schema/index.ts'
import { forwardWaiting } from '../referrals/refer.ts'
import { issueToken } from '../staff/tokens.ts'
import type { AdministrationForm, SavedAdministration } from './administration-form.ts'
import { putConnectors, readConnectors } from './put-connectors.ts'

export interface PutAdministrationDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly connectors: Connectors
}

/** The tree is changed by one at a time: two moves at once could make a ring that neither sees. */
const lockTree = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(hashtext('administrations'))`)

const findParent = async (tx: Tx, code: string, parent: string): Promise<string> => {
  const above = await tx.execute<{ id: string; code: string; depth: number }>(sql`
    with recursive above as (
      select id, code, parent_id, 0 as depth from administrations where code = ${parent}
      union all
      select a.id, a.code, a.parent_id, depth + 1 from administrations a join above on a.id = above.parent_id
    ) select id, code, depth from above order by depth`)
  const [nearest] = above
  if (nearest === undefined)
    throw new AppError('administration_unknown', {
      fields: [{ field: 'parent', code: 'administration_unknown' }],
    })
  if (above.some((body) => body.code === code))
    throw new AppError('validation', { fields: [{ field: 'parent', code: 'ring' }] })
  return nearest.id
}

/** A body that joins by its checklist goes live by it and by no other way. */
const refuseUnready = async (tx: Tx, code: string): Promise<void> => {
  const [joining] = await tx
    .select({ id: affiliations.administrationId })
    .from(affiliations)
    .innerJoin(administrations, eq(administrations.id, affiliations.administrationId))
    .where(and(eq(administrations.code, code), isNull(affiliations.liveAt)))
  if (joining) throw new AppError('not_ready')
}

const saveBody = async (tx: Tx, act: Act, code: string, form: AdministrationForm) => {
  const parentId = form.parent ? await findParent(tx, code, form.parent) : form.parent
  const given = {
    names: form.names,
    ...(parentId === undefined ? {} : { parentId }),
    ...(form.territory === undefined ? {} : { territory: form.territory }),
    ...(form.keywords === undefined ? {} : { keywords: form.keywords }),
    ...(form.outsideGround === undefined ? {} : { outsideGround: form.outsideGround }),
    ...(form.anonymousAllowed === undefined ? {} : { anonymousAllowed: form.anonymousAllowed }),
    ...(form.approvesAnswers === undefined ? {} : { approvesAnswers: form.approvesAnswers }),
    ...(form.state === undefined ? {} : { state: form.state }),
    updatedAt: act.now,
  }
  const fresh = { id: act.newId(), code, keywords: [], anonymousAllowed: true, state: 'active' as const }
  const [row] = await tx
    .insert(administrations)
    .values({ ...fresh, ...given, createdAt: act.now })
    .onConflictDoUpdate({ target: administrations.code, set: given })
    // A row version that replaced another has an xmax.
    .returning({ id: administrations.id, created: sql<boolean>`xmax = 0` })
  if (row === undefined) throw new AppError('internal')
  return row
}

const saveServices = async (
  tx: Tx,
  act: Act,
  administrationId: string,
  wanted: NonNullable<AdministrationForm['services']>,
): Promise<void> => {
  for (const { code, names, keywords = [] } of wanted)
    await tx
      .insert(services)
      .values({ id: act.newId(), administrationId, code, names, keywords })
      .onConflictDoUpdate({
        target: [services.administrationId, services.code],
        set: { names, keywords, retiredAt: null },
      })
  const codes = wanted.map(({ code }) => code)
  await tx
    .update(services)
    .set({ retiredAt: act.now })
    .where(
      and(
        eq(services.administrationId, administrationId),
        isNull(services.retiredAt),
        ...(codes.length > 0 ? [notInArray(services.code, codes)] : []),
      ),
    )
}

/** A body's token is made with the body, and anew when asked; the older one stops at once. */
const saveToken = async (
  tx: Tx,
  deps: PutAdministrationDeps,
  administrationId: string,
  { code, rotate }: { code: string; rotate: boolean },
): Promise<string | undefined> => {
  const live = and(
    eq(apiTokens.administrationId, administrationId),
    eq(apiTokens.role, 'body'),
    isNull(apiTokens.revokedAt),
  )
  const [held] = await tx.select({ id: apiTokens.id }).from(apiTokens).where(live).limit(1)
  if (held !== undefined && !rotate) return undefined
  await tx.update(apiTokens).set({ revokedAt: deps.clock.now() }).where(live)
  return issueToken(tx, deps, { role: 'body', administrationId, label: code })
}

const readBack = async (tx: Tx, administrationId: string) => {
  const [parent] = await tx.execute<{ code: string }>(sql`
    select p.code from administrations a join administrations p on p.id = a.parent_id where a.id = ${administrationId}`)
  const offered = await tx
    .select({ code: services.code, names: services.names })
    .from(services)
    .where(and(eq(services.administrationId, administrationId), isNull(services.retiredAt)))
    .orderBy(services.code)
  return { parent: parent?.code ?? null, services: offered }
}

/**
 * Creates or changes a body. The same form again changes nothing and shows no secret. Throws `administration_unknown`
 * for a parent that does not exist, `validation` and `address_forbidden` as `readConnectors` does.
 */
export const putAdministration = (
  deps: PutAdministrationDeps,
  code: string,
  form: AdministrationForm,
  actor: string,
): Promise<SavedAdministration> => {
  const wanted = readConnectors(deps.connectors, form.connectors)
  return deps.db.orm.transaction(async (tx) => {
    await lockTree(tx)
    const act: Act = { now: deps.clock.now(), newId: deps.newId, actor }
    if (form.state === 'active') await refuseUnready(tx, code)
    const { id, created } = await saveBody(tx, act, code, form)
    if (form.services) await saveServices(tx, act, id, form.services)
    const saved = await putConnectors(tx, act, deps.secrets, deps.connectors, {
      administrationId: id,
      wanted,
    })
    const token = await saveToken(tx, deps, id, { code, rotate: form.rotateToken ?? false })
    await forwardWaiting(tx, act, id, saved.opened)
    const known = await readBack(tx, id)
    return {
      code,
      created,
      names: form.names,
      ...known,
      connectors: saved.shown,
      ...(token === undefined ? {} : { token }),
    }
  })
}
