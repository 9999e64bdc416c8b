import { AppError } from '../core/errors.ts'
import type { Names } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'
import { columns, joins, type ListedComplaint, type Row, shown } from '../staff/list-complaints.ts'
import { type Actor, behindWall, requireRight, type Scope, scopeOf } from '../staff/rights.ts'
import { type Asked, type ResolvedFilters, resolveFilters } from './asked-filters.ts'
import { type Behind, idsBehind, type MonthBehind, monthsBehind, monthsOf } from './list-behind.ts'
import { readState } from './read-counts.ts'
import type { CountingDeps } from './refresh-cells.ts'
import { type AskedSelection, readSelection, type Selection } from './selection.ts'

export const BEHIND_ROWS = 50
/** Rows of a file that are read at once. */
const FILE_ROWS = 500

export interface BehindPage extends Pick<ResolvedFilters, 'filters' | 'body'> {
  readonly selection: Selection
  /** The name of the value that was selected, where it is data and not a word of ours. */
  readonly names: Names | undefined
  /** All of them: the number that was opened. */
  readonly count: number
  readonly items: readonly ListedComplaint[]
  readonly page: number
  readonly pages: number
}

interface Open extends Behind, Pick<ResolvedFilters, 'body'> {
  readonly months: readonly MonthBehind[]
  readonly scope: Scope
}

/** Throws `forbidden`, and `not_found` for a number that does not exist. */
const open = async (deps: CountingDeps, actor: Actor, asked: Asked & AskedSelection): Promise<Open> => {
  requireRight(actor, 'complaint.read')
  const selection = readSelection(asked)
  if (selection === undefined) throw new AppError('not_found')
  const { sql } = deps.db
  const { filters, body } = await resolveFilters(deps, actor, asked)
  const [state, scope] = await Promise.all([readState(sql), scopeOf(sql, actor)])
  const behind = { filters, selection, asOf: state?.asOf ?? filters.from }
  return { ...behind, body, months: await monthsBehind(sql, behind), scope }
}

const readRows = async ({ db, clock }: CountingDeps, scope: Scope, ids: readonly string[]) => {
  const rows = await behindWall(
    db.sql,
    scope,
    (sql) => sql<Row[]>`
    select ${columns(sql, clock.now())} from complaints c ${joins(sql)}
    where c.id = any(${ids as string[]}::uuid[]) order by c.received_at desc, c.id desc`,
  )
  return rows.map(shown)
}

/** What a service or a region is called. */
const nameOf = async (sql: Sql, { of }: Selection): Promise<Names | undefined> => {
  if (of?.dimension !== 'service' && of?.dimension !== 'region') return undefined
  const [found] = await sql<{ names: Names }[]>`
    select names from services where ${of.dimension} = 'service' and id::text = ${of.value}
    union all select names from regions where ${of.dimension} = 'region' and code = ${of.value}`
  return found?.names
}

/**
 * The complaints behind a number, newest first, as they were when it was counted, read behind the wall of whoever asks. Throws
 * `forbidden`, and `not_found` for a number that does not exist.
 */
export const readBehind = async (
  deps: CountingDeps,
  actor: Actor,
  asked: Asked & AskedSelection & { readonly page: number },
): Promise<BehindPage> => {
  const { months, scope, body, ...behind } = await open(deps, actor, asked)
  const { sql } = deps.db
  const count = months.reduce((sum, month) => sum + month.count, 0)
  const pages = Math.max(1, Math.ceil(count / BEHIND_ROWS))
  const page = Math.min(Math.max(1, asked.page), pages)
  const stretch = { limit: BEHIND_ROWS, offset: (page - 1) * BEHIND_ROWS }
  const held = monthsOf(months, stretch)
  const ids = await idsBehind(sql, behind, held.months, { ...stretch, offset: held.offset })
  const [items, names] = await Promise.all([readRows(deps, scope, ids), nameOf(sql, behind.selection)])
  return { filters: behind.filters, selection: behind.selection, body, names, count, items, page, pages }
}

/** All of them, some hundreds at a time: for a file. Throws as `readBehind` does, before the first. */
export const streamBehind = async (
  deps: CountingDeps,
  actor: Actor,
  asked: Asked & AskedSelection,
): Promise<AsyncIterable<readonly ListedComplaint[]>> => {
  const { months, scope, ...behind } = await open(deps, actor, asked)
  return (async function* () {
    for (const month of months) {
      const ids = await idsBehind(deps.db.sql, behind, [month], { limit: month.count, offset: 0 })
      for (let at = 0; at < ids.length; at += FILE_ROWS)
        yield await readRows(deps, scope, ids.slice(at, at + FILE_ROWS))
    }
  })()
}
