import { CITIZEN_STATES, citizenState, type Status } from '../../core/complaint.ts'
import { type OfficeDay, officeDay, officeDays } from '../../core/deadlines.ts'
import { type Locale, type Names, nameIn } from '../../core/locale.ts'
import type { Sql } from '../../db/client.ts'
import type { FeedIds } from './feed-id.ts'

/** What a list may be asked for. */
export interface RequestQuery {
  /** Numbers of what came by Open311, or names of the feed. */
  readonly ids?: readonly string[] | undefined
  /** Bodies, or services of bodies; none asks for all. */
  readonly serviceCodes?: readonly string[] | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly updatedAfter?: Date | undefined
  readonly updatedBefore?: Date | undefined
  readonly status?: 'open' | 'closed' | undefined
  /** Go on after this one: costs the same however far in. */
  readonly after?: string | undefined
  readonly page: number
  readonly pageSize: number
}

/** Whose clock a list is written by. */
export interface FeedDeps {
  readonly sql: Sql
  readonly now: Date
  readonly officeZone: string
  readonly feedIds: FeedIds
}

interface Row {
  readonly id: string
  readonly reference: string
  readonly byOpen311: boolean
  readonly status: Status
  readonly receivedAt: Date
  readonly updatedAt: Date
  readonly expectedOn: string | null
  readonly code: string | null
  readonly names: Names | null
  readonly service: string | null
  readonly serviceNames: Names | null
}

/** GeoReport asks for 90 days or 1,000 requests, whichever is fewer. */
export const MOST_REQUESTS = 1_000
const SPAN_MS = 90 * 24 * 3600_000

/** A month of a body with fewer filings is kept back in every public table; here its filings name no office. */
const LEAST_GROUP = 5

const CLOSED: readonly string[] = ['answered', 'closed']

const isUuid = (id: string | undefined): id is string => id !== undefined

/** A number finds what was filed by this door alone; everything else has its name in the feed. */
const named = ({ sql, feedIds }: FeedDeps, names: readonly string[]) => {
  const ids = names.map(feedIds.idOf).filter(isUuid)
  return sql`(c.id = any(${ids}::uuid[]) or (c.channel = 'open311' and c.reference = any(${names as string[]})))`
}

/** The office's day of an instant, by the clock of this gateway: the database may know an older one (migrations/0044). */
const dayOf = (at: Date, zone: string): Pick<OfficeDay, 'from' | 'until'> => {
  const day = officeDay(at, zone)
  const [found] = officeDays(day, day, zone)
  return found ?? { from: at, until: at }
}

/** The month of filing by the same clock, in SQL. */
const monthFiled = (sql: Sql, zone: string) => sql`
  date_trunc('month', local_time(c.received_at, ${zone}, (select starts from office_clocks where zone = ${zone}),
    (select offsets from office_clocks where zone = ${zone})))::date`

/** Nothing is filed before or after; what an address names beyond may be no date of the database. */
const [FIRST, LAST] = [new Date('2000-01-01T00:00:00Z'), new Date('2200-01-01T00:00:00Z')]

/** Days for instants: whoever saw somebody file at an hour must not find that filing by it. */
const windowOf = (deps: FeedDeps, query: RequestQuery) => {
  const { sql, now, officeZone: zone } = deps
  const { ids, updatedAfter, updatedBefore } = query
  if (ids) return named(deps, ids)
  const until = query.until ?? now
  const from = query.from ?? new Date(until.getTime() - SPAN_MS)
  const day = (at: Date) => dayOf(at < FIRST ? FIRST : at > LAST ? LAST : at, zone)
  return sql`c.received_at >= ${day(from).from} and c.received_at < ${day(until).until}
    ${updatedAfter ? sql`and c.updated_at >= ${day(updatedAfter).from}` : sql``}
    ${updatedBefore ? sql`and c.updated_at < ${day(updatedBefore).until}` : sql``}`
}

/**
 * What a body has in months of which its numbers are public, and what was filed by this door for it, routed or not: questions to one index
 * each, which `coalesce` would pass by.
 */
const ofBody = ({ sql, officeZone: zone }: FeedDeps, code: string) => {
  const body = sql`(select id from administrations where code = ${code})`
  const months = sql`
    select month from indicator_cells where administration_id = ${body}
    group by month having sum(received) >= ${LEAST_GROUP}`
  return sql`(
    (c.administration_id = ${body}
      and (c.channel = 'open311' or ${monthFiled(sql, zone)} in (${months})))
    or (c.channel = 'open311' and c.administration_id is null and c.named_administration_id = ${body}))`
}

