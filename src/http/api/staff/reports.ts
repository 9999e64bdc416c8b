import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { REPORT_LOCALES } from '../../../core/report.ts'
import { buildReport } from '../../../supervision/build-report.ts'
import { compareWithToday } from '../../../supervision/compare-report.ts'
import { acceptReport, returnReport, submitReport } from '../../../supervision/hand-report.ts'
import { type PublishDeps, publishReport, readPaper } from '../../../supervision/publish-report.ts'
import { queueBuild, readBuild } from '../../../supervision/queue-build.ts'
import { contentOf, listReports, readReport } from '../../../supervision/read-reports.ts'
import { readWriting } from '../../../supervision/read-writing.ts'
import { actorOf } from './actor.ts'
import { indicatorRoutes } from './indicators.ts'
import { build, differences, report, wholeReport } from './report-shapes.ts'
import { reportWritingRoutes } from './report-writing.ts'
import { reportYearRoutes } from './report-years.ts'
import { bytesOf, plain } from './shapes.ts'

const Wish = z.object({
  year: z.int().min(2018).max(2100),
  administration: z.string().max(40).optional().describe('Code of the sector; absent: the synthesis'),
  reason: z.string().max(300).optional().describe('Why a published report is corrected'),
})
const seen = z
  .string()
  .max(40)
  .optional()
  .describe('`changedAt` of the report as it was read: refused with `conflict` when something happened since')
const Remarks = z.object({
  seen,
  remarks: z.array(z.object({ section: z.string(), text: z.string().max(1_000) })).max(20),
})

const tags = ['staff']
const params = z.object({ id: z.string().max(40) })

const readingRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const { sql } = deps.db
  app.get(
    '/reports',
    {
      schema: {
        tags,
        summary: 'The yearly reports, the newest year first',
        response: { 200: z.object({ items: z.array(report) }) },
      },
    },
    async (request) => ({
      items: plain([...(await listReports(sql, actorOf(request)))]).map(({ code, ...one }) => ({
        ...one,
        administration: code,
      })),
    }),
  )
  app.get(
    '/reports/:id',
    {
      schema: {
        tags,
        summary:
          'One report, whole: what it says, what is written and remarked, and of a synthesis which sectors are newer',
        params,
        response: { 200: wholeReport },
      },
    },
    async (request) => {
      const found = await readReport(sql, actorOf(request), request.params.id)
      const content = await contentOf(sql, found)
      return plain({
        ...found,
        administration: found.code,
        ...(await readWriting(sql, found, content)),
        content,
      }) as never
    },
  )
  app.get(
    '/reports/:id/differences',
    {
      schema: {
        tags,
        summary: 'What the report would say today otherwise',
        params,
        response: { 200: differences },
      },
    },
    async (request) => compareWithToday(deps, actorOf(request), request.params.id),
  )
}

const paperRoute = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/reports/:id/papers/:language',
    {
      schema: {
        tags,
        summary: 'The report as a PDF, as it would be printed now',
        params: params.extend({ language: z.enum(REPORT_LOCALES) }),
        response: { 200: bytesOf('application/pdf') },
      },
    },
    async (request, reply) => {
      const { id, language } = request.params
      const { type, bytes } = await readPaper(deps, actorOf(request), id, language)
      return reply.type(type).send(bytes)
    },
  )
}

const buildRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/reports',
    {
      schema: {
        tags,
        summary: 'Freezes the numbers of a year and opens the report; with `Prefer: respond-async` later',
        body: Wish,
        response: {
          201: z.object({ id: z.string() }),
          202: z.object({ build: z.string().describe('`Location` says how far it is') }),
        },
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
  app.get(
    '/reports/builds/:id',
    {
      schema: {
        tags,
        summary: 'How far a build is; `reportId` when it is done',
        params,
        response: { 200: build },
      },
    },
    async (request) => readBuild(deps, actorOf(request), request.params.id),
  )
}

const at = z.object({ id: z.string() })
const hash = z.string().describe('SHA-256 of the content')
const DEEDS = {
  submit: { summary: 'Hand the report in to the ministry', gives: at, run: submitReport },
  accept: {
    summary: 'Accept it: what it says is frozen with its hash',
    gives: at.extend({ sha256: hash }),
    run: acceptReport,
  },
  publish: {
    summary: 'Publish an accepted report: its files are made, signed, and never change',
    gives: at.extend({ url: z.string(), contentSha256: hash }),
    run: publishReport,
  },
} as const

const stepRoutes = (plainApp: FastifyInstance, deps: PublishDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/reports/:id/return',
    {
      schema: {
        tags,
        summary: 'Gives a report back with remarks',
        params,
        body: Remarks,
        response: { 200: at },
      },
    },
    async (request) => {
      await returnReport(deps, actorOf(request), request.params.id, request.body)
      return { id: request.params.id }
    },
  )
  for (const [deed, { summary, gives, run }] of Object.entries(DEEDS))
    app.post(
      `/reports/:id/${deed}`,
      { schema: { tags, summary, params, body: z.object({ seen }).nullish(), response: { 200: gives } } },
      async (request) => {
        const { id } = request.params
        return { id, ...(await run(deps, actorOf(request), id, request.body ?? {})) } as never
      },
    )
}

/** `/api/v1/staff/indicators` and `/reports`: the numbers, and the whole way of a report, by the rights of the desk. */
export const reportRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  indicatorRoutes(app, deps)
  readingRoutes(app, deps)
  paperRoute(app, deps)
  reportYearRoutes(app, deps)
  buildRoutes(app, deps)
  reportWritingRoutes(app, deps)
  stepRoutes(app, deps)
}
