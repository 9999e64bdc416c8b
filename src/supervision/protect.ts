import type { FigureRow, FigureTable, TableCode, Value } from '../core/figure-table.ts'

/** Fewer people than this and a number might tell of one of them (law 09-08, promise P88). */
export const FEW = 5

const isSmall = (n: number): boolean => n > 0 && n < FEW

/** Something counted, in as many sums as it belongs to: a row's and a column's total, say. */
interface GridCell {
  readonly count: number
  readonly lines: readonly string[]
  /** Kept back whatever its size. */
  readonly kept?: boolean
}

/**
 * Which cells to keep back: the small ones and, where a total minus its other parts would give one away, the next larger part
 * too, until no total stands on a single hidden part.
 */
export const hiddenOf = (cells: readonly GridCell[]): Set<GridCell> => {
  const hidden = new Set(cells.filter(({ count, kept }) => kept || isSmall(count)))
  const lines = new Map<string, GridCell[]>()
  for (const cell of cells) for (const name of cell.lines) lines.set(name, [...(lines.get(name) ?? []), cell])
  for (let changed = true; changed; ) {
    changed = false
    for (const line of lines.values()) {
      const kept = line.filter((cell) => hidden.has(cell))
      if (kept.length !== 1) continue
      const [next] = line
        .filter((cell) => !hidden.has(cell) && cell.count > 0)
        .toSorted((a, b) => a.count - b.count)
      if (next === undefined) continue
      hidden.add(next)
      changed = true
    }
  }
  return hidden
}

/** Tables whose rows add up to a number that is shown elsewhere. Of the formal review, transfers are no part. */
const PARTS: readonly TableCode[] = [
  'months',
  'kinds',
  'channels',
  'languages',
  'services',
  'causes',
  'regions',
  'review',
  'grounds',
  'waiting',
  'outcomes',
]
const isPart = ({ code }: FigureTable, { key }: FigureRow): boolean =>
  PARTS.includes(code) && !(code === 'review' && key === 'transferred')

/** Tables in which each row is a part of the one above: a small difference tells as much as a small number. */
const NESTED: readonly TableCode[] = ['satisfaction', 'renewals']

const numberAt = (row: FigureRow, nth: number): number => {
  const value = row.values[nth]
  return typeof value === 'number' ? value : 0
}

/** Whether a cell is kept back for a reason outside its table, by its row and column. */
type IsKept = (key: string, nth: number) => boolean

/** A share gives its numerator away as soon as the denominator stands beside it. */
const betrays = (share: Value, of: number): boolean => {
  if (typeof share !== 'number') return false
  const part = Math.round(share * of)
  return isSmall(of) || isSmall(part) || isSmall(of - part)
}

const hideColumn = (table: FigureTable, nth: number, isKept: IsKept): ReadonlySet<number> => {
  const cells = table.rows.map((row, at) => ({
    at,
    count: numberAt(row, nth),
    lines: isPart(table, row) ? ['all'] : [],
    kept: isKept(row.key, nth),
  }))
  const hidden = new Set([...hiddenOf(cells)].map((cell) => (cell as (typeof cells)[number]).at))
  if (NESTED.includes(table.code))
    for (const [at, { count }] of cells.entries()) {
      const above = cells[at - 1]
      if (above && isSmall(above.count - count)) hidden.add(at)
    }
  return hidden
}

const protectAlso = (table: FigureTable, isKept: IsKept): FigureTable => {
  const hidden = table.columns.map(({ unit }, nth) =>
    unit === 'count' ? hideColumn(table, nth, isKept) : new Set<number>(),
  )
  /** The denominator beside a share: of the same year. */
  const dueOf = (before = false): number =>
    table.columns.findIndex(
      (one) => (one.code === 'due' || one.code === 'denominator') && (one.before ?? false) === before,
    )
  /** A count of the same row and year that is kept back: a share of it would bring it back. */
  const hidesCount = (at: number, before = false): boolean =>
    hidden.some((column, nth) => column.has(at) && (table.columns[nth]?.before ?? false) === before)
  const protect = (row: FigureRow, at: number): FigureRow => {
    const values = row.values.map((value, nth): Value => {
      const unit = table.columns[nth]?.unit
      if (value === null || unit === 'days') return value
      if (unit === 'count') return hidden[nth]?.has(at) ? 'few' : value
      const before = table.columns[nth]?.before
      const dueAt = dueOf(before)
      return hidesCount(at, before) || (dueAt >= 0 && betrays(value, numberAt(row, dueAt))) ? 'few' : value
    })
    return { ...row, values }
  }
  return { ...table, rows: table.rows.map(protect) }
}

/** The table as anyone may see it: small groups, and what would give them away, are `few`. */
export const protectTable = (table: FigureTable): FigureTable => protectAlso(table, () => false)

/** What a part of a total holds, and what of it anyone may see. */
interface Part {
  readonly whole: FigureTable | undefined
  readonly shown: FigureTable | undefined
}

/** The values of one cell in the parts that keep it back. */
const keptIn = (parts: readonly Part[], key: string, nth: number): number[] =>
  parts.flatMap(({ whole, shown }) => {
    const row = whole?.rows.find((one) => one.key === key)
    const isKept = shown?.rows.find((one) => one.key === key)?.values[nth] === 'few'
    return row && isKept ? [numberAt(row, nth)] : []
  })

/**
 * A table that adds up others which are public too. A total is kept back with its small parts where subtracting what the parts
 * show would leave one part, or fewer than five people.
 */
export const protectTotal = (table: FigureTable, parts: readonly Part[]): FigureTable =>
  protectAlso(table, (key, nth) => {
    const kept = keptIn(parts, key, nth)
    return kept.length === 1 || isSmall(kept.reduce((sum, value) => sum + value, 0))
  })
