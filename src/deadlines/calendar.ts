import { and, asc, desc, gte, inArray, lte, sql } from 'drizzle-orm'
import type { Act } from '../core/act.ts'
import type { Names } from '../core/locale.ts'
import type { Database, Tx } from '../db/client.ts'
import { calendarChanges, holidays } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** A day on which the offices are closed. */
export interface Holiday {
  /** YYYY-MM-DD. */
  readonly day: string
  readonly names: Names
  /** True: it follows the moon, and may still be another day when it is near. */
  readonly movable: boolean
}

/** The closed days from `from` to `to`, both included. */
export const listHolidays = (
  { orm }: { readonly orm: Pick<Database['orm'], 'select'> },
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Holiday[]> =>
  orm
    .select()
    .from(holidays)
    .where(and(gte(holidays.day, from), lte(holidays.day, to)))
    .orderBy(asc(holidays.day))

/** What was changed, for whoever reads the calendar later. */
export interface CalendarDeed {
  readonly deed: (typeof calendarChanges.$inferSelect)['deed']
  /** The day, or the year. */
  readonly subject: string
}

export type CalendarChange = typeof calendarChanges.$inferSelect

/** The last changes of the calendar, with the open rounds whose dates each moved; `countedAt` null: the relay still counts. */
export const listChanges = ({ orm }: Pick<Database, 'orm'>): Promise<CalendarChange[]> =>
  orm.select().from(calendarChanges).orderBy(desc(calendarChanges.at), desc(calendarChanges.id)).limit(10)

/**
 * Changes the calendar, and has the legal dates of every open round counted anew (`deadlines.recount`); rounds that are over
 * keep the dates they were held to.
 */
export const changeCalendar = async (
  tx: Tx,
  act: Act,
  {
    put = [],
    drop = [],
    ...deed
  }: CalendarDeed & { readonly put?: readonly Holiday[]; readonly drop?: readonly string[] },
): Promise<void> => {
  if (drop.length > 0) await tx.delete(holidays).where(inArray(holidays.day, [...drop]))
  if (put.length > 0)
    await tx
      .insert(holidays)
      .values([...put])
      .onConflictDoUpdate({
        target: holidays.day,
        set: { names: sql`excluded.names`, movable: sql`excluded.movable` },
      })
  const change = act.newId()
  await tx.insert(calendarChanges).values({ id: change, at: act.now, actor: act.actor, ...deed })
  await appendMessages(tx, act, [
    {
      topic: 'deadlines.recount',
      key: 'calendar',
      payload: { after: '', change },
      dedupeKey: `recount:${change}`,
    },
  ])
}