const ofService = (deps: FeedDeps, serviceCode: string) => {
  const { sql } = deps
  const [code = '', service] = serviceCode.split('.')
  const called = sql`and c.channel = 'open311' and c.service_id in (select id from services where code = ${service ?? ''})`
  return sql`(${ofBody(deps, code)} ${service ? called : sql``})`
}

const ofServices = (deps: FeedDeps, codes: readonly string[]) => {
  const { sql } = deps
  const any = codes
    .map((code) => ofService(deps, code))
    .reduce((some, one) => sql`${some} or ${one}`, sql`false`)
  return codes.length === 0 ? sql`` : sql`and (${any})`
}

/** One page of what is asked for, found by the index of the newest before anything is joined to it. */
const pageOf = (deps: FeedDeps, query: RequestQuery) => {
  const { sql } = deps
  const { status, after, page, pageSize, serviceCodes = [] } = query
  return sql`
    select c.id, c.reference, c.channel, c.status, c.received_at, c.updated_at, c.round, c.service_id,
           c.administration_id, c.named_administration_id
    from complaints c
    where c.origin = 'file' and ${windowOf(deps, query)} ${ofServices(deps, serviceCodes)}
      ${status === 'closed' ? sql`and c.status = any(${CLOSED as string[]})` : sql``}
      ${status === 'open' ? sql`and c.status <> all(${CLOSED as string[]})` : sql``}
      ${after ? sql`and (c.received_at, c.id) < (select c.received_at, c.id from complaints c where ${named(deps, [after])})` : sql``}
    order by c.received_at desc, c.id desc limit ${pageSize} offset ${(page - 1) * pageSize}`
}

/** What is told of a request; finer than open or closed, and finer than the office, only to who filed it by this door. */
const told = (row: Row, locale: Locale, feedIds: FeedIds): Readonly<Record<string, unknown>> => {
  const office = row.names && nameIn(row.names, locale)
  return {
    service_request_id: row.byOpen311 ? row.reference : feedIds.name(row.id),
    status: CLOSED.includes(row.status) ? 'closed' : 'open',
    // One of the six words every channel uses.
    status_notes: row.byOpen311
      ? (CITIZEN_STATES.find((state) => state === citizenState(row.status)) ?? null)
      : null,
    service_name: row.serviceNames ? nameIn(row.serviceNames, locale) : office,
    service_code: row.code && (row.service ? `${row.code}.${row.service}` : row.code),
    agency_responsible: office,
    requested_datetime: row.receivedAt.toISOString(),
    updated_datetime: row.updatedAt.toISOString(),
    expected_datetime: row.expectedOn && `${row.expectedOn}T23:59:59Z`,
  }
}

/**
 * Requests, newest first: state, days and office of every filing, whichever way it came. Who asked, what they wrote, where, by which way
 * and under which reference is never told: a complaint is not a pothole. Practice is not here.
 */
export const readRequests = async (
  deps: FeedDeps,
  query: RequestQuery,
  locale: Locale,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { sql, officeZone: zone, feedIds } = deps
  const rows = await sql<Row[]>`
    with page as materialized (${pageOf(deps, query)})
    select c.id, c.reference, c.channel = 'open311' as "byOpen311", c.status,
           c.received_at as "receivedAt", c.updated_at as "updatedAt",
           (select d.due_on::text from deadlines d where d.complaint_id = c.id and d.round = c.round and d.kind = 'answer') as "expectedOn",
           a.code, a.names, s.code as service, s.names as "serviceNames"
    from page c
    left join administrations a on case
      when c.channel = 'open311' then a.id = coalesce(c.administration_id, c.named_administration_id)
      else a.id = c.administration_id and ${LEAST_GROUP} <= (
        select sum(i.received) from indicator_cells i
        where i.administration_id = c.administration_id
          and i.month = ${monthFiled(sql, zone)}) end
    left join services s on s.id = c.service_id and c.channel = 'open311'
    order by c.received_at desc, c.id desc`
  const dated = (row: Row): Row => ({
    ...row,
    receivedAt: dayOf(row.receivedAt, zone).from,
    updatedAt: dayOf(row.updatedAt, zone).from,
  })
  return rows.map((row) => told(row.byOpen311 ? row : dated(row), locale, feedIds))
}
