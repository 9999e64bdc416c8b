import { describe, expect, it } from 'vitest'
import type { FigureTable, Value } from '../core/figure-table.ts'
import { protectTable, protectTotal } from './protect.ts'

const tableOf = (...values: Value[]): FigureTable => ({
  code: 'kinds',
  columns: [{ code: 'received', unit: 'count' }],
  rows: values.map((value, nth) => ({ key: `row ${nth}`, values: [value] })),
})
const shownTotal = (total: FigureTable, ...parts: FigureTable[]): Value[] =>
  protectTotal(
    total,
    parts.map((whole) => ({ whole, shown: protectTable(whole) })),
  ).rows.map(({ values: [value] }) => value ?? null)

describe('a total of tables that are public too', () => {
  it('is shown where no part keeps anything back', () => {
    expect(shownTotal(tableOf(30, 50), tableOf(10, 20), tableOf(20, 30))).toEqual([30, 50])
  })
  it('is kept back where it would give away the one part that is', () => {
    expect(shownTotal(tableOf(23, 50), tableOf(3, 20), tableOf(20, 30))).toEqual(['few', 'few'])
  })
  it('is shown where what is kept back is of several parts and of five people or more', () => {
    expect(shownTotal(tableOf(6, 50), tableOf(3, 20), tableOf(3, 30))).toEqual([6, 50])
  })
  it('is kept back where several parts together are still few', () => {
    expect(shownTotal(tableOf(22, 50), tableOf(1, 10), tableOf(1, 20), tableOf(20, 20))[0]).toBe('few')
  })
})
