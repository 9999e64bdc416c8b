import type { Sql } from '../db/client.ts'
import { type Counts, type Dimension, JUDGING, type JudgingMeasure } from './measures.ts'
import {
  type BreakdownRow,
  type CountedWay,
  type EndedDays,
  type Filters,
  readBreakdown,
  readCounts,
  readDays,
  readWays,
} from './read-counts.ts'

/** What the tables of one page are made of: what several ask for is read once, when the first of them does. */
export interface Reading {
  readonly sql: Sql
  readonly filters: Filters
  readonly counts: () => Promise<Counts>
  readonly days: () => Promise<EndedDays[]>
  /** What the judged columns of channels and languages are made of. */
  readonly ways: () => Promise<CountedWay<JudgingMeasure>[]>
  readonly breakdown: (dimension: Dimension) => Promise<BreakdownRow[] | undefined>
}

/** Begins a reading of the kept sums; nothing is read yet. */
export const openReading = (sql: Sql, filters: Filters): Reading => {
  const begun = new Map<string, Promise<unknown>>()
  const once = <T>(name: string, read: () => Promise<T>): Promise<T> => {
    const reading = (begun.get(name) as Promise<T> | undefined) ?? read()
    begun.set(name, reading)
    return reading
  }
  return {
    sql,
    filters,
    counts: () => once('counts', () => readCounts(sql, filters)),
    days: () => once('days', () => readDays(sql, filters)),
    ways: () => once('ways', () => readWays(sql, filters, JUDGING)),
    breakdown: (dimension) => once(dimension, () => readBreakdown(sql, filters, dimension)),
  }
}
