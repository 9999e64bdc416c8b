import { and, asc, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import { type Locale, nameIn } from '../core/locale.ts'
import { type TemplateAct, unknownVariables } from '../core/template.ts'
import type { Tx } from '../db/client.ts'
import { administrations, answerTemplates, complaints, services } from '../db/schema/index.ts'
import { audit } from './audit.ts'
import type { HandleDeps } from './handle-complaint.ts'
import { type Actor, requireRight, scopeOf } from './rights.ts'

/** Ready words of a body, or of the ministry for every body. */
export interface AnswerTemplate {
  readonly id: string
  /** Null: of the ministry, for everybody. */
  readonly administration: string | null
  readonly service: string | null
  readonly act: TemplateAct
  readonly language: Locale
  readonly name: string
  readonly text: string
  /** Counts from 1; every change of the words is a version of its own. */
  readonly version: number
  readonly since: Date
}

type Deps = Pick<HandleDeps, 'db' | 'clock' | 'newId'>

const select = (reader: Pick<Tx, 'select'>) =>
  reader
    .select({
      id: answerTemplates.id,
      administration: administrations.code,
      service: services.code,
      act: answerTemplates.act,
      language: answerTemplates.language,
      name: answerTemplates.name,
      text: answerTemplates.text,
      version: answerTemplates.version,
      since: answerTemplates.createdAt,
    })
    .from(answerTemplates)
    .leftJoin(administrations, eq(administrations.id, answerTemplates.administrationId))
    .leftJoin(services, eq(services.id, answerTemplates.serviceId))

const inUse = isNull(answerTemplates.endedAt)

const ORDER = [asc(answerTemplates.act), asc(answerTemplates.language), asc(answerTemplates.name)]

const ownOr = async ({ db }: Pick<Deps, 'db'>, actor: Actor) => {
  const { bodies } = await scopeOf(db.sql, actor)
  if (bodies === 'everything') return undefined
  const shared = isNull(answerTemplates.administrationId)
  return bodies.length === 0 ? shared : or(shared, inArray(answerTemplates.administrationId, [...bodies]))
}

/** The ready words that an actor may use: those of the own body and its units, and the ministry's. */
export const listTemplates = async (
  deps: Pick<Deps, 'db'>,
  actor: Actor,
): Promise<readonly AnswerTemplate[]> => {
  requireRight(actor, 'complaint.read')
  return select(deps.db.orm)
    .where(and(inUse, await ownOr(deps, actor)))
    .orderBy(...ORDER)
    .limit(1_000)
}

/** The ready words for one complaint: of whoever has it, in its language, those for its service first. */
export const templatesFor = (
  { db }: Pick<Deps, 'db'>,
  complaintId: string,
): Promise<readonly AnswerTemplate[]> =>
  select(db.orm)
    .innerJoin(complaints, eq(complaints.id, complaintId))
    .where(
      and(
        inUse,
        eq(answerTemplates.language, complaints.language),
        or(
          isNull(answerTemplates.administrationId),
          eq(answerTemplates.administrationId, complaints.administrationId),
        ),
        or(isNull(answerTemplates.serviceId), eq(answerTemplates.serviceId, complaints.serviceId)),
      ),
    )
    .orderBy(sql`${answerTemplates.serviceId} is null`, ...ORDER)
    .limit(200)

const serviceOf = async ({ db }: Pick<Deps, 'db'>, administrationId: string | null, code?: string) => {
  if (code === undefined) return null
  const [service] = await db.orm
    .select({ id: services.id })
    .from(services)
    .where(and(eq(services.code, code), eq(services.administrationId, administrationId ?? '')))
  if (administrationId === null || service === undefined)
    throw new AppError('validation', { fields: [{ field: 'service', code: 'unknown' }] })
  return service.id
}

/** The words that a name stands for: of one owner, for one act, in one language. */
const ofName = (
  { administrationId }: Pick<Actor, 'administrationId'>,
  { act, language, name }: Pick<AnswerTemplate, 'act' | 'language' | 'name'>,
) =>
  and(
    administrationId === null
      ? isNull(answerTemplates.administrationId)
      : eq(answerTemplates.administrationId, administrationId),
    eq(answerTemplates.act, act),
    eq(answerTemplates.language, language),
    eq(answerTemplates.name, name),
  )

/** The actor's own body, and the services that words can be for; the ministry's are for every service. */
export const ownServices = async (
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  locale: Locale,
): Promise<{ own: string | null; services: readonly { code: string; name: string }[] }> => {
  requireRight(actor, 'complaint.read')
  if (actor.administrationId === null) return { own: null, services: [] }
  const [body] = await db.orm
    .select({ code: administrations.code })
    .from(administrations)
    .where(eq(administrations.id, actor.administrationId))
  const offered = await db.orm
    .select({ code: services.code, names: services.names })
    .from(services)
    .where(and(eq(services.administrationId, actor.administrationId), isNull(services.retiredAt)))
    .orderBy(asc(services.code))
  return {
    own: body?.code ?? null,
    services: offered.map(({ code, names }) => ({ code, name: nameIn(names, locale) || code })),
  }
}

/**
 * Keeps ready words for the actor's own body; the same name for the same act and language is a new version of them, and the
 * older one stays to be read. Throws `validation` for a variable that nothing fills.
 */
export const keepTemplate = async (
  deps: Deps,
  actor: Actor,
  {
    service,
    ...words
  }: Pick<AnswerTemplate, 'act' | 'language' | 'name' | 'text'> & { readonly service?: string },
): Promise<void> => {
  requireRight(actor, 'template.write')
  const unknown = unknownVariables(words.text)
  if (unknown.length > 0)
    throw new AppError('validation', {
      fields: [{ field: 'text', code: 'unknown', detail: unknown.join(', ') }],
    })
  const { administrationId } = actor
  const serviceId = await serviceOf(deps, administrationId, service)
  const id = deps.newId()
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const [before] = await tx
      .select({ version: sql<number>`max(${answerTemplates.version})::int` })
      .from(answerTemplates)
      .where(ofName(actor, words))
    await tx
      .update(answerTemplates)
      .set({ endedAt: now })
      .where(and(inUse, ofName(actor, words)))
    await tx.insert(answerTemplates).values({
      ...words,
      id,
      administrationId,
      serviceId,
      createdAt: now,
      writtenBy: actor.id,
      version: (before?.version ?? 0) + 1,
    })
  })
  await audit(deps, actor, { action: 'template.write', subject: words.name, facts: { act: words.act } })
}

