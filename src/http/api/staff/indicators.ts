import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { GAMING_CHECKS } from '../../../supervision/compare-bodies.ts'
import { SIZE_GROUPS } from '../../../supervision/indicators.ts'
import { DIMENSIONS, type Dimension, MEASURE_NAMES } from '../../../supervision/measures.ts'
import { BEHIND_ROWS, readBehind } from '../../../supervision/read-behind.ts'
import { readDashboard } from '../../../supervision/read-dashboard.ts'
import type { CountingDeps } from '../../../supervision/refresh-cells.ts'
import { actorOf } from './actor.ts'
import { table } from './report-shapes.ts'
import { body, listedComplaint, names, plain } from './shapes.ts'

const tags = ['staff']
const day = z.iso.date()
const measure = z.enum(MEASURE_NAMES)
const month = z
  .string()
  .regex(/^\d{4}-\d{2}$/)
  .optional()
const word = z.string().max(60).optional()

const filters = z.object({
  from: month,
  until: month,
  body: word.describe('Code of a body, with its units'),
  alone: word.describe('Anything: that body without its units'),
  kind: word.describe('`all`: the three together; absent: complaints'),
  channel: word,
  language: word,
})

const selection = z.object({
  measure: measure.describe('What is counted, as `indicator.numerator` and the rows of some tables name it'),
  dimension: z
    .enum(Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]])
    .optional()
    .describe('Of one `value` of this alone'),
  value: word.describe('Empty: what was not said'),
  days: z
    .string()
    .regex(/^\d{1,5}-\d{0,5}$/)
    .optional()
    .describe('Of so many days from filing to the end of the first pass, or until now: `16-30`, `76-`'),
  page: z.coerce.number().int().min(1).default(1).describe('After the last one comes the last one again'),
})

const listedBody = body.extend({ id: z.string() })
const groups = SIZE_GROUPS.map(({ code }) => code)

const tile = z.object({
  indicator: z.object({
    code: z.string(),
    version: z.int().describe('Of the formula'),
    numerator: measure,
    denominator: measure.optional().describe('Absent: a count, no share'),
    target: z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })]).optional(),
    commitment: z.literal(true).optional().describe('Of the plan of action'),
    owner: z.literal('ministry'),
    waitsFor: measure.optional(),
  }),
  numerator: z.int(),
  denominator: z.int().optional(),
  incomplete: z.boolean().describe('Part of what it counts is not decided yet'),
})

const dashboard = z.object({
  filters: z
    .object({
      from: day,
      until: day,
      bodies: z.union([z.literal('everything'), z.array(z.string())]),
      kind: z.string().optional(),
      channel: z.string().optional(),
      language: z.string().optional(),
    })
    .describe('As they were understood'),
  body: listedBody.optional().describe('Absent: everybody'),
  choices: z.array(listedBody).describe('The bodies that may be asked for'),
  state: z
    .object({ asOf: day, refreshedAt: z.iso.datetime() })
    .optional()
    .describe('The office day the numbers speak of; absent before the first count'),
  affiliated: z.int().describe('Bodies that take complaints'),
  tiles: z.array(tile),
  tables: z.array(table),
  comparisons: z.array(z.object({ group: z.enum(groups), table })),
  leftOut: z.int().describe('Bodies with too little behind them to be compared'),
  suspicions: z.array(
    z.object({
      check: z.enum(GAMING_CHECKS),
      code: z.string(),
      names,
      count: z.int(),
      of: z.int(),
      day: day.optional(),
    }),
  ),
})

const behind = z.object({
  count: z.int().describe('All of them: the number that was opened'),
  page: z.int(),
  pages: z.int(),
  items: z.array(listedComplaint),
})

/** The indicators of whoever asks, and the complaints behind each number. */
export const indicatorRoutes = (plainApp: FastifyInstance, deps: CountingDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/indicators',
    {
      schema: {
        tags,
        summary: 'The indicators and every table behind them',
        querystring: filters,
        response: { 200: dashboard },
      },
    },
    async (request) => plain(await readDashboard(deps, actorOf(request), request.query)),
  )
  app.get(
    '/indicators/list',
    {
      schema: {
        tags,
        summary: `The complaints behind a number, the newest first, ${BEHIND_ROWS} a page`,
        querystring: filters.extend(selection.shape),
        response: { 200: behind },
      },
    },
    async (request) => plain(await readBehind(deps, actorOf(request), request.query)),
  )
}
