import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import type { Locale } from '../../src/core/locale.ts'
import { rowText } from '../../src/html/figure-words.ts'
import { indicatorWords } from '../../src/html/indicator-words.ts'
import {
  bodiesCsv,
  dictionary,
  etagOf,
  gridCsv,
  gridJson,
  tablesCsv,
  tablesJson,
  type Words,
} from '../../src/supervision/open-data.ts'
import type { WebDeps } from './deps.ts'
import { reportList } from './reports.page.ts'
import { statisticsPage } from './statistics.page.ts'

/** The same for everyone, and no newer than a minute. */
const SHARED = 'public, max-age=60'
const schema = { hide: true }

const words: Words = (locale, table, row) => rowText(locale, table.code, row)

/** Sends what may be kept, or the word that it has not changed since `edition`: the content itself, or what names it. */
const sendEdition = (
  request: FastifyRequest,
  reply: FastifyReply,
  edition: string,
  content: { readonly type: string; readonly make: () => string | Readable },
): FastifyReply => {
  const etag = etagOf(edition)
  reply.headers({ 'cache-control': SHARED, etag }).type(content.type)
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
  return known.includes(etag) ? reply.code(304).send() : reply.send(content.make())
}

const sendShared = (
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  content: string,
): FastifyReply => sendEdition(request, reply, content, { type, make: () => content })

/** `/{locale}/statistics`. */
export const statisticsRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  app.get(`/${locale}/statistics`, { schema }, async (request, reply) => {
    const [found, published] = await Promise.all([deps.statistics.read(), deps.reports.list()])
    const content = statisticsPage(locale, deps.officeZone, found, reportList(locale, published))
    return sendShared(request, reply, 'text/html; charset=utf-8', content)
  })
}

type GridMonths = ReturnType<WebDeps['statistics']['grid']>
const none = async function* (): AsyncGenerator<never> {}

/** `/open-data/…`: stable addresses in no language. */
export const openDataRoutes = (app: FastifyInstance, deps: WebDeps): void => {
  const csv = 'text/csv; charset=utf-8'
  const json = 'application/json; charset=utf-8'
  app.get('/open-data/statistics.csv', { schema }, async (request, reply) => {
    const { tables = [], comparisons = [] } = (await deps.statistics.read()) ?? {}
    const all = [...tables, ...comparisons.map(({ table }) => table)]
    return sendShared(request, reply, csv, tablesCsv(all, words))
  })
  app.get('/open-data/statistics.json', { schema }, async (request, reply) => {
    const { tables = [], ...about } = (await deps.statistics.read()) ?? {}
    return sendShared(request, reply, json, JSON.stringify(tablesJson(tables, about)))
  })
  app.get('/open-data/bodies.csv', { schema }, async (request, reply) =>
    sendShared(request, reply, csv, bodiesCsv(await deps.statistics.rows())),
  )
  /** A year's lines are made while they are sent; they are the same as long as nothing was counted. */
  const sendGrid =
    (
      type: string,
      write: (rows: GridMonths, about: Readonly<Record<string, unknown>>) => AsyncIterable<string>,
    ) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const [years, state] = await Promise.all([deps.statistics.years(), deps.statistics.state()])
      const { year: asked } = request.query as { year?: unknown }
      const year = asked === undefined ? years[0] : years.find((one) => String(one) === asked)
      // Another year's numbers under this address would pass for these.
      if (asked !== undefined && year === undefined) throw new AppError('not_found')
      const about = { years, year, refreshedAt: state?.refreshedAt }
      return sendEdition(request, reply, JSON.stringify({ type, ...about }), {
        type,
        make: () => Readable.from(write(year === undefined ? none() : deps.statistics.grid(year), about)),
      })
    }
  app.get('/open-data/complaints.csv', { schema }, sendGrid(csv, gridCsv))
  app.get('/open-data/complaints.json', { schema }, sendGrid(json, gridJson))
  app.get('/open-data/indicators.json', { schema }, async (request, reply) =>
    sendShared(request, reply, json, JSON.stringify(dictionary(indicatorWords))),
  )
}
