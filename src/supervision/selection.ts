import type { Column, FigureRow, FigureTable, TableCode } from '../core/figure-table.ts'
import { INDICATORS } from './indicators.ts'
import { DIMENSIONS, type Dimension, isMeasure, type Measure, MOST_DAYS } from './measures.ts'
import { WAITING_BANDS } from './time-to-answer.ts'

/** What one number stands for, under the filters of its page: all that a measure counts, or a part of it. */
export interface Selection {
  readonly measure: Measure
  /** Of one value alone; empty: what was not said. */
  readonly of?: { readonly dimension: Dimension; readonly value: string }
  /** Of so many days from filing to the end of the first pass, or until now. */
  readonly days?: { readonly from: number; readonly to: number }
}

/** A selection as an address says it. */
export interface AskedSelection {
  readonly measure?: string | undefined
  readonly dimension?: string | undefined
  readonly value?: string | undefined
  /** `16-30`, or `76-` for all above. */
  readonly days?: string | undefined
}

/** Reads an address; undefined for what does not exist. */
export const readSelection = (asked: AskedSelection): Selection | undefined => {
  const { measure = '', dimension, value = '' } = asked
  const [, from, to] = /^(\d{1,5})-(\d{0,5})$/.exec(asked.days ?? '') ?? []
  if (!isMeasure(measure) || (asked.days && from === undefined)) return undefined
  if (dimension && !Object.hasOwn(DIMENSIONS, dimension)) return undefined
  return {
    measure,
    ...(dimension ? { of: { dimension: dimension as Dimension, value } } : {}),
    ...(from === undefined ? {} : { days: { from: Number(from), to: to ? Number(to) : MOST_DAYS } }),
  }
}

/** The same as an address says it. */
export const askFor = ({ measure, of, days }: Selection): AskedSelection => ({
  measure,
  ...of,
  ...(days ? { days: `${days.from}-${days.to === MOST_DAYS ? '' : days.to}` } : {}),
})

/** What a number opens: a selection, and what it asks of the filters beside those of its page. */
export interface Opened {
  readonly selection: Selection
  readonly narrowed: Readonly<Record<string, string>>
}

type Part = Omit<Selection, 'measure'> & { readonly narrowed?: Opened['narrowed'] }
type Open = (key: string, column: string, value: number) => (Selection & Part) | undefined

/** The columns in which groups are judged. A share opens those it counts; those it counts them among stand beside it. */
const JUDGED: Readonly<Record<string, Measure>> = {
  received: 'received',
  due: 'due',
  response: 'due_answered',
  in_time: 'due_in_time',
  renewed: 'settled_renewed',
}
const judged =
  (partOf: (key: string) => Part): Open =>
  (key, column) => {
    const measure = JUDGED[column]
    return measure && { ...partOf(key), measure }
  }
const filtered = (filter: string) => judged((key) => ({ narrowed: { [filter]: key } }))
const isValue = (dimension: Dimension) => judged((value) => ({ of: { dimension, value } }))

/** Rows that are measures by their name, or by what `named` says. */
const counted =
  (named: Readonly<Record<string, Selection>> = {}): Open =>
  (key, column) =>
    column === 'complaints' ? (named[key] ?? (isMeasure(key) ? { measure: key } : undefined)) : undefined

const unsaid = (dimension: Dimension): Selection => ({ measure: 'received', of: { dimension, value: '' } })

const ofIndicator: Open = (key, column) => {
  const one = INDICATORS.find(({ code }) => code === key)
  if (one === undefined) return undefined
  if (column !== 'denominator') return { measure: one.numerator }
  return 'denominator' in one ? { measure: one.denominator } : undefined
}

/** An estimate opens the answers it stands on: those given by that day. */
const answeredBy: Open = (key, _column, value) => {
  const within = /^within_(\d+)$/.exec(key)?.[1]
  return { measure: 'answered', days: { from: 0, to: within === undefined ? value : Number(within) } }
}

/** What the numbers of each table open: by the key of the row, the code of the column, and the number itself. */
const OPENED: Readonly<Record<TableCode, Open>> = {
  commitments: ofIndicator,
  months: judged((key) => ({ narrowed: { from: key.slice(0, 7), until: key.slice(0, 7) } })),
  kinds: filtered('kind'),
  channels: filtered('channel'),
  languages: filtered('language'),
  // A body that is compared stands for itself, without its units.
  bodies: judged((body) => ({ narrowed: { body, alone: 'yes' } })),
  services: isValue('service'),
  causes: isValue('cause'),
  regions: isValue('region'),
  grounds: (value, column) =>
    column === 'complaints' ? { measure: 'received', of: { dimension: 'ground', value } } : undefined,
  review: counted(),
  waiting: (key, column) => {
    const days = WAITING_BANDS.find((band) => band.key === key)
    return days && column === 'complaints' ? { measure: 'waiting', days } : undefined
  },
  time: answeredBy,
  outcomes: counted(),
  renewals: counted(),
  satisfaction: counted(),
  quality: counted({
    without_service: unsaid('service'),
    without_cause: unsaid('cause'),
    without_region: unsaid('region'),
  }),
}

/** What a number of a living table opens; undefined where it has no list: what is kept back, nought, and another year's. */
export const openedBy = (table: FigureTable, row: FigureRow, column: Column): Opened | undefined => {
  const value = row.values[table.columns.indexOf(column)]
  if (column.before || typeof value !== 'number' || value === 0) return undefined
  const found = OPENED[table.code](row.key, column.code, value)
  if (found === undefined) return undefined
  const { narrowed = {}, measure, of, days } = found
  return { selection: { measure, ...(of ? { of } : {}), ...(days ? { days } : {}) }, narrowed }
}
