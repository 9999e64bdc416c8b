import type { Clock, NewId } from '../core/clock.ts'
import { officeDay } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { changeCalendar, type Holiday, listHolidays } from '../deadlines/calendar.ts'
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
  facts: { readonly subject: string; readonly deed: 'closed' | 'opened' | 'filled' },
): Promise<void> => {
  requireRight(actor, 'calendar.write')
  const act = { now: deps.clock.now(), newId: deps.newId, actor: actor.id }
  await deps.db.orm.transaction(async (tx) => {
    await changeCalendar(tx, act, wish)
    await appendAudit(tx, deps, tenantOf(actor), {
      actor: actor.id,
      action: 'calendar.write',
      subject: facts.subject,
      facts: { deed: facts.deed },
    })
  })
}

/** The offices are closed on a day; every open round is counted anew. */
export const closeDay = (deps: CalendarDeps, actor: Actor, holiday: Holiday): Promise<void> =>
  change(deps, actor, { put: [holiday] }, { subject: holiday.day, deed: 'closed' })

/** The offices are open on a day that was a holiday. */
export const openDay = (deps: CalendarDeps, actor: Actor, day: string): Promise<void> =>
  change(deps, actor, { drop: [day] }, { subject: day, deed: 'opened' })

/** Puts the Kingdom's holidays of a year into the calendar, as far as they can be known; gives how many. */
export const fillYear = async (deps: CalendarDeps, actor: Actor, year: number): Promise<number> => {
  if (!Number.isInteger(year) || year < 2017 || year > 2076)
    throw new AppError('validation', { fields: [{ field: 'year', code: 'invalid' }] })
  const put = nationalHolidays(year)
  await change(deps, actor, { put }, { subject: String(year), deed: 'filled' })
  return put.length
}

/** The closed days of this year and the next. */
export const readCalendar = (deps: CalendarDeps, actor: Actor): Promise<Holiday[]> => {
  requireRight(actor, 'complaint.read')
  const year = Number(officeDay(deps.clock.now(), deps.officeZone).slice(0, 4))
  return listHolidays(deps.db, { from: `${year}-01-01`, to: `${year + 1}-12-31` })
}
