import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import type { Locale } from '../../src/core/locale.ts'
import { type PublishedReport, verifyReport } from '../../src/supervision/publish-report.ts'
import type { WebDeps } from './deps.ts'
import { reportListPage, reportPage } from './reports.page.ts'
import { sendHtml } from './send-html.ts'

const SHARED = 'public, max-age=60'
/** A published file never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const schema = { hide: true }
const FILES = ['report-ar.pdf', 'report-fr.pdf', 'tables.csv', 'sectors.csv', 'report.json']

interface Asked {
  Params: { year: string; code: string; version: string; file: string }
}

/** Whether the page is, byte for byte, what was signed. */
const isGenuine = async (
  deps: WebDeps,
  report: PublishedReport,
  name: string,
  bytes: Uint8Array,
): Promise<boolean> => {
  const check = verifyReport(report.signature, await deps.reports.keys())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return (
    check.ok && check.claims.contentSha256 === report.contentSha256 && check.claims.files[name] === sha256
  )
}

/** `/{locale}/reports/…`: what was published, for everybody. */
export const reportRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const find = async ({ year, code, version }: Asked['Params']) => {
    const all = await deps.reports.list()
    const report = all.find(
      (one) => String(one.year) === year && one.code === code && String(one.version) === version,
    )
    if (report === undefined) throw new AppError('not_found')
    return { all, report }
  }
  const address = `/${locale}/reports/:year/:code/:version`

  app.get(`/${locale}/reports`, { schema }, async (_request, reply) =>
    sendHtml(reply.header('cache-control', SHARED), reportListPage(locale, await deps.reports.list())),
  )
  app.get<Asked>(address, { schema }, async (request, reply) => {
    const { all, report } = await find(request.params)
    const name = `page-${locale}.html`
    const file = await deps.reports.file(report.id, name)
    if (file === undefined) throw new AppError('not_found')
    const inside = Buffer.from(file.bytes).toString('utf8')
    const genuine = await isGenuine(deps, report, name, file.bytes)
    return sendHtml(
      reply.header('cache-control', SHARED),
      reportPage(locale, report, { inside, genuine, all }),
    )
  })
  app.get<Asked>(`${address}/:file`, { schema }, async (request, reply) => {
    const { report } = await find(request.params)
    const { file: name } = request.params
    reply.header('cache-control', FOR_EVER)
    if (name === 'signature.jws') return reply.type('application/jose').send(report.signature)
    const file = FILES.includes(name) ? await deps.reports.file(report.id, name) : undefined
    if (file === undefined) throw new AppError('not_found')
    return reply.type(file.type).send(Buffer.from(file.bytes))
  })
}
