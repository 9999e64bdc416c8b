import type { Clock } from '../core/clock.ts'
import {
  type AwaitedDate,
  CITIZEN_STATES,
  type CitizenState,
  citizenState,
  type Kind,
  runningDate,
  STATUSES,
  type Status,
} from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { Locale, Names } from '../core/locale.ts'
import { parseReference } from '../core/reference.ts'
import type { Database, Sql } from '../db/client.ts'
import { normalisePhone } from '../intake/normalise.ts'
import { type Actor, behindWall, mayDo, requireRight, type Scope, scopeOf, withinScope } from './rights.ts'
import { searchWindows } from './search-windows.ts'

export interface ComplaintFilters {
  /** A citizen state, which takes all its internal statuses in, or one internal status. */
  readonly state?: string
  /** Code of the body that has it now. */
  readonly administration?: string
  readonly channel?: string
  readonly kind?: Kind
  /** A reference, or words of the text or place. */
  readonly q?: string
  readonly limit: number
  /** Opaque: what the page before gave as `next`. */
  readonly cursor?: string
}

export interface ListedComplaint {
  readonly id: string
  readonly reference: string
  readonly channel: string
  readonly kind: Kind
  readonly status: Status
  readonly state: CitizenState
  readonly late: boolean
  readonly round: number
  readonly language: Locale
  readonly text: string
  readonly receivedAt: Date
  readonly reviewBy: string | null
  readonly answerBy: string | null
  readonly administration: { readonly code: string; readonly names: Names } | null
  readonly mediaCount: number
  /** The legal date that runs. */
  readonly runs: AwaitedDate
  /** The end of the running clock; null while none runs. */
  readonly dueAt: Date | null
  /** Address of whoever handles it. */
  readonly assignee: string | null
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** The statuses a `state` filter means. A word that is both (`closed`) means the citizen's state, which is the wider. */
export const statusesOf = (state: string): Status[] => {
  const statuses = Object.keys(STATUSES) as Status[]
  if ((CITIZEN_STATES as readonly string[]).includes(state))
    return statuses.filter((status) => citizenState(status) === state)
  return statuses.filter((status) => status === state)
}

interface Position {
  /** The instant the list is sorted by. */
  readonly receivedAt: Date
  readonly id: string
}

export const encodeCursor = ({ receivedAt, id }: Position): string =>
  Buffer.from(`${receivedAt.getTime()}.${id}`).toString('base64url')

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Reads a cursor back; throws `validation` for anything we did not write. */
export const decodeCursor = (cursor: string): Position => {
  const [, at, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (at === undefined || id === undefined)
    throw new AppError('validation', { fields: [{ field: 'cursor', code: 'invalid' }] })
  return { receivedAt: new Date(Number(at)), id }
}

/** What a list row shows; the caller adds `from` and the rest. `now` decides what is late. */
export const columns = (sql: Sql, now: Date) => sql`
  c.id, c.reference, c.channel, c.kind, c.status, c.round, c.language, c.text, c.received_at as "receivedAt",
  review.due_on::text as "reviewBy", answer.due_on::text as "answerBy",
  case when a.id is null then null else jsonb_build_object('code', a.code, 'names', a.names) end as administration,
  (select count(*)::int from media_assets m where m.complaint_id = c.id and not m.of_answer) as "mediaCount",
  review.met_at is not null as "reviewMet", c.due_at as "dueAt", (select email from staff_members m where m.id = c.assignee_id and desk_until(c.id) = 'infinity') as assignee,
  c.status not in ('answered', 'closed') and (
    (review.met_at is null and review.due_at < ${now}) or (answer.met_at is null and answer.due_at < ${now})) as late`

export const joins = (sql: Sql) => sql`
  left join administrations a on a.id = c.administration_id
  left join deadlines review on review.complaint_id = c.id and review.round = c.round and review.kind = 'review'
  left join deadlines answer on answer.complaint_id = c.id and answer.round = c.round and answer.kind = 'answer'`

export type Row = Omit<ListedComplaint, 'state' | 'late' | 'runs'> & {
  late: boolean | null
  reviewMet: boolean | null
}

export const shown = ({ reviewMet, ...row }: Row): ListedComplaint => ({
  ...row,
  late: row.late === true,
  runs: runningDate(row.status, reviewMet === true),
  state: citizenState(row.status),
})

const filtered = (sql: Sql, filters: ComplaintFilters, after: Position | undefined) => sql`
  true
  ${filters.state === undefined ? sql`` : sql`and c.status = any(${statusesOf(filters.state)})`}
  ${filters.channel === undefined ? sql`` : sql`and c.channel = ${filters.channel}`}
  ${filters.kind === undefined ? sql`` : sql`and c.kind = ${filters.kind}`}
  ${
    filters.administration === undefined
      ? sql``
      : sql`and c.administration_id = (select id from administrations where code = ${filters.administration})`
  }
  ${after === undefined ? sql`` : sql`and (c.received_at, c.id) < (${after.receivedAt}, ${after.id})`}`

interface ListDeps {
  readonly db: Database
  readonly clock: Clock
}

/** What one list is read with: a connection behind the wall, and the instant that decides what is late. */
interface Reading {
  readonly sql: Sql
  readonly now: Date
}

type Where = ReturnType<typeof filtered>

interface NewestPage {
  readonly where: Where
  readonly limit: number
  readonly after: Position | undefined
}

const rowsWhere = ({ sql, now }: Reading, where: Where, limit: number): Promise<Row[]> =>
  sql<Row[]>`
    select ${columns(sql, now)} from complaints c ${joins(sql)}
    where ${where} order by c.received_at desc, c.id desc limit ${limit}`

/**
 * The newest of some bodies: what each has now, and what it had and handed on, either walked along an index of its own as far
 * as one page needs. One query over both would read the whole history of a body before it gives the first row.
 */
const newestOfBodies = (
  { sql, now }: Reading,
  { bodies, practice }: { readonly bodies: readonly string[]; readonly practice: boolean },
  { where, limit, after }: NewestPage,
): Promise<Row[]> => {
  const seen = sql`(c.origin = 'practice') = ${practice} and ${where}`
  const past =
    after === undefined ? sql`` : sql`and (r.filed_at, r.complaint_id) < (${after.receivedAt}, ${after.id})`
  return sql<Row[]>`
    with page as materialized (
      select own.id, own.received_at from unnest(${bodies as string[]}::uuid[]) lane cross join lateral (
        select c.id, c.received_at from complaints c where c.administration_id = lane and ${seen}
        order by c.received_at desc, c.id desc limit ${limit}) own
      union
      select c.id, c.received_at from unnest(${bodies as string[]}::uuid[]) lane cross join lateral (
        select c.id, c.received_at from referrals r join complaints c on c.id = r.complaint_id
        where r.administration_id = lane and r.handed_on ${past} and ${seen}
        order by r.filed_at desc, r.complaint_id desc limit ${limit}) c
      order by received_at desc, id desc limit ${limit})
    select ${columns(sql, now)} from page join complaints c on c.id = page.id ${joins(sql)}
    order by page.received_at desc, page.id desc`
}

const newestRows = (reading: Reading, { bodies, practice }: Scope, page: NewestPage): Promise<Row[]> =>
  bodies === 'everything'
    ? rowsWhere(reading, reading.sql`(c.origin = 'practice') = ${practice} and ${page.where}`, page.limit)
    : newestOfBodies(reading, { bodies, practice }, page)

/**
 * The newest matches of some words. The hits are made first and apart, so the planner can neither walk the whole history
 * for a rare word nor fetch every match of a frequent one: a window that fills the page ends the search.
 */
const searchRows = async (
  { sql, now }: Reading,
  search: { words: string; from: Date; where: Where; limit: number; people: boolean },
): Promise<Row[]> => {
  // The identity is shielded: only those who may open it find a complaint by it.
  const people = search.people
    ? sql`union select complaint_id from desk_search_people(
        plainto_tsquery('simple', fold_text(${search.words})), ${normalisePhone(search.words) ?? ''})`
    : sql``
  let rows: Row[] = []
  for (const window of searchWindows(search.from)) {
    const within = window === undefined ? sql`` : sql`&& to_tsquery('simple', ${window})`
    rows = await sql<Row[]>`
      with hit as materialized (
        select complaint_id from desk_search(plainto_tsquery('simple', fold_text(${search.words})) ${within})
        ${people}
      )
      select ${columns(sql, now)} from hit join complaints c on c.id = hit.complaint_id ${joins(sql)}
      where ${search.where} order by c.received_at desc, c.id desc limit ${search.limit}`
    if (rows.length === search.limit) break
  }
  return rows
}

/** One page of what the actor may see, newest first. */
export const listComplaints = async (
  deps: ListDeps,
  actor: Actor,
  filters: ComplaintFilters,
): Promise<Page<ListedComplaint>> => {
  requireRight(actor, 'complaint.read')
  const after = filters.cursor === undefined ? undefined : decodeCursor(filters.cursor)
  const scope = await scopeOf(deps.db.sql, actor)
  const limit = filters.limit + 1
  const words = filters.q?.trim() ?? ''
  const reference = parseReference(words)
  const rows = await behindWall(deps.db.sql, scope, (sql) => {
    const reading = { sql, now: deps.clock.now() }
    const wanted = filtered(sql, filters, after)
    if (words === '') return newestRows(reading, scope, { where: wanted, limit, after })
    const where = sql`${withinScope(sql, scope)} and ${wanted}`
    if (reference.ok) return rowsWhere(reading, sql`${where} and c.reference = ${reference.reference}`, limit)
    const from = after?.receivedAt ?? reading.now
    return searchRows(reading, { words, from, where, limit, people: mayDo(actor, 'complaint.raw') })
  })
  const items = rows.slice(0, filters.limit).map(shown)
  const last = items.at(-1)
  return { items, next: rows.length > filters.limit && last ? encodeCursor(last) : null }
}
