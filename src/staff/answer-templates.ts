import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
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
    })
    .from(answerTemplates)
    .leftJoin(administrations, eq(administrations.id, answerTemplates.administrationId))
    .leftJoin(services, eq(services.id, answerTemplates.serviceId))

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
    .where(await ownOr(deps, actor))
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

/**
 * Keeps ready words for the actor's own body; the same name for the same act and language is written over. Throws `validation`
 * for a variable that nothing fills.
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
  await deps.db.orm.transaction(async (tx) => {
    await tx
      .delete(answerTemplates)
      .where(
        and(
          administrationId === null
            ? isNull(answerTemplates.administrationId)
            : eq(answerTemplates.administrationId, administrationId),
          eq(answerTemplates.act, words.act),
          eq(answerTemplates.language, words.language),
          eq(answerTemplates.name, words.name),
        ),
      )
    await tx
      .insert(answerTemplates)
      .values({ ...words, id, administrationId, serviceId, createdAt: deps.clock.now() })
  })
  await audit(deps, actor, { action: 'template.write', subject: words.name, facts: { act: words.act } })
}

/** Forgets ready words of the actor's own body. Throws `not_found` for anyone else's. */
export const forgetTemplate = async (deps: Deps, actor: Actor, id: string): Promise<void> => {
  requireRight(actor, 'template.write')
  const { administrationId } = actor
  const [gone] = await deps.db.orm
    .delete(answerTemplates)
    .where(
      and(
        eq(answerTemplates.id, id),
        administrationId === null
          ? isNull(answerTemplates.administrationId)
          : eq(answerTemplates.administrationId, administrationId),
      ),
    )
    .returning({ name: answerTemplates.name })
  if (gone === undefined) throw new AppError('not_found')
  await audit(deps, actor, { action: 'template.write', subject: gone.name, facts: { forgotten: true } })
}
