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

/** Hidden parts whose sum leaves each of them fewer values than this stand for no protection: 1 + 1 is two ones. */
const LEAST_DOUBT = 2

const isSecret = ({ count, kept }: GridCell): boolean => kept === true || isSmall(count)
const total = (numbers: Iterable<number>): number => {
  let sum = 0
  for (const n of numbers) sum += n
  return sum
}

interface Bounds {
  low: number
  high: number
}

/** Narrows what the hidden parts of one line may be by their sum; true when it could. */
const narrow = (parts: readonly { readonly cell: GridCell; readonly bounds: Bounds }[]): boolean => {
  const sum = total(parts.map(({ cell }) => cell.count))
  let lows = total(parts.map(({ bounds }) => bounds.low))
  let highs = total(parts.map(({ bounds }) => bounds.high))
  let narrowed = false
  for (const { bounds } of parts) {
    const { low, high } = bounds
    bounds.high = Math.min(high, sum - (lows - low))
    // The others at their most, where that is known.
    if (highs < Number.POSITIVE_INFINITY) bounds.low = Math.max(low, sum - (highs - high))
    lows += bounds.low - low
    highs =
      high === Number.POSITIVE_INFINITY
        ? total(parts.map((part) => part.bounds.high))
        : highs + bounds.high - high
    narrowed ||= bounds.high < high || bounds.low > low
  }
  return narrowed
}

/**
 * The secrets that somebody can work out who knows every shown cell and the sum of every line, but for sums that are small
 * themselves. A hidden cell stands for somebody, unless a zero was hidden beside it.
 */
const workedOut = (lines: readonly (readonly GridCell[])[], hidden: ReadonlySet<GridCell>): GridCell[] => {
  const known = lines
    .filter((line) => !isSmall(total(line.map(({ count }) => count))))
    .map((line) => line.filter((cell) => hidden.has(cell)))
    .filter(({ length }) => length > 0)
  const doubtful = new Set(known.filter((line) => line.some(({ count }) => count === 0)).flat())
  const bounds = new Map(
    [...hidden].map((cell) => [cell, { low: doubtful.has(cell) ? 0 : 1, high: Number.POSITIVE_INFINITY }]),
  )
  const parts = known.map((line) =>
    line.flatMap((cell) => {
      const own = bounds.get(cell)
      return own ? [{ cell, bounds: own }] : []
    }),
  )
  while (parts.filter(narrow).length > 0);
  return [...bounds].flatMap(([cell, { low, high }]) =>
    isSecret(cell) && high - low < LEAST_DOUBT ? [cell] : [],
  )
}

/**
 * Which cells to keep back: the small ones and, where the sum of a line would give one away, the next larger parts of that
 * line too, at last a zero, until whoever knows all sums and all that is shown can work out none of them.
 */
