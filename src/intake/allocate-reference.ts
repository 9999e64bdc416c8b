import { randomInt } from 'node:crypto'
import { officeDay } from '../core/deadlines.ts'
import { composeReference } from '../core/reference.ts'

/** With a third of a year's ten million numbers taken, eight candidates all collide once in 6,500 filings; then eight more. */
const CANDIDATES = 8

/** References that may be free, for the office year of an instant; the database takes the first that is. */
export const referenceCandidates = (at: Date, zone: string): string[] => {
  const year = Number(officeDay(at, zone).slice(0, 4))
  return Array.from({ length: CANDIDATES }, () => composeReference(year, randomInt(10_000_000)))
}
