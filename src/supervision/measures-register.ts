import { CAUSES, type Cause } from '../core/cause.ts'
import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { type FigureTable, type Value, valueIn } from '../core/figure-table.ts'
import { type ImprovementMeasure, MEASURE_STATES, type MeasureState } from '../core/report.ts'
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

export interface MeasureWish {
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

/** Writes one line of the register, new or changed. Throws `validation`. */
export const putMeasure = async (
  deps: CountingDeps & { readonly newId: NewId },
  body: { administrationId: string; year: number },
  wish: MeasureWish,
): Promise<void> => {
  const { cause, state, ar, fr, owner, dueOn, id } = checked(wish)
  const now = deps.clock.now()
  const { sql } = deps.db
  const since = (wanted: MeasureState): Date | null => (state === wanted ? now : null)
  const [adopted, dropped] = [since('adopted'), since('dropped')]
  const changed =
    id === undefined
      ? []
      : await sql`
          update improvement_measures set cause = ${cause}, ar = ${ar}, fr = ${fr}, owner = ${owner}, due_on = ${dueOn}, state = ${state},
            adopted_on = case when ${state} = 'adopted' then coalesce(adopted_on, ${adopted}::date) end,
            dropped_on = case when ${state} = 'dropped' then coalesce(dropped_on, ${dropped}::date) end, updated_at = ${now}
          where id::text = ${id} and administration_id = ${body.administrationId} returning id`
  if (id !== undefined && changed.length === 0) throw new AppError('not_found')
  if (id === undefined)
    await sql`
      insert into improvement_measures (id, administration_id, cause, ar, fr, owner, due_on, state, first_year, adopted_on, dropped_on, created_at, updated_at)
      values (${deps.newId()}, ${body.administrationId}, ${cause}, ${ar}, ${fr}, ${owner}, ${dueOn}, ${state}, ${body.year}, ${adopted}::date, ${dropped}::date, ${now}, ${now})`
}