/** The words of the actor's own body that an id names. Throws `not_found` for anyone else's. */
const ownTemplate = async (deps: Pick<Deps, 'db'>, actor: Actor, id: string) => {
  requireRight(actor, 'template.write')
  const [own] = await deps.db.orm.select().from(answerTemplates).where(eq(answerTemplates.id, id))
  if (own === undefined || own.administrationId !== actor.administrationId) throw new AppError('not_found')
  return own
}

/** What ready words of the actor's own body said before, the newest first. */
export const templateVersions = async (
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  id: string,
): Promise<readonly Pick<AnswerTemplate, 'version' | 'since' | 'text'>[]> => {
  const own = await ownTemplate(deps, actor, id)
  return deps.db.orm
    .select({
      version: answerTemplates.version,
      since: answerTemplates.createdAt,
      text: answerTemplates.text,
    })
    .from(answerTemplates)
    .where(ofName(actor, own))
    .orderBy(desc(answerTemplates.version))
}

/** Takes ready words of the actor's own body out of use. Throws `not_found` for anyone else's. */
export const forgetTemplate = async (deps: Deps, actor: Actor, id: string): Promise<void> => {
  const { name, endedAt } = await ownTemplate(deps, actor, id)
  if (endedAt !== null) throw new AppError('not_found')
  await deps.db.orm
    .update(answerTemplates)
    .set({ endedAt: deps.clock.now() })
    .where(eq(answerTemplates.id, id))
  await audit(deps, actor, { action: 'template.write', subject: name, facts: { forgotten: true } })
}
