import type { FigureTable } from '../core/figure-table.ts'
import type { Actor } from '../staff/rights.ts'
import { type Asked, type ResolvedFilters, resolveFilters } from './asked-filters.ts'
import { type Comparison, compareBodies, findGaming, readBodies, type Suspicion } from './compare-bodies.ts'
import { INDICATORS, type Indicator } from './indicators.ts'
import { countAffiliated, readState } from './read-counts.ts'
import { openReading } from './reading.ts'
import type { CountingDeps } from './refresh-cells.ts'
import { type BuiltTable, buildTables } from './tables.ts'

export interface Tile {
  readonly indicator: Indicator
  readonly numerator: number
  /** Undefined: a count, not a share. */
  readonly denominator: number | undefined
  readonly incomplete: boolean
}

export interface Dashboard extends ResolvedFilters {
  /** Undefined before the first count. */
  readonly state: { readonly asOf: string; readonly refreshedAt: Date } | undefined
  /** Bodies that take complaints; for the ministry. */
  readonly affiliated: number
  readonly tiles: readonly Tile[]
  readonly tables: readonly FigureTable[]
  readonly comparisons: readonly Comparison[]
  readonly leftOut: number
  readonly suspicions: readonly Suspicion[]
}

/** Tables of a page, in its order; the commitments are its tiles. */
export const SHOWN_TABLES: readonly BuiltTable[] = [
  'months',
  'time',
  'waiting',
  'kinds',
  'channels',
  'languages',
  'services',
  'causes',
  'regions',
  'review',
  'grounds',
  'outcomes',
  'renewals',
  'satisfaction',
  'quality',
]

/** Everything one page of indicators shows, from the kept sums. Throws `forbidden` and `not_found`. */
export const readDashboard = async (deps: CountingDeps, actor: Actor, asked: Asked): Promise<Dashboard> => {
  const resolved = await resolveFilters(deps, actor, asked)
  const { filters } = resolved
  const { sql } = deps.db
  const reading = openReading(sql, filters)
  const [state, affiliated, counts, tables, bodies] = await Promise.all([
    readState(sql),
    countAffiliated(sql),
    reading.counts(),
    buildTables(reading, SHOWN_TABLES),
    readBodies(sql, filters),
  ])
  const tiles = INDICATORS.map(
    (indicator: Indicator): Tile => ({
      indicator,
      numerator: counts[indicator.numerator],
      denominator: indicator.denominator && counts[indicator.denominator],
      incomplete: indicator.waitsFor !== undefined && counts[indicator.waitsFor] > 0,
    }),
  )
  return {
    ...resolved,
    state,
    affiliated,
    tiles,
    tables,
    // A body is compared by the ministry, which sees all of them.
    ...(resolved.body === undefined ? compareBodies(bodies) : { comparisons: [], leftOut: 0 }),
    suspicions: await findGaming(sql, filters, bodies),
  }
}
