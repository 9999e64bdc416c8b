import type { Clock, NewId } from '../core/clock.ts'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import {
  type CalendarChange,
  changeCalendar,
  type Holiday,
  listChanges,
  listHolidays,
} from '../deadlines/calendar.ts'
import { nationalHolidays } from '../deadlines/national-holidays.ts'
import { appendAudit, tenantOf } from './audit.ts'
import { type Actor, requireRight } from './rights.ts'

export interface CalendarDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
}

const change = async (
  deps: CalendarDeps,
  actor: Actor,
  wish: Parameters<typeof changeCalendar>[2],
): Promise<void> => {
  requireRight(actor, 'calendar.write')
  const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
  await deps.db.orm.transaction(async (tx) => {
    await changeCalendar(tx, act, wish)
    await appendAudit(tx, deps, tenantOf(actor), {
      actor: actor.id,
      action: 'calendar.write',
      subject: wish.subject,
      facts: { deed: wish.deed },
    })
  })
}

/** The offices are closed on a day; every open round is counted anew. */
export const closeDay = (deps: CalendarDeps, actor: Actor, holiday: Holiday): Promise<void> =>
  change(deps, actor, { put: [holiday], deed: 'closed', subject: holiday.day })

/** The offices are open on a day that was a holiday. */
export const openDay = (deps: CalendarDeps, actor: Actor, day: string): Promise<void> =>
  change(deps, actor, { drop: [day], deed: 'opened', subject: day })

/** The moon was seen: a holiday is on another day than was thought. Throws `not_found` where there was none. */
export const moveDay = async (
  deps: CalendarDeps,
  actor: Actor,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> => {
  requireRight(actor, 'calendar.write')
  const [known] = await listHolidays(deps.db, { from, to: from })
  if (known === undefined) throw new AppError('not_found')
  await change(deps, actor, { put: [{ ...known, day: to }], drop: [from], deed: 'moved', subject: to })
}

/** Puts the Kingdom's holidays of a year into the calendar, as far as they can be known; gives how many. */
export const fillYear = async (deps: CalendarDeps, actor: Actor, year: number): Promise<number> => {
  if (!Number.isInteger(year) || year < 2017 || year > 2076)
    throw new AppError('validation', { fields: [{ field: 'year', code: 'invalid' }] })
  const put = nationalHolidays(year)
  await change(deps, actor, { put, deed: 'filled', subject: String(year) })
  return put.length
}

/** The last changes, and how many open rounds each moved. */
export const readChanges = (deps: CalendarDeps, actor: Actor): Promise<CalendarChange[]> => {
  requireRight(actor, 'complaint.read')
  return listChanges(deps.db)
}

/** The closed days of this year and the next. */
export const readCalendar = (deps: CalendarDeps, actor: Actor): Promise<Holiday[]> => {
  requireRight(actor, 'complaint.read')
  const year = Number(officeDay(deps.clock.now(), deps.officeZone).slice(0, 4))
  return listHolidays(deps.db, { from: `${year}-01-01`, to: `${year + 1}-12-31` })
}
