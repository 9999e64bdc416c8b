import { AppError } from '../core/errors.ts'
import { columns, joins, type ListedComplaint, type Row, shown } from '../staff/list-complaints.ts'
import { type Actor, behindWall, requireRight, scopeOf } from '../staff/rights.ts'
import { type Asked, resolveFilters } from './asked-filters.ts'
import { countBehind, listBehind } from './list-behind.ts'
import { isMeasure } from './measures.ts'
import { readState } from './read-counts.ts'
import type { CountingDeps } from './refresh-cells.ts'

export const BEHIND_ROWS = 50

export interface BehindPage {
  /** All of them, counted one by one: the number that was opened. */
  readonly count: number
  readonly items: readonly ListedComplaint[]
  readonly page: number
  readonly pages: number
}

/**
 * The complaints behind a number, newest first. They are counted from the facts, not from the sums, and read behind the wall of
 * whoever asks. Throws `forbidden`, and `not_found` for a measure that does not exist.
 */
export const readBehind = async (
  deps: CountingDeps,
  actor: Actor,
  asked: Asked & { readonly measure?: string | undefined; readonly page: number },
): Promise<BehindPage> => {
  requireRight(actor, 'complaint.read')
  const { measure = '' } = asked
  if (!isMeasure(measure)) throw new AppError('not_found')
  const { filters } = await resolveFilters(deps, actor, asked)
  const state = await readState(deps.db.sql)
  if (state === undefined) return { count: 0, items: [], page: 1, pages: 1 }
  const count = await countBehind(deps, filters, measure, state.asOf)
  const pages = Math.max(1, Math.ceil(count / BEHIND_ROWS))
  const page = Math.min(Math.max(1, asked.page), pages)
  const offset = (page - 1) * BEHIND_ROWS
  const found = await listBehind(deps, filters, { measure, asOf: state.asOf, limit: BEHIND_ROWS, offset })
  const ids = found.map(({ id }) => id)
  const rows = await behindWall(
    deps.db.sql,
    await scopeOf(deps.db.sql, actor),
    (sql) => sql<Row[]>`
    select ${columns(sql, deps.clock.now())} from complaints c ${joins(sql)}
    where c.id = any(${ids}::uuid[]) order by c.received_at desc, c.id desc`,
  )
  return { count, items: rows.map(shown), page, pages }
}
