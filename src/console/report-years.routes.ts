import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { officeDay } from '../core/deadlines.ts'
import { type Actor, mayDo } from '../staff/rights.ts'
import type { ReportDeps } from '../supervision/build-report.ts'
import { owedBy, readMissing, readReportYears, setReportYear } from '../supervision/report-year.ts'
import { owedBanner, type YearFacts } from './report-years.page.ts'
import { sessionOf, type viewerOf } from './session.ts'

const yearForm = z.object({
  year: z.coerce.number().int(),
  opensOn: z.string(),
  dueOn: z.string(),
  synthesisOn: z.string(),
  remindDays: z
    .string()
    .max(60)
    .transform((typed) => (typed.match(/-?\d+/g) ?? []).map(Number)),
})

/** The calendar for whoever keeps it: each year with those that are missing. */
export const calendarOf = async (
  { db: { sql } }: Pick<ReportDeps, 'db'>,
  actor: Actor,
): Promise<readonly YearFacts[] | undefined> => {
  if (!mayDo(actor, 'report.judge')) return undefined
  const years = await readReportYears(sql, actor)
  return Promise.all(years.map(async (one) => ({ ...one, missing: await readMissing(sql, actor, one.year) })))
}

/** What the viewer's body owes, as it stands over a page. */
export const bannerFor = async (
  { db: { sql }, clock, officeZone }: Pick<ReportDeps, 'db' | 'clock' | 'officeZone'>,
  viewer: ReturnType<typeof viewerOf>,
): Promise<string> => {
  const actor = viewer.session?.actor
  if (actor === undefined || !mayDo(actor, 'report.write')) return ''
  const today = officeDay(clock.now(), officeZone)
  return owedBanner(viewer, await owedBy(sql, actor, today), today)
}

/** Sets the dates of a year. */
export const reportYearRoutes = (app: FastifyInstance, deps: ReportDeps): void => {
  app.post('/reports/years', async (request, reply) => {
    await setReportYear(deps, sessionOf(request).actor, yearForm.parse(request.body))
    return reply.redirect('/console/reports#calendar', 303)
  })
}
