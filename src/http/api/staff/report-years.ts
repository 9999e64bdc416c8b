import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { PublishDeps } from '../../../supervision/publish-report.ts'
import { REMIND_DAYS, readMissing, readReportYears, setReportYear } from '../../../supervision/report-year.ts'
import { actorOf } from './actor.ts'
import { names, plain } from './shapes.ts'

const tags = ['staff']
const day = z.iso.date()
const dates = {
  opensOn: day.describe('From this day on bodies write'),
  dueOn: day.describe('The last day for handing in'),
  synthesisOn: day,
}
const Dates = z.object({
  ...dates,
  remindDays: z
    .array(z.int())
    .max(12)
    .default([...REMIND_DAYS])
    .describe(
      'Days before the due date on which who is missing is reminded; 0 the day itself, below that after it',
    ),
})
const reportYear = z.object({ year: z.int(), ...dates, remindDays: z.array(z.int()) })
const missing = z.object({
  code: z.string(),
  names,
  state: z.enum(['draft', 'returned']).nullable().describe('null: not even begun'),
  remindedAt: z.iso.datetime().nullable(),
})

/** The calendar of the yearly reports, and who is missing. */
export const reportYearRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const { sql } = deps.db
  const params = z.object({ year: z.coerce.number().int() })
  app.get(
    '/report-years',
    {
      schema: {
        tags,
        summary: 'The dates of the yearly reports',
        response: { 200: z.object({ items: z.array(reportYear) }) },
      },
    },
    async (request) => ({ items: plain(await readReportYears(sql, actorOf(request))) }),
  )
  app.put(
    '/report-years/:year',
    {
      schema: {
        tags,
        summary: 'Sets the dates of a year',
        params,
        body: Dates,
        response: { 200: reportYear },
      },
    },
    async (request) => {
      const wish = { ...request.params, ...request.body }
      await setReportYear(deps, actorOf(request), wish)
      return wish
    },
  )
  app.get(
    '/report-years/:year/missing',
    {
      schema: {
        tags,
        summary: 'The bodies that have not handed in',
        params,
        response: { 200: z.object({ items: z.array(missing) }) },
      },
    },
    async (request) => ({ items: plain(await readMissing(sql, actorOf(request), request.params.year)) }),
  )
}
