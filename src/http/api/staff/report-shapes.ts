import { z } from 'zod'
import { CAUSES } from '../../../core/cause.ts'
import { TABLE_CODES } from '../../../core/figure-table.ts'
import { BUILD_STEPS, MEASURE_STATES, REPORT_STATES } from '../../../core/report.ts'
import { names } from './shapes.ts'

const instant = z.iso.datetime()
const day = z.iso.date()

export const value = z
  .union([z.number(), z.literal('few'), z.null()])
  .describe('null: nothing to judge; `few`: kept back, fewer than five people are behind it')

export const table = z.looseObject({
  code: z.enum(TABLE_CODES),
  columns: z.array(z.looseObject({ code: z.string(), unit: z.enum(['count', 'share', 'days']) })),
  rows: z.array(z.looseObject({ key: z.string(), values: z.array(value) })),
})

export const measureWish = {
  cause: z.enum(CAUSES),
  ar: z.string().max(400).default(''),
  fr: z.string().max(400).default(''),
  owner: z.string().trim().min(1).max(120).describe('Who does it'),
  dueOn: day,
  state: z.enum(MEASURE_STATES),
}

const measure = z.object({
  id: z.string(),
  version: z.string().describe('For `seen`'),
  ...measureWish,
  owner: z.string(),
  firstYear: z.int(),
  adoptedOn: day.nullable(),
  before: value.describe('Filings with this cause the year before'),
  after: value.describe('Filings with this cause in the year of the report'),
  notKept: z.boolean().describe('It should have been done by now, and was not'),
})

export const report = z.object({
  id: z.string(),
  kind: z.enum(['sector', 'synthesis']),
  administration: z.string().nullable().describe('Code of the sector; null: the synthesis'),
  year: z.int(),
  version: z.int(),
  reason: z.string().nullable().describe('Why a published version was corrected'),
  state: z.enum(REPORT_STATES),
  asOf: day.describe('The office day the numbers speak of'),
  changedAt: instant.describe('For `seen` of a step'),
  contentSha256: z.string().nullable(),
  publishedAt: instant.nullable(),
})

export const writing = z.object({
  sections: z.array(
    z.object({
      section: z.string(),
      ar: z.string(),
      fr: z.string(),
      version: z.string().describe('For `seen`; empty: nothing is written yet'),
      byMinistry: z.boolean().describe('Of a body’s report: in words that are not the body’s own'),
    }),
  ),
  measures: z.array(measure),
  remarks: z.array(
    z.object({
      id: z.string(),
      section: z.string(),
      text: z.string(),
      at: instant,
      settledAt: instant.nullable(),
      answer: z.string().nullable(),
    }),
  ),
  newer: z
    .array(z.object({ code: z.string(), names, version: z.int(), added: z.int().nullable() }))
    .describe('Of a synthesis: sectors whose report was accepted after it was built. Build it again'),
})

export const wholeReport = report.extend({
  content: z
    .looseObject({
      year: z.int(),
      version: z.int(),
      asOf: day,
      snapshotSha256: z.string(),
      tables: z.array(table),
    })
    .describe('What the report says, as it is or will be frozen'),
  ...writing.shape,
})

export const differences = z.object({
  reproducible: z.boolean().describe('Each figure came out again from the frozen sums'),
  differences: z.array(
    z.object({ table: z.string(), row: z.string(), column: z.string(), was: value, is: value }),
  ),
})

export const build = z.object({
  id: z.string(),
  year: z.int(),
  code: z.string().nullable(),
  names: names.nullable(),
  reason: z.string().nullable(),
  state: z.enum(['waiting', ...BUILD_STEPS, 'done', 'failed']),
  failure: z.string().nullable(),
  reportId: z.string().nullable().describe('Set when it is done'),
})