export const hiddenOf = (cells: readonly GridCell[]): Set<GridCell> => {
  const hidden = new Set(cells.filter(isSecret))
  const named = Map.groupBy(
    cells.flatMap((cell) => cell.lines.map((line) => ({ cell, line }))),
    ({ line }) => line,
  )
  const lines = new Map([...named].map(([line, parts]) => [line, parts.map(({ cell }) => cell)]))
  const rank = ({ count }: GridCell): number => count || Number.POSITIVE_INFINITY
  const hideNext = (line: string): boolean => {
    const shown = (lines.get(line) ?? []).filter((cell) => !hidden.has(cell))
    const [next] = shown.toSorted((a, b) => rank(a) - rank(b))
    if (next) hidden.add(next)
    return next !== undefined
  }
  const hideBeside = ({ lines: own }: GridCell): boolean => own.filter(hideNext).length > 0
  while (workedOut([...lines.values()], hidden).filter(hideBeside).length > 0);
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

/** What the shares of a column are shares of, where it is another column. */
const WHOLES: Readonly<Record<string, string>> = { response: 'due', in_time: 'due', share: 'denominator' }

const columnOf = ({ columns }: FigureTable, code: string | undefined, before = false): number =>
  columns.findIndex((one) => one.code === code && (one.before ?? false) === before)

/** How many a value is about: as its row says, or a column of the same year beside it. */
const wholeOf = (table: FigureTable, row: FigureRow, nth: number): number => {
  const column = table.columns[nth]
  return row.of?.[nth] ?? numberAt(row, columnOf(table, WHOLES[column?.code ?? ''], column?.before))
}

/** What a share gives away as soon as its whole is known: those who are in it, and those who are not. */
const partsOf = (table: FigureTable, row: FigureRow, nth: number): readonly [number, number] => {
  const whole = wholeOf(table, row, nth)
  const part = Math.round(numberAt(row, nth) * whole)
  return [part, whole - part]
}
const betrays = (table: FigureTable, row: FigureRow, nth: number): boolean =>
  isSmall(wholeOf(table, row, nth)) || partsOf(table, row, nth).some(isSmall)

/**
 * The shares answered, and answered in time, that tell of few people: by one of them, by what lies between them, or, where the
 * rows are parts of a sum, by subtracting all others from it.
 */
const hideShares = (
  table: FigureTable,
  isKept: IsKept,
  nth: number,
  counted: (row: FigureRow) => number,
): ReadonlySet<number> => {
  const cells = table.rows.flatMap((row, at) =>
    typeof row.values[nth] === 'number'
      ? [
          {
            at,
            count: counted(row),
            lines: isPart(table, row) ? ['all'] : [],
            kept: isKept(row.key, nth) || betrays(table, row, nth),
          },
        ]
      : [],
  )
  return new Set([...hiddenOf(cells)].map((cell) => (cell as (typeof cells)[number]).at))
}

/** How many were answered late: they lie between the two shares of a row. */
const lateOf = (table: FigureTable, row: FigureRow, before: boolean | undefined): number => {
  const [answered] = partsOf(table, row, columnOf(table, 'response', before))
  return answered - partsOf(table, row, columnOf(table, 'in_time', before))[0]
}

const hideColumn = (table: FigureTable, nth: number, isKept: IsKept): ReadonlySet<number> => {
  const cells = table.rows.map((row, at) => ({
    at,
    count: numberAt(row, nth),
    lines: isPart(table, row) ? ['all'] : [],
    kept: isKept(row.key, nth) || tellsTooMuch(table, at, nth),
  }))
  const hidden = new Set([...hiddenOf(cells)].map((cell) => (cell as (typeof cells)[number]).at))
  if (NESTED.includes(table.code))
    for (const [at, { count }] of cells.entries()) {
      const above = cells[at - 1]
      if (above && isSmall(above.count - count)) hidden.add(at)
    }
  return hidden
}

/** Of the commitments: the count beside a share that says too much, or that only a few separate from the one above. */
const tellsTooMuch = (table: FigureTable, at: number, nth: number): boolean => {
  const [row, above] = [table.rows[at], table.rows[at - 1]]
  const column = table.columns[nth]
  if (row === undefined || column?.code !== 'numerator') return false
  const late = row.key === 'in_time' && above ? numberAt(above, nth) - numberAt(row, nth) : 0
  return isSmall(late) || betrays(table, row, columnOf(table, 'share', column.before))
}

/** Days, and shares of what is followed over days: each step is a group, and so is everybody. */
const hideSteps = (table: FigureTable, nth: number): ReadonlySet<number> => {
  let shown = 0
  const hidden = table.rows.flatMap((row, at) => {
    const whole = row.of?.[nth] ?? 0
    const [part] = partsOf(table, row, nth)
    const isDays = table.columns[nth]?.unit === 'days'
    if (isSmall(whole) || (!isDays && (betrays(table, row, nth) || isSmall(part - shown)))) return [at]
    if (!isDays && typeof row.values[nth] === 'number') shown = part
    return []
  })
  return new Set(hidden)
}

const protectAlso = (table: FigureTable, isKept: IsKept): FigureTable => {
  const hidden = table.columns.map(({ code, unit, before }, nth): ReadonlySet<number> => {
    if (unit === 'count') return hideColumn(table, nth, isKept)
    if (table.code === 'time') return hideSteps(table, nth)
    if (code === 'response') return hideShares(table, isKept, nth, (row) => partsOf(table, row, nth)[1])
    const isLate = (row: FigureRow): boolean => code === 'in_time' && isSmall(lateOf(table, row, before))
    const tells: IsKept = (key, at) =>
      isKept(key, at) || table.rows.some((row) => row.key === key && isLate(row))
    return hideShares(table, tells, nth, (row) => partsOf(table, row, nth)[0])
  })
  /** A count of the same row and year that is kept back: a share of it would bring it back. */
  const hidesCount = (at: number, before = false): boolean =>
    table.columns.some(
      (column, nth) => column.unit === 'count' && (column.before ?? false) === before && hidden[nth]?.has(at),
    )
  const protect = ({ of: _, ...row }: FigureRow, at: number): FigureRow => {
    const values = row.values.map((value, nth): Value => {
      const column = table.columns[nth]
      if (value === null) return value
      const isBrought = column?.unit === 'share' && hidesCount(at, column.before)
      return hidden[nth]?.has(at) || isBrought ? 'few' : value
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

/** What one cell counts in the parts that keep it back; of a share, who is in it and who is not. */
const keptIn = (parts: readonly Part[], key: string, nth: number): readonly (readonly number[])[] => {
  const kept = parts.flatMap(({ whole, shown }) => {
    const row = whole?.rows.find((one) => one.key === key)
    const isKept = shown?.rows.find((one) => one.key === key)?.values[nth] === 'few'
    if (whole === undefined || row === undefined || !isKept) return []
    return [whole.columns[nth]?.unit === 'count' ? [numberAt(row, nth)] : partsOf(whole, row, nth)]
  })
  return [0, 1].map((side) => kept.flatMap((counts) => counts[side] ?? []))
}

/**
 * A table that adds up others which are public too. A total is kept back with its small parts where subtracting what the parts
 * show would leave one part, or fewer than five people.
 */
export const protectTotal = (table: FigureTable, parts: readonly Part[]): FigureTable =>
  protectAlso(table, (key, nth) =>
    keptIn(parts, key, nth).some((kept) => kept.length === 1 || isSmall(total(kept))),
  )
