import type { Clock } from '../core/clock.ts'
import {
  type AwaitedDate,
  type CitizenState,
  citizenState,
  type Kind,
  runningDate,
  type Status,
  statusesOf,
} from '../core/complaint.ts'
import { AppError } from '../core/errors.ts'
import type { Locale, Names } from '../core/locale.ts'
import { parseReference } from '../core/reference.ts'
import type { Database, Sql } from '../db/client.ts'
import { normalisePhone } from '../intake/normalise.ts'
import { isNarrow, queryOf, type Wanted } from './complaint-query.ts'
import { type Actor, behindWall, requireRight, type Scope, scopeOf, withinScope } from './rights.ts'
import { searchWindows } from './search-windows.ts'

export interface ComplaintFilters {
  /** A citizen state, which takes all its internal statuses in, or one internal status. */
  readonly state?: string
  /** Code of the body that has it now. */
  readonly administration?: string
  readonly channel?: string
  readonly kind?: Kind
  readonly language?: Locale
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

export interface ListDeps {
  readonly db: Database
  readonly clock: Clock
}

/** What one list is read with: a connection behind the wall, and the instant that decides what is late. */
interface Reading {
  readonly sql: Sql
  readonly now: Date
}

interface NewestPage {
  readonly limit: number
  readonly after: Position | undefined
}

const olderThan = (sql: Sql, after: Position | undefined) =>
  after === undefined ? sql`` : sql`and (c.received_at, c.id) < (${after.receivedAt}, ${after.id})`

type Found = ReturnType<typeof olderThan>

/** The rows of a page that was found (`page`: ids with their dates), as they are shown. */
const rowsOf = ({ sql, now }: Reading, page: Found): Promise<Row[]> => sql<Row[]>`
  with page as materialized (${page})
  select ${columns(sql, now)} from page join complaints c on c.id = page.id ${joins(sql)}
  order by page.received_at desc, page.id desc`

const newestOfAll = (sql: Sql, practice: boolean, { limit, after }: NewestPage): Found => sql`
  select c.id, c.received_at from complaints c where (c.origin = 'practice') = ${practice} ${olderThan(sql, after)}
  order by c.received_at desc, c.id desc limit ${limit}`

/**
 * The newest of some bodies: what each has now, and what it had and handed on, either walked along an index of its own as far
 * as one page needs. One query over both would read the whole history of a body before it gives the first row.
 */
const newestOfBodies = (
  sql: Sql,
  { bodies, practice }: { readonly bodies: readonly string[]; readonly practice: boolean },
  { limit, after }: NewestPage,
): Found => {
  const seen = sql`(c.origin = 'practice') = ${practice} ${olderThan(sql, after)}`
  const past =
    after === undefined ? sql`` : sql`and (r.filed_at, r.complaint_id) < (${after.receivedAt}, ${after.id})`
  return sql`
    select own.id, own.received_at from unnest(${bodies as string[]}::uuid[]) lane cross join lateral (
      select c.id, c.received_at from complaints c where c.administration_id = lane and ${seen}
      order by c.received_at desc, c.id desc limit ${limit}) own
    union
    select c.id, c.received_at from unnest(${bodies as string[]}::uuid[]) lane cross join lateral (
      select c.id, c.received_at from referrals r join complaints c on c.id = r.complaint_id
      where r.administration_id = lane and r.handed_on ${past} and ${seen}
      order by r.filed_at desc, r.complaint_id desc limit ${limit}) c
    order by received_at desc, id desc limit ${limit}`
}

const newest = (sql: Sql, { bodies, practice }: Scope, page: NewestPage): Found =>
  bodies === 'everything' ? newestOfAll(sql, practice, page) : newestOfBodies(sql, { bodies, practice }, page)

/**
 * The newest matches of some words and marks. The hits are made first and apart, so the planner can neither walk the whole
 * history for a rare word nor fetch every match of a frequent one: a window that fills the page ends the search.
 */
const matching = async (
  reading: Reading,
  scope: Scope,
  { wanted, limit, after }: NewestPage & { readonly wanted: Wanted },
): Promise<Row[]> => {
  const { sql } = reading
  let rows: Row[] = []
  for (const window of searchWindows(after?.receivedAt ?? reading.now)) {
    const page = sql`
      select c.id, c.received_at from desk_search(${queryOf(sql, scope, wanted, window)}) hit join complaints c on c.id = hit.complaint_id
      where ${withinScope(sql, scope)} ${olderThan(sql, after)}
      order by c.received_at desc, c.id desc limit ${limit}`
    rows = await rowsOf(reading, page)
    if (rows.length === limit) break
  }
  return rows
}

/** The one complaint with a number, where it is what else was asked for. */
const byReference = async (
  reading: Reading,
  scope: Scope,
  { wanted, after, reference }: NewestPage & { readonly wanted: Wanted; readonly reference: string },
): Promise<Row[]> => {
  const { sql } = reading
  const { state, channel, kind, language, body } = wanted
  const rows = await rowsOf(
    reading,
    sql`select c.id, c.received_at from complaints c
      where c.reference = ${reference} and ${withinScope(sql, scope)} ${olderThan(sql, after)}
        and ${body === undefined ? sql`true` : sql`c.administration_id::text = ${body}`}`,
  )
  return rows.filter(
    (row) =>
      (state === undefined || statusesOf(state).includes(row.status)) &&
      (channel ?? row.channel) === row.channel &&
      (kind ?? row.kind) === row.kind &&
      (language ?? row.language) === row.language,
  )
}

/** The id of a body by its code; one that nobody has stands for one that does not exist. */
const bodyOf = async (sql: Sql, code: string | undefined): Promise<string | undefined> => {
  if (code === undefined) return undefined
  const [row] = await sql<{ id: string }[]>`select id from administrations where code = ${code}`
  return row?.id ?? ''
}

/** One page of what the actor may see, newest first. `people`: the words are looked for among names and numbers too. */
export const listComplaints = async (
  deps: ListDeps,
  actor: Actor,
  { limit: shownRows, cursor, q = '', administration, ...filters }: ComplaintFilters,
  people = false,
): Promise<Page<ListedComplaint>> => {
  requireRight(actor, 'complaint.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const scope = await scopeOf(deps.db.sql, actor)
  const page = { limit: shownRows + 1, after }
  const words = q.trim()
  const rows = await behindWall(deps.db.sql, scope, async (sql) => {
    const reading = { sql, now: deps.clock.now() }
    const wanted: Wanted = { ...filters, words, people, body: await bodyOf(sql, administration) }
    const number = parseReference(words)
    // One telephone number in ten passes for a reference.
    if (number.ok && !(people && normalisePhone(words)))
      return byReference(reading, scope, { ...page, wanted, reference: number.reference })
    if (isNarrow(wanted)) return matching(reading, scope, { ...page, wanted })
    return rowsOf(reading, newest(sql, scope, page))
  })
  const items = rows.slice(0, shownRows).map(shown)
  const last = items.at(-1)
  return { items, next: rows.length > shownRows && last ? encodeCursor(last) : null }
}
