import { sql } from 'drizzle-orm'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import type { Database, Sql } from '../db/client.ts'
import { managersOf } from '../deadlines/remind.ts'
import { appendMessages } from '../outbox/append.ts'
import { audit } from '../staff/audit.ts'
import { type Actor, requireRight } from '../staff/rights.ts'
import type { ReportDeps } from './build-report.ts'

/** The dates of the reports about one year, as the ministry sets them. Days are YYYY-MM-DD. */
export interface ReportYear {
  readonly year: number
  /** From this day on bodies write. */
  readonly opensOn: string
  /** The last day for handing in. */
  readonly dueOn: string
  readonly synthesisOn: string
  /** Days before the due date on which who has not handed in is reminded; 0 the day itself, below that after it. */
  readonly remindDays: readonly number[]
}

export const REMIND_DAYS: readonly number[] = [30, 7, 0, -3, -10]

const DAY = /^\d{4}-\d\d-\d\d$/
const isDay = (day: string): boolean => DAY.test(day) && !Number.isNaN(Date.parse(day))

const invalid = (field: string) => new AppError('validation', { fields: [{ field, code: 'invalid' }] })

const checked = (wish: ReportYear): void => {
  for (const field of ['opensOn', 'dueOn', 'synthesisOn'] as const)
    if (!isDay(wish[field])) throw invalid(field)
  if (!Number.isInteger(wish.year) || wish.year < 2018 || wish.year > 2100) throw invalid('year')
  if (wish.dueOn <= wish.opensOn) throw invalid('dueOn')
  if (wish.synthesisOn < wish.dueOn) throw invalid('synthesisOn')
  if (wish.remindDays.some((days) => !Number.isInteger(days) || Math.abs(days) > 366))
    throw invalid('remindDays')
}

/** Sets the dates of a year, or moves them. Throws `validation` for dates out of their order. */
export const setReportYear = async (
  deps: Pick<ReportDeps, 'db' | 'clock'>,
  actor: Actor,
  wish: ReportYear,
): Promise<void> => {
  requireRight(actor, 'report.judge')
  checked(wish)
  const days = [...new Set(wish.remindDays)].toSorted((a, b) => b - a)
  await deps.db.sql`
    insert into report_years (year, opens_on, due_on, synthesis_on, remind_days, set_by, set_at)
    values (${wish.year}, ${wish.opensOn}, ${wish.dueOn}, ${wish.synthesisOn}, ${days}, ${actor.id}, ${deps.clock.now()})
    on conflict (year) do update set opens_on = excluded.opens_on, due_on = excluded.due_on, synthesis_on = excluded.synthesis_on,
      remind_days = excluded.remind_days, set_by = excluded.set_by, set_at = excluded.set_at`
  await audit(deps, actor, { action: 'report.year', subject: String(wish.year) })
}

/** A body that owes a report and has not handed it in. */
export interface MissingBody {
  readonly code: string
  readonly names: Names
  /** Null: it has not even begun. */
  readonly state: 'draft' | 'returned' | null
  readonly remindedAt: Date | null
}

const yearColumns = (query: Sql) => query`
  y.year, y.opens_on::text as "opensOn", y.due_on::text as "dueOn", y.synthesis_on::text as "synthesisOn", y.remind_days as "remindDays"`

/** Years with their dates, newest first. */
export const readReportYears = async (query: Sql, actor: Actor): Promise<ReportYear[]> => {
  requireRight(actor, 'report.read')
  return query<ReportYear[]>`select ${yearColumns(query)} from report_years y order by y.year desc`
}

/** Whether a body has handed in the report of a year, as SQL about a body `a` and a year. */
const handedIn = (year: number | 'y.year'): string =>
  `exists (select from reports r where r.administration_id = a.id and r.kind = 'sector' and r.year = ${year}
     and r.state in ('submitted', 'accepted', 'published'))`
/** Bodies that owe a report of their own. */
const OWES = `a.parent_id is null and a.state = 'active' and a.outside_ground is null`

/** Who is missing for a year: for the ministry. */
export const readMissing = async (query: Sql, actor: Actor, year: number): Promise<MissingBody[]> => {
  requireRight(actor, 'report.judge')
  return query<MissingBody[]>`
    select a.code, a.names, r.state, (select max(m.created_at) from report_reminders m where m.administration_id = a.id and m.year = ${year}) as "remindedAt"
    from administrations a
    left join lateral (select state from reports where administration_id = a.id and year = ${year} and kind = 'sector' order by version desc limit 1) r on true
    where ${query.unsafe(OWES)} and not ${query.unsafe(handedIn(year))}
    order by a.code`
}

/** The years an official's body still owes a report for, the nearest first; nothing for the ministry. */
export const owedBy = async (
  query: Sql,
  { administrationId }: Actor,
  today: string,
): Promise<Pick<ReportYear, 'year' | 'dueOn'>[]> =>
  administrationId === null
    ? []
    : query<Pick<ReportYear, 'year' | 'dueOn'>[]>`
        select y.year, y.due_on::text as "dueOn" from report_years y join administrations a on a.id = ${administrationId}
        where y.opens_on <= ${today}::date and ${query.unsafe(OWES)} and not ${query.unsafe(handedIn('y.year'))}
        order by y.due_on`

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** The step a year is at: of several that have passed only the nearest is given. It names its date: a date that moves is told anew. */
const stepAt = ({ dueOn, remindDays }: ReportYear, today: string): string => {
  const left = daysBetween(today, dueOn)
  const passed = remindDays.filter((days) => left <= days)
  return passed.length === 0 ? 'open' : `${Math.min(...passed)} ${dueOn}`
}

interface RemindDeps extends Pick<ReportDeps, 'clock' | 'newId' | 'officeZone'> {
  readonly db: Database
}

/** Whoever writes the row tells of it: of two schedulers one. */
const remindYear = (deps: RemindDeps, year: number, step: string): Promise<number> =>
  deps.db.orm.transaction(async (tx) => {
    const now = deps.clock.now()
    const missing = await tx.execute<{ id: string }>(
      sql`select a.id from administrations a where ${sql.raw(OWES)} and not ${sql.raw(handedIn(year))} order by a.id`,
    )
    let told = 0
    for (const { id: administrationId } of missing) {
      const [entered] = await tx.execute<{ id: string }>(sql`
        insert into report_reminders (id, year, administration_id, step, created_at)
        values (${deps.newId()}, ${year}, ${administrationId}, ${step}, ${now.toISOString()})
        on conflict do nothing returning id`)
      if (entered === undefined) continue
      told += 1
      const managers = await managersOf(tx, { administrationId })
      await appendMessages(
        tx,
        { newId: deps.newId, now },
        managers.map((staffId) => ({
          topic: 'report.remind' as const,
          key: 'staff',
          payload: { reminderId: entered.id, staffId },
          dedupeKey: `report.remind:${entered.id}:${staffId}`,
        })),
      )
    }
    return told
  })

/** Tells bodies that a report is open, and reminds those that have not handed in on the days the ministry set. Gives how many bodies. */
export const sweepReportReminders = async (deps: RemindDeps): Promise<number> => {
  const today = officeDay(deps.clock.now(), deps.officeZone)
  const { sql: query } = deps.db
  const years = await query<ReportYear[]>`
    select ${yearColumns(query)} from report_years y where y.opens_on <= ${today}::date order by y.year`
  let told = 0
  for (const year of years) told += await remindYear(deps, year.year, stepAt(year, today))
  return told
}
