import { Temporal } from 'temporal-polyfill'
import type { Clock } from '../core/clock.ts'
import type { Kind } from '../core/complaint.ts'
import type { Locale } from '../core/locale.ts'
import type { Database, Sql } from '../db/client.ts'
import { staffIdOf } from './handle-complaint.ts'
import { lanesOf, NOBODY } from './inbox-lanes.ts'
import {
  columns,
  decodeCursor,
  encodeCursor,
  joins,
  type ListedComplaint,
  type Page,
  type Row,
  shown,
} from './list-complaints.ts'
import { type Actor, behindWall, requireRight, type Scope, scopeOf } from './rights.ts'

/** Cuts of the list: what is late, ends today or this week, is one's own, nobody's, or has something new. */
export const INBOX_VIEWS = ['open', 'late', 'today', 'week', 'mine', 'unassigned', 'unread'] as const
export type InboxView = (typeof INBOX_VIEWS)[number]

export interface InboxFilters {
  readonly view: InboxView
  /** A citizen state or an internal status. */
  readonly state?: string
  readonly administration?: string
  readonly channel?: string
  readonly kind?: Kind
  readonly language?: Locale
  readonly limit: number
  readonly cursor?: string
}

interface InboxDeps {
  readonly db: Database
  readonly clock: Clock
  readonly officeZone: string
}

/** The ends of the office's day and week, from which "today" and "this week" are told. */
export const officeEnds = (now: Date, zone: string): { readonly today: Date; readonly week: Date } => {
  const day = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const end = (after: number) => new Date(day.add({ days: after }).toZonedDateTime(zone).epochMilliseconds)
  return { today: end(1), week: end(8 - day.dayOfWeek) }
}

interface Reading {
  readonly sql: Sql
  readonly now: Date
  readonly ends: ReturnType<typeof officeEnds>
  readonly staffId: string
}

/** What one view asks of `complaints c` beside a running clock. A clock ends at the first instant of the next day. */
const viewCondition = ({ sql, now, ends, staffId }: Reading, view: InboxView) =>
  ({
    open: sql`true`,
    late: sql`c.due_at <= ${now}`,
    today: sql`c.due_at > ${now} and c.due_at <= ${ends.today}`,
    week: sql`c.due_at > ${now} and c.due_at <= ${ends.week}`,
    mine: sql`true`,
    unassigned: sql`c.assignee_id is null`,
    unread: sql`not exists (select from complaint_reads s
      where s.complaint_id = c.id and s.staff_id = ${staffId} and s.read_at >= c.updated_at)`,
  })[view]

/** What every list of the inbox asks, in the order it is walked. */
const waiting = (reading: Reading, { practice }: Scope, { view, cursor }: InboxFilters) => {
  const { sql } = reading
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  return sql`
    c.due_at is not null and (c.origin = 'practice') = ${practice} and ${viewCondition(reading, view)}
    ${after === undefined ? sql`` : sql`and (c.due_at, c.id) > (${after.receivedAt}, ${after.id})`}`
}

const rowsOf = (reading: Reading, scope: Scope, filters: InboxFilters): Promise<Row[]> => {
  const { sql, now } = reading
  const { from, own } = lanesOf(reading.sql, scope, { ...filters, staffId: reading.staffId })
  const limit = filters.limit + 1
  return sql<Row[]>`
    with page as materialized (
      select c.id, c.due_at from ${from} cross join lateral (
        select c.id, c.due_at from complaints c where ${own} and ${waiting(reading, scope, filters)}
        order by c.due_at, c.id limit ${limit}) c
      order by c.due_at, c.id limit ${limit})
    select ${columns(sql, now)} from page join complaints c on c.id = page.id ${joins(sql)}
    order by page.due_at, page.id`
}

const readingOf = ({ clock, officeZone }: InboxDeps, actor: Actor, sql: Sql): Reading => {
  const now = clock.now()
  return { sql, now, ends: officeEnds(now, officeZone), staffId: staffIdOf(actor) ?? NOBODY }
}

/** One page of what waits, the nearest legal date first. */
export const readInbox = async (
  deps: InboxDeps,
  actor: Actor,
  filters: InboxFilters,
): Promise<Page<ListedComplaint>> => {
  requireRight(actor, 'complaint.read')
  const scope = await scopeOf(deps.db.sql, actor)
  const rows = await behindWall(deps.db.sql, scope, (sql) =>
    rowsOf(readingOf(deps, actor, sql), scope, filters),
  )
  const items = rows.slice(0, filters.limit).map(shown)
  const last = items.at(-1)
  const more = rows.length > filters.limit && last?.dueAt != null
  return { items, next: more ? encodeCursor({ receivedAt: last.dueAt, id: last.id }) : null }
}

/** Counting stops here: whoever has more than this does not need to know how much more. */
export const COUNTED_AT_MOST = 999

export type InboxCounts = Readonly<Record<Exclude<InboxView, 'open'>, number>>

const COUNTED = INBOX_VIEWS.filter((view) => view !== 'open')

/** How much there is in each view, up to COUNTED_AT_MOST + 1. */
export const countInbox = async (deps: InboxDeps, actor: Actor): Promise<InboxCounts> => {
  requireRight(actor, 'complaint.read')
  const scope = await scopeOf(deps.db.sql, actor)
  const counts = await behindWall(deps.db.sql, scope, (sql) => {
    const reading = readingOf(deps, actor, sql)
    return Promise.all(
      COUNTED.map(async (view) => {
        const filters = { view, limit: COUNTED_AT_MOST }
        const { from, own } = lanesOf(reading.sql, scope, { ...filters, staffId: reading.staffId })
        const [row] = await sql<{ n: number }[]>`
          select count(*)::int as n from (select 1 from ${from} cross join lateral (
            select c.id from complaints c where ${own} and ${waiting(reading, scope, filters)}
            limit ${COUNTED_AT_MOST + 1}) c limit ${COUNTED_AT_MOST + 1}) counted`
        return [view, row?.n ?? 0] as const
      }),
    )
  })
  return Object.fromEntries(counts) as InboxCounts
}

/** Notes that a person has a complaint open. */
export const noteReading = async (
  { db, clock }: Pick<InboxDeps, 'db' | 'clock'>,
  actor: Actor,
  complaintId: string,
): Promise<void> => {
  const staffId = staffIdOf(actor)
  if (staffId === undefined) return
  const now = clock.now()
  await db.sql`
    insert into complaint_reads (staff_id, complaint_id, read_at) values (${staffId}, ${complaintId}, ${now})
    on conflict (staff_id, complaint_id) do update set read_at = excluded.read_at`
}

/** Someone whose page asked within this time still has it open. */
const PRESENT_MS = 10_000

/** Which colleagues have a complaint open now: of the actor's own bodies; the ministry sees everybody's. */
export const readersOf = async (
  { db, clock }: Pick<InboxDeps, 'db' | 'clock'>,
  actor: Actor,
  complaintId: string,
): Promise<readonly string[]> => {
  const since = new Date(clock.now().getTime() - PRESENT_MS)
  const { bodies } = await scopeOf(db.sql, actor)
  const near =
    bodies === 'everything' ? db.sql`` : db.sql`and m.administration_id = any(${bodies as string[]}::uuid[])`
  const rows = await db.sql<{ email: string }[]>`
    select m.email from complaint_reads r join staff_members m on m.id = r.staff_id
    where r.complaint_id = ${complaintId} and r.read_at > ${since} and r.staff_id <> ${staffIdOf(actor) ?? NOBODY} ${near}
    order by r.read_at desc limit 5`
  return rows.map(({ email }) => email)
}
