import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type PublishDeps, publishReport } from '../../../supervision/publish-report.ts'
import { queueBuild, readBuild } from '../../../supervision/queue-build.ts'
import { readDashboard } from '../../../supervision/read-dashboard.ts'
import { contentOf, listReports, type Report, readReport } from '../../../supervision/read-reports.ts'
import { REMIND_DAYS, readMissing, readReportYears, setReportYear } from '../../../supervision/report-year.ts'
import {
  acceptReport,
  buildReport,
  compareWithToday,
  returnReport,
  submitReport,
} from '../../../supervision/write-report.ts'
import { actorOf } from './actor.ts'

const Wish = z.object({
  year: z.int().min(2018).max(2100),
  /** Code of the sector; absent: the synthesis. */
  administration: z.string().max(40).optional(),
  reason: z.string().max(300).optional(),
})
const Remarks = z.object({
  remarks: z.array(z.object({ section: z.string(), text: z.string().max(1_000) })).max(20),
})

const shown = ({
  id,
  kind,
  code,
  year,
  version,
  reason,
  state,
  asOf,
  contentSha256,
  publishedAt,
}: Report) => ({
  id,
  kind,
  administration: code,
  year,
  version,
  reason,
  state,
  asOf,
  contentSha256,
  publishedAt,
})

const DEEDS = { submit: submitReport, accept: acceptReport, publish: publishReport } as const

const tags = ['staff']
const params = z.object({ id: z.string().max(40) })
const month = z
  .string()
  .regex(/^\d{4}-\d{2}$/)
  .optional()
const word = z.string().max(60).optional()
const filters = z.object({ from: month, until: month, body: word, kind: word, channel: word, language: word })

const readingRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const { sql } = deps.db
  app.get(
    '/indicators',
    { schema: { tags, summary: 'The indicators and every table behind them', querystring: filters } },
    async (request) => readDashboard(deps, actorOf(request), request.query),
  )
  app.get('/reports', { schema: { tags, summary: 'The yearly reports' } }, async (request) => ({
    items: (await listReports(sql, actorOf(request))).map(shown),
  }))
  app.get('/reports/:id', { schema: { tags, summary: 'One report, whole', params } }, async (request) => {
    const report = await readReport(sql, actorOf(request), request.params.id)
    return { ...shown(report), content: await contentOf(sql, report) }
  })
  app.get(
    '/reports/:id/differences',
    { schema: { tags, summary: 'What the report would say today otherwise', params } },
    async (request) => compareWithToday(deps, actorOf(request), request.params.id),
  )
}

const day = z.iso.date()
const Dates = z.object({
  opensOn: day,
  dueOn: day,
  synthesisOn: day,
  /** Days before the due date on which who is missing is reminded; 0 the day itself, below that after it. */
  remindDays: z
    .array(z.int())
    .max(12)
    .default([...REMIND_DAYS]),
})

/** The calendar of the reports, and builds that run. */
const yearRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const { sql } = deps.db
  const year = z.object({ year: z.coerce.number().int() })
  app.get(
    '/reports/builds/:id',
    { schema: { tags, summary: 'How far a build is; `reportId` when it is done', params } },
    async (request) => readBuild(deps, actorOf(request), request.params.id),
  )
  app.get(
    '/report-years',
    { schema: { tags, summary: 'The dates of the yearly reports' } },
    async (request) => ({
      items: await readReportYears(sql, actorOf(request)),
    }),
  )
  app.put(
    '/report-years/:year',
    { schema: { tags, summary: 'Sets the dates of a year', params: year, body: Dates } },
    async (request) => {
      const wish = { ...request.params, ...request.body }
      await setReportYear(deps, actorOf(request), wish)
      return wish
    },
  )
  app.get(
    '/report-years/:year/missing',
    { schema: { tags, summary: 'The bodies that have not handed in', params: year } },
    async (request) => ({ items: await readMissing(sql, actorOf(request), request.params.year) }),
  )
}

/** `/api/v1/staff/indicators` and `/reports`: the numbers, and the way of a report, by the rights of the desk. */
export const reportRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  readingRoutes(plainApp, deps)
  yearRoutes(plainApp, deps)
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/reports',
    {
      schema: {
        tags,
        summary: 'Freezes the numbers of a year and opens the report; with `Prefer: respond-async` later',
        body: Wish,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      if (request.headers.prefer !== 'respond-async')
        return reply.code(201).send(await buildReport(deps, actor, request.body))
      const { id } = await queueBuild(deps, actor, request.body)
      const location = `/api/v1/staff/reports/builds/${id}`
      return reply.code(202).headers({ location, 'preference-applied': 'respond-async' }).send({ build: id })
    },
  )
  app.post(
    '/reports/:id/return',
    { schema: { tags, summary: 'Gives a report back with remarks', params, body: Remarks } },
    async (request) => {
      await returnReport(deps, actorOf(request), request.params.id, request.body.remarks)
      return { id: request.params.id }
    },
  )
  for (const deed of ['submit', 'accept', 'publish'] as const)
    app.post(
      `/reports/:id/${deed}`,
      { schema: { tags, summary: `The step of a report: ${deed}`, params } },
      async (request) => {
        const { id } = request.params
        return { id, ...(await DEEDS[deed](deps, actorOf(request), id)) }
      },
    )
}
