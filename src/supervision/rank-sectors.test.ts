import { expect, it } from 'vitest'
import type { Value } from '../core/figure-table.ts'
import type { ReportedSector } from '../core/report.ts'
import { rankShown } from './rank-sectors.ts'

const sector = (code: string, inTime: Value): ReportedSector => ({
  code,
  names: {},
  contentSha256: '',
  tables: [
    {
      code: 'commitments',
      columns: [{ code: 'share', unit: 'share' }],
      rows: [
        { key: 'response', values: ['few'] },
        { key: 'in_time', values: [inTime] },
      ],
    },
  ],
})

it('gives no place to a sector whose share is kept back, and no group to nobody', () => {
  const shown = [sector('A', 0.9), sector('B', 'few'), sector('C', 0.7), sector('D', 'few')]
  const ranking = [
    { group: 'small', codes: ['A', 'B', 'C'] },
    { group: 'large', codes: ['D'] },
  ] as const
  expect(rankShown(ranking, shown)).toEqual([{ group: 'small', codes: ['A', 'C'] }])
})
