import type { FigureTable } from '../core/figure-table.ts'
import { shareOf } from '../core/figure-table.ts'
import type { Names } from '../core/locale.ts'
import type { Sql } from '../db/client.ts'
import { COMPARED_FROM, SIZE_GROUPS, type SizeGroup, sizeGroup } from './indicators.ts'
import { type CountedGroup, type Filters, readGroups, within } from './read-counts.ts'

export interface NamedGroup extends CountedGroup {
  readonly code: string
  readonly names: Names
  /** Filings of all kinds in the twelve months that end with the period: what its size is judged by. */
  readonly yearly: number
}

/** How much each body receives in a year, whatever the page looks at of it: a short period makes nobody small. */
const readYearly = async (sql: Sql, { until }: Filters): Promise<Map<string, number>> => {
  const rows = await sql<{ id: string; received: number }[]>`
    select administration_id as id, sum(received)::int as received from indicator_sums
    where administration_id is not null and month between ${until}::date - interval '11 months' and ${until}::date group by 1`
  return new Map(rows.map(({ id, received }) => [id, received]))
}

/** The sums of each body that has any, with its name. */
export const readBodies = async (sql: Sql, filters: Filters): Promise<NamedGroup[]> => {
  const [groups, yearly, named] = await Promise.all([
    readGroups(sql, filters, 'administration'),
    readYearly(sql, filters),
    sql<{ id: string; code: string; names: Names }[]>`select id, code, names from administrations`,
  ])
  const names = new Map(named.map((one) => [one.id, one]))
  return groups.flatMap((group) => {
    const body = names.get(group.key ?? '')
    return body ? [{ ...group, code: body.code, names: body.names, yearly: yearly.get(body.id) ?? 0 }] : []
  })
}

/** What a comparison looks at. */
export type ComparedBody = Pick<
  NamedGroup,
  | 'code'
  | 'names'
  | 'yearly'
  | 'received'
  | 'ended'
  | 'due'
  | 'due_answered'
  | 'due_in_time'
  | 'settled'
  | 'settled_renewed'
>

export interface Comparison {
  readonly group: SizeGroup
  readonly table: FigureTable
}

const byInTime = (a: ComparedBody, b: ComparedBody): number =>
  (shareOf(b.due_in_time, b.due) ?? -1) - (shareOf(a.due_in_time, a.due) ?? -1) ||
  a.code.localeCompare(b.code)

/**
 * Bodies beside those of their size, best first, and only those with enough behind them for a share to mean something. Gives
 * how many were left out.
 */
export const compareBodies = (
  bodies: readonly ComparedBody[],
): { comparisons: Comparison[]; leftOut: number } => {
  const compared = bodies.filter(({ ended }) => ended >= COMPARED_FROM)
  const comparisons = SIZE_GROUPS.map(({ code: group }) => {
    const rows = compared
      .filter(({ yearly }) => sizeGroup(yearly) === group)
      .toSorted(byInTime)
      .map((body) => ({
        key: body.code,
        names: body.names,
        values: [
          body.received,
          shareOf(body.due_answered, body.due),
          shareOf(body.due_in_time, body.due),
          shareOf(body.settled_renewed, body.settled),
        ],
        of: [null, body.due, body.due, body.settled],
      }))
    const columns = [
      { code: 'received', unit: 'count' },
      { code: 'response', unit: 'share' },
      { code: 'in_time', unit: 'share' },
      { code: 'renewed', unit: 'share' },
    ] as const
    return { group, table: { code: 'bodies', columns, rows } as const }
  })
  return {
    comparisons: comparisons.filter(({ table }) => table.rows.length > 0),
    leftOut: bodies.length - compared.length,
  }
}

/** Signs that a number is being made instead of work: each asks for a look, none is a verdict. */
export const GAMING_CHECKS = ['last_days', 'mass_day', 'renewed_soon', 'undirected'] as const
export type GamingCheck = (typeof GAMING_CHECKS)[number]

export interface Suspicion {
  readonly check: GamingCheck
  readonly code: string
  readonly names: Names
  readonly count: number
  readonly of: number
  /** The day of a mass closure. */
  readonly day?: string
}

const LAST_DAYS_SHARE = 0.4
const RENEWED_SHARE = 0.2
/** One that was forgotten is no sign. */
const UNDIRECTED = { least: 5, ofRefused: 0.1 } as const
const MASS = { least: 10, ofDay: 0.5, ofPeriod: 0.15 } as const

const suspect = ({ code, names }: NamedGroup, check: GamingCheck, count: number, of: number): Suspicion => ({
  check,
  code,
  names,
  count,
  of,
})

interface EndedDay {
  readonly body: string
  readonly day: string
  readonly received: number
  readonly last: number
}

/** Days on which a body ended much that was about to be late, and little else: of all bodies in one look. */
const massDays = async (
  sql: Sql,
  { channel: _, language: __, ...whole }: Filters,
  bodies: readonly NamedGroup[],
): Promise<Suspicion[]> => {
  const hasty = new Map(
    bodies.flatMap((body) => (body.ended_last_days >= MASS.least ? [[body.key ?? '', body] as const] : [])),
  )
  if (hasty.size === 0) return []
  const among = within(sql, { ...whole, bodies: [...hasty.keys()] })
  // Few days have any such ending: they are found first, and only of those is everything summed.
  const days = await sql<EndedDay[]>`
    with days as materialized (
      select f.administration_id, f.value, sum(f.ended_last_days)::int as last from indicator_breakdowns f
      where f.dimension = 'ended_on' and f.ended_last_days > 0 and ${among}
      group by f.administration_id, f.value having sum(f.ended_last_days) >= ${MASS.least}
    )
    select d.administration_id as body, d.value as day, d.last,
           (select sum(f.received)::int from indicator_breakdowns f
            where f.dimension = 'ended_on' and f.administration_id = d.administration_id and f.value = d.value and ${among}) as received
    from days d order by d.value`
  return days.flatMap(({ body: id, day, received, last }) => {
    const body = hasty.get(id)
    return body && last >= received * MASS.ofDay && received >= body.ended * MASS.ofPeriod
      ? [{ ...suspect(body, 'mass_day', last, received), day }]
      : []
  })
}

/** Looks at each body for closing in haste before dates, ending what comes back at once, and refusing without a direction. */
export const findGaming = async (
  sql: Sql,
  filters: Filters,
  bodies: readonly NamedGroup[],
): Promise<Suspicion[]> => {
  const judged = bodies.flatMap((body): Suspicion[] => {
    const enough = body.ended >= COMPARED_FROM
    return [
      ...(enough && body.ended_last_days >= body.ended * LAST_DAYS_SHARE
        ? [suspect(body, 'last_days', body.ended_last_days, body.ended)]
        : []),
      ...(enough && body.renewed_soon >= body.ended * RENEWED_SHARE
        ? [suspect(body, 'renewed_soon', body.renewed_soon, body.ended)]
        : []),
      ...(body.refused_undirected >= UNDIRECTED.least &&
      body.refused_undirected >= body.refused * UNDIRECTED.ofRefused
        ? [suspect(body, 'undirected', body.refused_undirected, body.refused)]
        : []),
    ]
  })
  return [...judged, ...(await massDays(sql, filters, bodies))]
}
