import { CAUSES, type Cause } from '../core/cause.ts'
import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { type FigureTable, type Value, valueIn } from '../core/figure-table.ts'
import { type ImprovementMeasure, MEASURE_STATES, type MeasureState } from '../core/report.ts'
import { requireSeen, type Seen } from '../core/seen.ts'
import type { Sql } from '../db/client.ts'
import type { CountingDeps } from './refresh-cells.ts'

type Stored = Omit<ImprovementMeasure, 'before' | 'after' | 'notKept'>

const received = (tables: readonly FigureTable[], cause: Cause, before: boolean): Value => {
  const table = tables.find(({ code }) => code === 'causes')
  const row = table?.rows.find(({ key }) => key === cause)
  return table && row ? valueIn(table, row, 'received', before) : 0
}

/** A measure with the filings of its cause, the year before and in the year, as the table of causes says them. */
export const withFilings = <M extends Pick<ImprovementMeasure, 'cause'>>(
  measure: M,
  tables: readonly FigureTable[],
): M & Pick<ImprovementMeasure, 'before' | 'after'> => ({
  ...measure,
  before: received(tables, measure.cause, true),
  after: received(tables, measure.cause, false),
})

/**
 * The register of a body as a year's report shows it: what was begun by then, and was not done or given up before that year.
 * Each with the filings of its cause, then and now.
 */
export const readMeasures = async (
  sql: Sql,
  administrationId: string,
  { year, asOf, tables }: { year: number; asOf: string; tables: readonly FigureTable[] },
): Promise<ImprovementMeasure[]> => {
  const rows = await sql<Stored[]>`
    select id, cause, ar, fr, owner, due_on::text as "dueOn", state, first_year as "firstYear", adopted_on::text as "adoptedOn"
    from improvement_measures
    where administration_id = ${administrationId} and first_year <= ${year}
      and coalesce(adopted_on, dropped_on, 'infinity') >= ${`${year}-01-01`}::date
    order by due_on, id`
  const end = `${year}-12-31`
  const isOver = (dueOn: string): boolean => dueOn <= end && dueOn < asOf
  return rows.map((row) =>
    withFilings({ ...row, notKept: row.state !== 'adopted' && isOver(row.dueOn) }, tables),
  )
}

/** The version of each line of a body's register, by its id: what `seen` names. */
export const readMeasureVersions = async (
  sql: Sql,
  administrationId: string | null,
): Promise<ReadonlyMap<string, string>> => {
  const rows = await sql<{ id: string; at: Date }[]>`
    select id, updated_at as at from improvement_measures where administration_id = ${administrationId}`
  return new Map(rows.map(({ id, at }) => [id, at.toISOString()]))
}

export interface MeasureWish extends Seen {
  readonly id?: string | undefined
  readonly cause: string
  readonly ar: string
  readonly fr: string
  readonly owner: string
  readonly dueOn: string
  readonly state: string
}

const invalid = (field: string) => new AppError('validation', { fields: [{ field, code: 'invalid' }] })

const checked = (wish: MeasureWish): MeasureWish & { cause: Cause; state: MeasureState } => {
  const cause = CAUSES.find((one) => one === wish.cause)
  const state = MEASURE_STATES.find((one) => one === wish.state)
  if (cause === undefined) throw invalid('cause')
  if (state === undefined) throw invalid('state')
  if (!/^\d{4}-\d\d-\d\d$/.test(wish.dueOn) || Number.isNaN(Date.parse(wish.dueOn))) throw invalid('dueOn')
  if (wish.owner.trim() === '' || wish.ar.trim() + wish.fr.trim() === '') throw invalid('owner')
  return { ...wish, cause, state }
}

export interface WrittenMeasure {
  readonly id: string
  readonly version: string
}

interface Register {
  readonly administrationId: string
  readonly year: number
}

const changeMeasure = async (
  tx: Sql,
  now: Date,
  { administrationId }: Register,
  { id, cause, ar, fr, owner, dueOn, state, seen }: MeasureWish & { id: string },
): Promise<void> => {
  const [was] = await tx<{ at: Date }[]>`
    select updated_at as at from improvement_measures where id::text = ${id} and administration_id = ${administrationId} for update`
  if (was === undefined) throw new AppError('not_found')
  requireSeen({ seen }, was.at.toISOString())
  await tx`
    update improvement_measures set cause = ${cause}, ar = ${ar}, fr = ${fr}, owner = ${owner}, due_on = ${dueOn}, state = ${state},
      adopted_on = case when ${state} = 'adopted' then coalesce(adopted_on, ${now}::date) end,
      dropped_on = case when ${state} = 'dropped' then coalesce(dropped_on, ${now}::date) end, updated_at = ${now}
    where id = ${id}`
}

/** Writes one line of the register, new or changed. Throws `validation`, `not_found` and, for what was seen otherwise, `conflict`. */
export const putMeasure = async (
  tx: Sql,
  deps: Pick<CountingDeps, 'clock'> & { readonly newId: NewId },
  body: Register,
  wish: MeasureWish,
): Promise<WrittenMeasure> => {
  const measure = checked(wish)
  const now = deps.clock.now()
  const id = wish.id ?? deps.newId()
  if (wish.id !== undefined) await changeMeasure(tx, now, body, { ...measure, id })
  else {
    const { cause, state, ar, fr, owner, dueOn } = measure
    const [adopted, dropped] = [state === 'adopted' ? now : null, state === 'dropped' ? now : null]
    await tx`
      insert into improvement_measures (id, administration_id, cause, ar, fr, owner, due_on, state, first_year, adopted_on, dropped_on, created_at, updated_at)
      values (${id}, ${body.administrationId}, ${cause}, ${ar}, ${fr}, ${owner}, ${dueOn}, ${state}, ${body.year}, ${adopted}::date, ${dropped}::date, ${now}, ${now})`
  }
  return { id, version: now.toISOString() }
}
