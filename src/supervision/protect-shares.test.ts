import { describe, expect, it } from 'vitest'
import type { FigureTable } from '../core/figure-table.ts'
import { protectTable, protectTotal } from './protect.ts'

const share = (code: string) => ({ code, unit: 'share' as const })
const count = (code: string) => ({ code, unit: 'count' as const })

/** Rows of answered in time, answered late and not answered. */
const judged = (rows: readonly (readonly [timely: number, late: number, un: number])[]): FigureTable => ({
  code: 'regions',
  columns: [count('received'), share('response'), share('in_time'), count('due')],
  rows: rows.map(([timely, late, un], nth) => {
    const due = timely + late + un
    return { key: String(nth), values: [due + 40, (timely + late) / due, timely / due, due] }
  }),
})
const shownOf = ({ rows }: FigureTable, nth: number) => rows.map(({ values }) => values[nth] !== 'few')

describe('shares of a table whose sum is known', () => {
  it('hides beside a share that tells of one person the one that would bring it back', () => {
    const table = protectTable(
      judged([
        [80, 10, 1],
        [70, 10, 20],
        [60, 10, 30],
      ]),
    )
    expect(shownOf(table, 1)).toEqual([false, false, true])
    expect(shownOf(table, 2)).toEqual([true, true, true])
  })

  it('hides one of two shares whose difference is a few people', () => {
    const [row] = protectTable(
      judged([
        [50, 2, 30],
        [40, 20, 20],
        [40, 20, 20],
      ]),
    ).rows
    expect(row?.values.slice(1, 3)).toContain('few')
  })

  it('leaves what tells of nobody', () => {
    const table = judged([
      [50, 10, 30],
      [40, 0, 20],
      [40, 20, 0],
    ])
    expect(protectTable(table)).toEqual(table)
  })

  it('hides the share of a sum where one part alone is kept back', () => {
    const parts = [judged([[80, 10, 1]]), judged([[70, 10, 20]])].map((whole) => ({
      whole,
      shown: protectTable(whole),
    }))
    expect(shownOf(protectTotal(judged([[150, 20, 21]]), parts), 1)).toEqual([false])
  })
})

describe('shares of what no column says', () => {
  it('hides of bodies compared what is about one of their filings', () => {
    const table: FigureTable = {
      code: 'bodies',
      columns: [count('received'), share('response'), share('in_time'), share('renewed')],
      rows: [{ key: 'EAU', values: [126, 76 / 77, 65 / 77, 6 / 90], of: [null, 77, 77, 90] }],
    }
    expect(protectTable(table).rows).toEqual([{ key: 'EAU', values: [126, 'few', 65 / 77, 6 / 90] }])
  })

  it('hides steps in time that only few made, and the days of fewer than five', () => {
    const within = (key: string, value: number) => ({ key, values: [value, null], of: [100, 100] })
    const table: FigureTable = {
      code: 'time',
      columns: [share('answered_share'), { code: 'days', unit: 'days' }],
      rows: [
        within('within_5', 0.02),
        within('within_10', 0.1),
        within('within_15', 0.12),
        within('within_30', 0.3),
      ],
    }
    const median = { ...table, rows: [{ key: 'median', values: [null, 12], of: [4, 4] }] }
    expect(shownOf(protectTable(table), 0)).toEqual([false, true, false, true])
    expect(protectTable(median).rows[0]?.values).toEqual([null, 'few'])
  })

  it('hides of a commitment the count that only a few separate from its whole, or from the one above', () => {
    const rows = [
      ['response', 91, 100],
      ['in_time', 88, 100],
      ['renewed', 97, 100],
    ] as const
    const table: FigureTable = {
      code: 'commitments',
      columns: [share('share'), count('numerator'), count('denominator')],
      rows: rows.map(([key, part, whole]) => ({ key, values: [part / whole, part, whole] })),
    }
    expect(protectTable(table).rows.map(({ values }) => values)).toEqual([
      [0.91, 91, 100],
      ['few', 'few', 100],
      ['few', 'few', 100],
    ])
  })
})
