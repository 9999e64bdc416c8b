import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { officeDay } from '../core/deadlines.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { REPORT_LOCALES } from '../core/report.ts'
import { appErrorOf } from '../http/problem.ts'
import { STATUS_OF } from '../http/status-of.ts'
import { type Actor, requireRight, scopeOf } from '../staff/rights.ts'
import { compareWithToday } from '../supervision/compare-report.ts'
import { answerRemark, writeCommentary, writeMeasure } from '../supervision/fill-report.ts'
import { acceptReport, returnReport, submitReport } from '../supervision/hand-report.ts'
import { type PublishDeps, publishReport, readPaper } from '../supervision/publish-report.ts'
import { queueBuild, readBuild } from '../supervision/queue-build.ts'
import { contentOf, listReports, readReport } from '../supervision/read-reports.ts'
import { readWriting } from '../supervision/read-writing.ts'
import { fieldsOf } from './fields.ts'
import { buildFacts, buildPage } from './report-build.page.ts'
import type { ReportView } from './report-fill.view.ts'
import { bannerFor, calendarOf, reportYearRoutes } from './report-years.routes.ts'
import { differencesPage, reportPage, reportsPage } from './reports.page.ts'
import { sessionOf, viewerOf } from './session.ts'

const words = z.string().max(4_000).catch('')
const buildForm = z.object({
  year: z.coerce.number().int().min(2018).max(2100),
  administration: z.string().max(40).optional(),
  reason: z.string().max(300).optional(),
})
interface OfReport {
  Params: { id: string }
}

const seen = z.string().max(40).optional()
const measureForm = z.object({
  id: z.uuid().optional(),
  seen,
  cause: words,
  ar: words,
  fr: words,
  owner: words,
  dueOn: words,
  state: words,
})
const JANUARY_TO_JUNE = /-0[1-6]-/

/** In the first half of a year the report of the year before is the one that is written. */
const presentYear = (today: string): number =>
  Number(today.slice(0, 4)) - (JANUARY_TO_JUNE.test(today) ? 1 : 0)

const bodiesOf = async ({ db: { sql } }: PublishDeps, actor: Actor) => {
  const { bodies } = await scopeOf(sql, actor)
  return sql<{ code: string; names: object }[]>`
    select code, names from administrations where state = 'active' and outside_ground is null
      and ${bodies === 'everything' ? sql`parent_id is null` : sql`id = any(${bodies as string[]}::uuid[])`} order by code`
}

const DEEDS = { submit: submitReport, accept: acceptReport, publish: publishReport } as const

const showReport = async (
  { db: { sql } }: PublishDeps,
  request: FastifyRequest<OfReport>,
  reply: FastifyReply,
  unkept?: ReportView['unkept'],
): Promise<FastifyReply> => {
  const report = await readReport(sql, sessionOf(request).actor, request.params.id)
  const content = await contentOf(sql, report)
  const writing = await readWriting(sql, report, content)
  return reply.send(reportPage({ viewer: viewerOf(request), report, content, writing, unkept }))
}

const readingRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  const { sql } = deps.db

  app.get('/reports', async (request, reply) => {
    const { actor } = sessionOf(request)
    const viewer = viewerOf(request)
    const [reports, bodies, years, owed] = await Promise.all([
      listReports(sql, actor),
      bodiesOf(deps, actor),
      calendarOf(deps, actor),
      bannerFor(deps, viewer),
    ])
    const year = presentYear(officeDay(deps.clock.now(), deps.officeZone))
    return reply.send(reportsPage(viewer, { reports, bodies, year, years, owed }))
  })

  app.get<{ Params: { id: string } }>('/reports/:id', async (request, reply) => {
    return showReport(deps, request, reply)
  })

  app.get<{ Params: { id: string } }>('/reports/:id/differences', async (request, reply) => {
    const { actor } = sessionOf(request)
    const report = await readReport(sql, actor, request.params.id)
    return reply.send(
      differencesPage(viewerOf(request), report, await compareWithToday(deps, actor, report.id)),
    )
  })

  app.get<{ Params: { id: string; file: string } }>('/reports/:id/:file', async (request, reply) => {
    const { actor } = sessionOf(request)
    const { id, file: name } = request.params
    const locale = REPORT_LOCALES.find((one) => name === `report-${one}.pdf`)
    if (locale === undefined) throw new AppError('not_found')
    const file = await readPaper(deps, actor, id, locale)
    return reply.type(file.type).send(Buffer.from(file.bytes))
  })
}

