import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type PublishDeps, publishReport } from '../../../supervision/publish-report.ts'
import { readDashboard } from '../../../supervision/read-dashboard.ts'
import { contentOf, listReports, type Report, readReport } from '../../../supervision/read-reports.ts'
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

/** `/api/v1/staff/indicators` and `/reports`: the numbers, and the way of a report, by the rights of the desk. */
export const reportRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  readingRoutes(plainApp, deps)
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/reports',
    { schema: { tags, summary: 'Freezes the numbers of a year and opens the report', body: Wish } },
    async (request, reply) => reply.code(201).send(await buildReport(deps, actorOf(request), request.body)),
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
