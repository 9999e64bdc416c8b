import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { type Locale, nameIn } from '../core/locale.ts'
import { rowText } from '../html/figure-words.ts'
import { text } from '../html/text.ts'
import type { ListedComplaint } from '../staff/list-complaints.ts'
import { csvStream, pageCsv } from '../supervision/csv.ts'
import { listAffiliated } from '../supervision/list-affiliated.ts'
import { tablesCsv } from '../supervision/open-data.ts'
import { readBehind, streamBehind } from '../supervision/read-behind.ts'
import { readDashboard } from '../supervision/read-dashboard.ts'
import type { CountingDeps } from '../supervision/refresh-cells.ts'
import { statusName } from './inbox.page.ts'
import { behindPage } from './indicators.list.page.ts'
import { indicatorsPage } from './indicators.page.ts'
import { deskPage } from './layout.ts'
import { sessionOf, viewerOf } from './session.ts'
import { dataTable, isolated } from './table.ts'

const word = z.string().trim().max(60).optional().catch(undefined)
const askedForm = z.object({
  from: word,
  until: word,
  body: word,
  alone: word,
  kind: word,
  channel: word,
  language: word,
})
const selectionForm = z.object({ measure: word, dimension: word, value: word, days: word })
const behindForm = askedForm.extend({ ...selectionForm.shape, page: z.coerce.number().int().min(1).catch(1) })

/** A line of the file behind a number: what the page says, in codes and words of the desk. */
const fileRow = (locale: Locale, one: ListedComplaint): string[] => [
  one.reference,
  one.receivedAt.toISOString(),
  one.kind,
  statusName(locale, one.status),
  one.channel,
  one.language,
  one.administration?.code ?? '',
]
const FILE_HEADS = ['reference', 'received_at', 'kind', 'state', 'channel', 'language', 'body']

const fileRows = async function* (locale: Locale, found: AsyncIterable<readonly ListedComplaint[]>) {
  for await (const some of found) yield some.map((one) => fileRow(locale, one))
}

/** The indicators of whoever looks, the lists behind them, and every table as CSV. */
export const indicatorRoutes = (app: FastifyInstance, deps: CountingDeps): void => {
  app.get('/indicators', async (request, reply) => {
    const asked = askedForm.parse(request.query)
    const dashboard = await readDashboard(deps, sessionOf(request).actor, asked)
    return reply.send(indicatorsPage(viewerOf(request), deps.officeZone, asked, dashboard))
  })

  app.get('/indicators/list', async (request, reply) => {
    const found = await readBehind(deps, sessionOf(request).actor, behindForm.parse(request.query))
    return reply.send(behindPage(viewerOf(request), askedForm.parse(request.query), found))
  })

  app.get('/indicators/list.csv', async (request, reply) => {
    const { locale } = viewerOf(request)
    const found = await streamBehind(deps, sessionOf(request).actor, behindForm.parse(request.query))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="wasl-list.csv"')
      .send(Readable.from(csvStream(FILE_HEADS, fileRows(locale, found))))
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
    const dashboard = await readDashboard(deps, sessionOf(request).actor, askedForm.parse(request.query))
    const tables = [...dashboard.tables, ...dashboard.comparisons.map(({ table }) => table)]
    const one = tables.filter(({ code }) => code === wanted)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="wasl-${wanted ?? 'indicators'}.csv"`)
      .send(
        wanted === undefined
          ? tablesCsv(tables, (language, table, row) => rowText(language, table.code, row))
          : pageCsv(one, (table, row) => rowText(locale, table.code, row)),
      )
  })
}