/** Words that could not be kept stand in their form again. */
const KEPT: readonly ErrorCode[] = ['conflict', 'validation']

const fillingRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  /** One form of a report: what it does, and the section where its reader goes on. */
  const fills = (
    name: string,
    run: (actor: Actor, id: string, request: FastifyRequest<OfReport>) => Promise<string>,
  ) =>
    app.post<OfReport>(`/reports/:id/${name}`, async (request, reply) => {
      const { id } = request.params
      try {
        const section = await run(sessionOf(request).actor, id, request)
        return reply.redirect(`/console/reports/${id}#section-${section}`, 303)
      } catch (error) {
        const { code } = appErrorOf(error)
        if (!KEPT.includes(code)) throw error
        const unkept = { trouble: code, fields: fieldsOf(request) }
        return showReport(deps, request, reply.code(STATUS_OF[code]), unkept)
      }
    })
  fills('commentary', async (actor, id, request) => {
    const form = z.object({ section: words, ar: words, fr: words, seen }).parse(request.body)
    await writeCommentary(deps, actor, id, form)
    return form.section
  })
  fills('measures', async (actor, id, request) => {
    await writeMeasure(deps, actor, id, measureForm.parse(request.body))
    return 'measures'
  })
  app.post<{ Params: { id: string; remark: string } }>(
    '/reports/:id/remarks/:remark',
    async (request, reply) => {
      const { id, remark } = request.params
      const { text } = z.object({ text: z.string().max(1_000) }).parse(request.body)
      await answerRemark(deps, sessionOf(request).actor, id, { remark, text })
      return reply.redirect(`/console/reports/${id}`, 303)
    },
  )
}

const stepRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  app.post<OfReport>('/reports/:id/return', async (request, reply) => {
    const { actor } = sessionOf(request)
    requireRight(actor, 'report.judge')
    const form = z.record(z.string(), words).parse(request.body)
    const remarks = Object.entries(form).flatMap(([name, said]) =>
      name.startsWith('remark-') ? [{ section: name.slice('remark-'.length), text: said }] : [],
    )
    await returnReport(deps, actor, request.params.id, { remarks, seen: form['seen'] })
    return reply.redirect(`/console/reports/${request.params.id}`, 303)
  })

  app.post<{ Params: { id: string; deed: string } }>('/reports/:id/:deed', async (request, reply) => {
    const { id, deed } = request.params
    if (!Object.hasOwn(DEEDS, deed)) throw new AppError('not_found')
    const form = z.object({ seen }).catch({}).parse(request.body)
    await DEEDS[deed as keyof typeof DEEDS](deps, sessionOf(request).actor, id, form)
    return reply.redirect(`/console/reports/${id}`, 303)
  })
}

/** A build that runs: how far it is, and asking for it again. */
const buildRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  app.post('/reports', async (request, reply) => {
    const { year, administration, reason } = buildForm.parse(request.body)
    const wish = { year, administration: administration || undefined, reason: reason || undefined }
    const { id } = await queueBuild(deps, sessionOf(request).actor, wish)
    return reply.redirect(`/console/reports/builds/${id}`, 303)
  })

  app.get<{ Params: { id: string } }>('/reports/builds/:id', async (request, reply) => {
    const build = await readBuild(deps, sessionOf(request).actor, request.params.id)
    if (build.reportId !== null) return reply.redirect(`/console/reports/${build.reportId}`, 303)
    return reply.send(buildPage(viewerOf(request), build))
  })

  app.get<{ Params: { id: string } }>('/reports/builds/:id/state', async (request, reply) => {
    const build = await readBuild(deps, sessionOf(request).actor, request.params.id)
    return reply.type('application/json').send(buildFacts(viewerOf(request), build))
  })

  app.post<{ Params: { id: string } }>('/reports/builds/:id/again', async (request, reply) => {
    const { actor } = sessionOf(request)
    const { year, code, reason } = await readBuild(deps, actor, request.params.id)
    const wish = { year, administration: code ?? undefined, reason: reason ?? undefined }
    const { id } = await queueBuild(deps, actor, wish)
    return reply.redirect(`/console/reports/builds/${id}`, 303)
  })
}

/** Reports: built, written, handed in, given back, accepted, published. */
export const reportRoutes = (app: FastifyInstance, deps: PublishDeps): void => {
  readingRoutes(app, deps)
  buildRoutes(app, deps)
  reportYearRoutes(app, deps)
  fillingRoutes(app, deps)
  stepRoutes(app, deps)
}
