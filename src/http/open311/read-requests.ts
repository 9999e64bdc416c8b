import { CITIZEN_STATES, citizenState, type Status } from '../../core/complaint.ts'
import { type Locale, type Names, nameIn } from '../../core/locale.ts'
import type { Sql } from '../../db/client.ts'

/** What a list may be asked for. */
export interface RequestQuery {
  readonly ids?: readonly string[] | undefined
  readonly serviceCode?: string | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly status?: 'open' | 'closed' | undefined
}

interface Row {
  readonly reference: string
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
const MOST = 1_000
const SPAN_MS = 90 * 24 * 3600_000

const CLOSED: readonly string[] = ['answered', 'closed']

/**
 * Requests that came by Open311, newest first: number, state, dates and office. Who asked, what they wrote and where is never
 * told: a complaint is not a pothole. What came by other ways is not here at all; its own page needs its code.
 */
export const readRequests = async (
  sql: Sql,
  query: RequestQuery,
  now: Date,
  locale: Locale,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const until = query.until ?? now
  const from = query.from ?? new Date(until.getTime() - SPAN_MS)
  const [code, service] = query.serviceCode?.split('.') ?? []
  const rows = await sql<Row[]>`
    select c.reference, c.status, c.received_at as "receivedAt", c.updated_at as "updatedAt",
           (select d.due_on::text from deadlines d where d.complaint_id = c.id and d.round = c.round and d.kind = 'answer') as "expectedOn",
           a.code, a.names, s.code as service, s.names as "serviceNames"
    from complaints c
    left join administrations a on a.id = coalesce(c.administration_id, c.named_administration_id)
    left join services s on s.id = c.service_id
    where c.channel = 'open311' and c.origin = 'file'
      ${query.ids ? sql`and c.reference = any(${query.ids as string[]})` : sql`and c.received_at between ${from} and ${until}`}
      ${code ? sql`and a.code = ${code}` : sql``} ${service ? sql`and s.code = ${service}` : sql``}
      ${query.status === 'closed' ? sql`and c.status = any(${CLOSED as string[]})` : sql``}
      ${query.status === 'open' ? sql`and c.status <> all(${CLOSED as string[]})` : sql``}
    order by c.received_at desc, c.id desc limit ${MOST}`
  return rows.map((row) => ({
    service_request_id: row.reference,
    status: CLOSED.includes(row.status) ? 'closed' : 'open',
    // One of the six words every channel uses.
    status_notes: CITIZEN_STATES.find((state) => state === citizenState(row.status)) ?? null,
    service_name: row.serviceNames
      ? nameIn(row.serviceNames, locale)
      : row.names && nameIn(row.names, locale),
    service_code: row.code && (row.service ? `${row.code}.${row.service}` : row.code),
    agency_responsible: row.names && nameIn(row.names, locale),
    requested_datetime: row.receivedAt.toISOString(),
    updated_datetime: row.updatedAt.toISOString(),
    expected_datetime: row.expectedOn && `${row.expectedOn}T23:59:59Z`,
  }))
}
