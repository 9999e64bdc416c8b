import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { nameIn } from '../core/locale.ts'
import { rowText } from '../html/figure-words.ts'
import { longDay, type TextKey, text } from '../html/text.ts'
import { csvOf, tableRows } from '../supervision/csv.ts'
import { INDICATORS } from '../supervision/indicators.ts'
import { listAffiliated } from '../supervision/list-affiliated.ts'
import { readBehind } from '../supervision/read-behind.ts'
import { readDashboard } from '../supervision/read-dashboard.ts'
import type { CountingDeps } from '../supervision/refresh-cells.ts'
import { channelName, statusName } from './inbox.page.ts'
import { indicatorsQuery } from './indicators.links.ts'
import { indicatorsPage } from './indicators.page.ts'
import { deskPage, type Viewer } from './layout.ts'
import { sessionOf, viewerOf } from './session.ts'
import { dataTable, isolated } from './table.ts'

const word = z.string().trim().max(60).optional().catch(undefined)
const askedForm = z.object({ from: word, until: word, body: word, kind: word, channel: word, language: word })
const behindForm = askedForm.extend({ measure: word, page: z.coerce.number().int().min(1).catch(1) })

/** What a measure is called: by the indicator it is the numerator of, else by its row in a table. */
const measureName = (viewer: Viewer, measure: string): string => {
  const { locale } = viewer
  const indicator = INDICATORS.find(({ numerator }) => numerator === measure)
  if (indicator) return text(locale, `indicator.${indicator.code}.name` as TextKey)
  if (measure === 'due' || measure === 'received') return text(locale, `figures.column.${measure}`)
  return rowText(locale, measure.endsWith('granted') || measure === 'explained' ? 'outcomes' : 'review', {
    key: measure,
    values: [],
  })
}

const listPage = (
  viewer: Viewer,
  asked: z.infer<typeof behindForm>,
  { count, items, page, pages }: Awaited<ReturnType<typeof readBehind>>,
): string => {
  const { locale } = viewer
  const { measure = '', page: _, ...filters } = asked
  const heads = (['reference', 'received', 'state', 'channel', 'body'] as const).map((name) =>
    text(locale, `console.${name}`),
  )
  const rows = items.map((one) => [
    { html: html`<a href="/console/complaints/${one.reference}"><bdi dir="ltr">${one.reference}</bdi></a>` },
    longDay(locale, one.receivedAt.toISOString().slice(0, 10)),
    statusName(locale, one.status),
    channelName(locale, one.channel),
    one.administration === null ? '' : nameIn(one.administration.names, locale),
  ])
  const to = (n: number) =>
    `/console/indicators/list?${indicatorsQuery(filters, { measure, page: String(n) })}`
  const turn =
    pages === 1
      ? ''
      : html`<p>!${page > 1 ? html`<a href="${to(page - 1)}" rel="prev">${text(locale, 'action.back')}</a> ` : ''}${text(locale, 'desk.indicators.page', { page, pages })}!${page < pages ? html` <a href="${to(page + 1)}" rel="next">${text(locale, 'console.next')}</a>` : ''}</p>`
  return deskPage(viewer, {
    title: text(locale, 'desk.indicators.list', { name: measureName(viewer, measure) }),
    path: '/console/indicators/list',
    body: html`<p><strong id="count" data-count="${count}">${text(locale, 'desk.indicators.list.count', { count })}</strong></p>
!${dataTable(locale, heads, rows)}!${turn}<p><a href="/console/indicators?${indicatorsQuery(filters)}">${text(locale, 'desk.indicators.back')}</a></p>`,
  })
}

/** The indicators of whoever looks, the lists behind them, and every table as CSV. */
export const indicatorRoutes = (app: FastifyInstance, deps: CountingDeps): void => {
  app.get('/indicators', async (request, reply) => {
    const asked = askedForm.parse(request.query)
    const dashboard = await readDashboard(deps, sessionOf(request).actor, asked)
    return reply.send(indicatorsPage(viewerOf(request), deps.officeZone, asked, dashboard))
  })

  app.get('/indicators/list', async (request, reply) => {
    const asked = behindForm.parse(request.query)
    const found = await readBehind(deps, sessionOf(request).actor, asked)
    return reply.send(listPage(viewerOf(request), asked, found))
  })

  app.get('/indicators/bodies', async (request, reply) => {
    const viewer = viewerOf(request)
    const bodies = await listAffiliated(deps, sessionOf(request).actor)
    const { locale } = viewer
    const rows = bodies.map(({ code, names }) => [isolated(code), nameIn(names, locale)])
    const title = text(locale, 'indicator.affiliated.name')
    const body = html`<p><strong id="count" data-count="${bodies.length}">${bodies.length}</strong></p>!${dataTable(locale, [text(locale, 'console.reference'), text(locale, 'console.body')], rows)}`
    return reply.send(deskPage(viewer, { title, path: '/console/indicators/bodies', body }))
  })

  app.get('/indicators/tables.csv', async (request, reply) => {
    const { locale } = viewerOf(request)
    const { table: wanted } = z.object({ table: word }).parse(request.query)
    const { tables } = await readDashboard(deps, sessionOf(request).actor, askedForm.parse(request.query))
    const rows = tables
      .filter(({ code }) => wanted === undefined || code === wanted)
      .flatMap((table) => tableRows(table, (row) => rowText(locale, table.code, row)))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="wasl-${wanted ?? 'indicators'}.csv"`)
      .send(csvOf(rows))
  })
}
