import {
  type FigureRow,
  type FigureTable,
  type TableCode,
  type Value,
  valueIn,
} from '../core/figure-table.ts'
import type { ReportContent } from '../core/report.ts'
import { withFilings } from './measures-register.ts'

/** What anybody finds who computes a published report again from the counts that are published with it, and nothing else. */
export interface Recomputed {
  /** Figures that come out the same. */
  readonly same: number
  /** Figures that are kept back, or rest on a count that is. */
  readonly kept: number
  /** Figures that rest on counts too fine to be public: only the frozen sums give them again (`recomputeReport`). */
  readonly frozen: number
  readonly wrong: readonly { place: string; published: Value; again: Value }[]
}

type Published = Pick<ReportContent, 'kind' | 'tables' | 'sectors' | 'measures'>

/** Undefined: not from what is public. */
type Again = Value | undefined

interface Place {
  readonly table: FigureTable
  readonly row: FigureRow
  readonly before: boolean
  readonly tables: readonly FigureTable[]
}

const sum = (values: readonly Value[]): Value =>
  values.includes('few') ? 'few' : values.reduce((all: number, value) => all + Number(value ?? 0), 0)

const divide = (part: Value, whole: Value): Value => {
  if (part === 'few' || whole === 'few') return 'few'
  return part === null || !whole ? null : part / whole
}

const column = ({ table, before }: Place, code: string): Value[] =>
  table.rows.map((row) => valueIn(table, row, code, before))

/** The filings of a kind, or of all. */
const received = ({ tables, before }: Place, kind?: string): Value => {
  const table = tables.find(({ code }) => code === 'kinds')
  const rows = table?.rows.filter(({ key }) => kind === undefined || key === kind) ?? []
  return sum(rows.map((row) => (table ? valueIn(table, row, 'received', before) : null)))
}

const own = ({ table, row, before }: Place): Value => valueIn(table, row, 'complaints', before)
const ofColumn = (place: Place): Value => divide(own(place), sum(column(place, 'complaints')))
const ofRow = (place: Place, nth: number): Value =>
  divide(own(place), column(place, 'complaints')[nth] ?? null)

/** How each share is made of the counts beside it, by the published definitions. */
const SHARES: Readonly<Partial<Record<TableCode, (place: Place) => Again>>> = {
  commitments: ({ table, row, before }) =>
    divide(valueIn(table, row, 'numerator', before), valueIn(table, row, 'denominator', before)),
  review: (place) => divide(own(place), received(place, 'complaint')),
  grounds: ofColumn,
  waiting: ofColumn,
  outcomes: ofColumn,
  renewals: (place) => (place.row.key === 'settled_renewed' ? ofRow(place, 0) : undefined),
  satisfaction: (place) => ofRow(place, place.table.rows.indexOf(place.row) - 1),
  quality: (place) => divide(own(place), received(place)),
}

/** A total of a synthesis is the sum of its sectors. */
const ofSectors = ({ sectors }: Published, { table, row, before }: Place, code: string): Value =>
  sum(
    sectors.map(({ tables }) => {
      const part = tables.find((one) => one.code === table.code)
      const found = part?.rows.find(({ key }) => key === row.key)
      return part && found ? valueIn(part, found, code, before) : 0
    }),
  )

interface Figure {
  readonly place: string
  readonly published: Value
  readonly again: Again
}

const figuresOf = (content: Published, table: FigureTable): Figure[] =>
  table.rows.flatMap((row) =>
    table.columns.map(({ code, unit, before = false }, nth) => {
      const place = { table, row, before, tables: content.tables }
      const published = row.values[nth] ?? null
      const isTotal = unit === 'count' && content.kind === 'synthesis'
      const share = unit === 'share' ? SHARES[table.code]?.(place) : undefined
      return {
        place: `${table.code} ${row.key} ${before ? `${code}_before` : code}`,
        published,
        again: isTotal ? ofSectors(content, place, code) : share,
      }
    }),
  )

const measuresOf = ({ measures, tables }: Published): Figure[] =>
  measures.flatMap((measure) => {
    const again = withFilings(measure, tables)
    return (['before', 'after'] as const).map((when) => ({
      place: `measure ${measure.id} ${when}`,
      published: measure[when],
      again: again[when],
    }))
  })

const isSame = (a: Value, b: Value): boolean =>
  a === b || (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) < 1e-9)

/** Makes every figure of a published report again from the counts in its file: shares, totals of sectors, filings of measures. */
export const recomputePublished = (content: Published): Recomputed => {
  const figures = [...content.tables.flatMap((table) => figuresOf(content, table)), ...measuresOf(content)]
  const judged = figures.filter(({ published }) => published !== null)
  const frozen = judged.filter(({ published, again }) => published !== 'few' && again === undefined)
  const kept = judged.filter(({ published, again }) => published === 'few' || again === 'few')
  const rest = judged.filter((one) => !frozen.includes(one) && !kept.includes(one))
  const wrong = rest.flatMap(({ place, published, again = null }) =>
    isSame(published, again) ? [] : [{ place, published, again }],
  )
  return { same: rest.length - wrong.length, kept: kept.length, frozen: frozen.length, wrong }
}
