import { and, eq, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { officeDay } from '../core/deadlines.ts'
import type { Database } from '../db/client.ts'
import { calendarChanges } from '../db/schema/index.ts'
import { changeCalendar, listHolidays } from './calendar.ts'
import { nationalHolidays } from './national-holidays.ts'

export interface SeedCalendarDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
}

/** A year that holds a holiday, or was filled once, is people's to correct: what they removed does not come back. */
const isKept = async (orm: Pick<Database['orm'], 'select'>, year: number): Promise<boolean> => {
  const [filled] = await orm
    .select({ id: calendarChanges.id })
    .from(calendarChanges)
    .where(and(eq(calendarChanges.deed, 'filled'), eq(calendarChanges.subject, String(year))))
    .limit(1)
  const known = await listHolidays({ orm }, { from: `${year}-01-01`, to: `${year}-12-31` })
  return filled !== undefined || known.length > 0
}

/** Puts the Kingdom's holidays of this year and the next into the calendar, each year once. */
export const seedCalendar = async (deps: SeedCalendarDeps): Promise<void> => {
  const { db, clock, newId, officeZone } = deps
  const now = clock.now()
  const year = Number(officeDay(now, officeZone).slice(0, 4))
  for (const one of [year, year + 1]) {
    if (await isKept(db.orm, one)) continue
    await db.orm.transaction(async (tx) => {
      // Two schedulers at their first minute: the second finds it done.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('calendar'))`)
      if (await isKept(tx, one)) return
      const act = { now, newId, actor: 'gateway' }
      await changeCalendar(tx, act, { put: nationalHolidays(one), deed: 'filled', subject: String(one) })
    })
  }
}
