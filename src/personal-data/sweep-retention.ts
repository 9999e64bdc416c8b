import { type EraseDeps, erasePerson } from './erase-person.ts'
import { findPerson } from './find-person.ts'

/** Erased in one run at most; what is left waits for the next day. */
const A_DAY = 1_000

/**
 * Erases what is past the retention period of its kind, counted from the last thing that happened to a closed complaint.
 * Held complaints stay. Gives how many.
 */
export const sweepRetention = async (deps: EraseDeps): Promise<number> => {
  const { sql } = deps.db
  const past = await sql<{ reference: string }[]>`
    select c.reference from retention_periods p join complaints c on c.kind = p.kind
    where c.status = 'closed' and c.erased_at is null and c.held_at is null and c.origin = 'file'
      and c.updated_at < ${deps.clock.now()}::timestamptz - make_interval(days => p.days)
    order by c.updated_at limit ${A_DAY}`
  for (const { reference } of past)
    await erasePerson(deps, 'gateway', await findPerson(sql, { by: 'reference', value: reference }))
  return past.length
}
