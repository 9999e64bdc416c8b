import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ListedBody } from '../../administrations/index-bodies.ts'
import { KINDS } from '../../core/complaint.ts'
import { isLocale, LOCALES, type Locale, nameIn } from '../../core/locale.ts'
import { parseReference } from '../../core/reference.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Sql } from '../../db/client.ts'
import { text } from '../../html/text.ts'
import { appErrorOf } from '../problem.ts'
import { STATUS_OF } from '../status-of.ts'
import { understood } from '../understood.ts'
import { createFeedIds } from './feed-id.ts'
import { type FileRequestDeps, fileRequest } from './file-request.ts'
import { MOST_REQUESTS, type RequestQuery, readRequests } from './read-requests.ts'
import { asXml, type Listed, recordAsXml } from './xml.ts'

export interface Open311Deps extends Omit<FileRequestDeps, 'administration'> {
  readonly db: FileRequestDeps['db'] & { readonly sql: Sql }
  readonly publicUrl: string
  readonly officeZone: string
  readonly secrets: Pick<Secrets, 'derive'>
  readonly bodies: () => Promise<readonly ListedBody[]>
  /** Throws `too_many_requests` for a client that asks or files faster than people do. */
  readonly limit: (request: FastifyRequest) => Promise<void>
}

const FORMATS = ['json', 'xml'] as const
type Format = (typeof FORMATS)[number]

const PATH = '/open311/v2'
/** The day GeoReport asks for: when the answers last changed in form. */
const CHANGESET = '2026-11-22T00:00:00Z'

const TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
}

const localeOf = (request: FastifyRequest): Locale => {
  const asked =
    (request.query as { locale?: unknown }).locale ?? request.headers['accept-language']?.slice(0, 2)
  return isLocale(asked) ? asked : 'fr'
}

const sendList = (reply: FastifyReply, format: Format, listed: Listed): FastifyReply =>
  reply.type(TYPES[format]).send(format === 'json' ? JSON.stringify(listed.items) : asXml(listed))

const sendRecord = (
  reply: FastifyReply,
  format: Format,
  name: string,
  record: Readonly<Record<string, unknown>>,
): FastifyReply =>
  reply.type(TYPES[format]).send(format === 'json' ? JSON.stringify(record) : recordAsXml(name, record))

/** GeoReport's own errors: a list of code and description, under the status. */
const answerErrors = (app: FastifyInstance): void => {
  app.setErrorHandler(async (error, request, reply) => {
    const known = appErrorOf(error)
    const status = STATUS_OF[known.code]
    if (status >= 500)
      request.log.error({ event: 'http.failed', code: known.code, err: known.cause ?? error })
    if (known.retryAfter !== undefined) reply.header('retry-after', known.retryAfter)
    const format: Format = /\.xml(\?|$)/.test(request.url) ? 'xml' : 'json'
    const fields = known.fields.map(({ field }) => field).join(', ')
    const description = `${known.code}${fields ? `: ${fields}` : ''}`
    return sendList(reply.code(status), format, {
      list: 'errors',
      item: 'error',
      items: [{ code: status, description }],
    })
  })
}

const discovery = ({ publicUrl }: Open311Deps) => ({
  changeset: CHANGESET,
  contact: publicUrl,
  key_service: 'No key is needed to file or to follow.',
  endpoints: [
    {
      specification: 'http://wiki.open311.org/GeoReport_v2',
      url: `${publicUrl}${PATH}`,
      changeset: CHANGESET,
      type: 'production',
      formats: ['text/xml', 'application/json'],
    },
  ],
})

/** A body, and each of its services: both may be complained about. */
const servicesOf = (bodies: readonly ListedBody[], locale: Locale) =>
  bodies
    .filter(({ outside }) => !outside)
    .flatMap(({ code, names, keywords, services }) => {
      const group = nameIn(names, locale)
      const one = (service_code: string, service_name: string, words: readonly string[]) => ({
        service_code,
        service_name,
        description: service_name,
        metadata: true,
        type: 'realtime',
        keywords: words.join(','),
        group,
      })
      return [
        one(code, group, keywords),
        ...services.map((service) =>
          one(`${code}.${service.code}`, nameIn(service.names, locale) || service.code, service.keywords),
        ),
      ]
    })

const definitionOf = (service_code: string, locale: Locale) => {
  const list = (
    code: string,
    order: number,
    description: string,
    values: readonly (readonly [string, string])[],
  ) => ({
    variable: true,
    code,
    datatype: 'singlevaluelist',
    required: false,
    datatype_description: '',
    order,
    description,
    values: values.map(([key, name]) => ({ key, name })),
  })
  return {
    service_code,
    attributes: [
      list(
        'kind',
        1,
        text(locale, 'file.kind'),
        KINDS.map((kind) => [kind, text(locale, `kind.${kind}`)] as const),
      ),
      list(
        'language',
        2,
        text(locale, 'file.contact.language'),
        LOCALES.map((one) => [one, text(locale, `language.${one}`)] as const),
      ),
    ],
  }
}

const readingRoutes = (app: FastifyInstance, deps: Open311Deps, format: Format): void => {
  app.get(`/discovery.${format}`, async (_request, reply) =>
    sendRecord(reply, format, 'discovery', discovery(deps)),
  )
  app.get(`/services.${format}`, async (request, reply) => {
    const items = servicesOf(await deps.bodies(), localeOf(request))
    return sendList(reply, format, { list: 'services', item: 'service', items })
  })
  app.get<{ Params: { code: string } }>(`/services/:code.${format}`, async (request, reply) => {
    const locale = localeOf(request)
    const { code } = request.params
    const known = servicesOf(await deps.bodies(), locale).some(({ service_code }) => service_code === code)
    return known
      ? sendRecord(reply, format, 'service_definition', definitionOf(code, locale))
      : notFound(reply, format, 'service_code')
  })
}

const notFound = (reply: FastifyReply, format: Format, what: string): FastifyReply =>
  sendList(reply.code(404), format, {
    list: 'errors',
    item: 'error',
    items: [{ code: 404, description: `${what} not found` }],
  })

const instant = z.iso
  .datetime({ offset: true })
  .transform((typed) => new Date(typed))
  .optional()
/** GeoReport: "can be declared multiple times, comma delimited". */
const many = z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(100)]).transform((typed) =>
  [typed]
    .flat()
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter(Boolean),
)
const listQuery = z.object({
  service_request_id: many.optional(),
  service_code: many.pipe(z.array(z.string().max(120)).max(20)).optional(),
  start_date: instant,
  end_date: instant,
  updated_after: instant,
  updated_before: instant,
  status: many.pipe(z.array(z.enum(['open', 'closed']))).default([]),
  after: z.string().max(40).optional(),
  // Offsets are walked: whoever wants more goes on by the link.
  page: z.coerce.number().int().min(1).max(100).default(1),
  page_size: z.coerce.number().int().min(1).max(MOST_REQUESTS).default(MOST_REQUESTS),
})

/** Numbers as people and machines write them; what is none may be a name of the feed. */
const idOf = (typed: string): string => {
  const parsed = parseReference(typed)
  return parsed.ok ? parsed.reference : typed.trim().toLowerCase()
}

const queryOf = (asked: z.output<typeof listQuery>): RequestQuery => ({
  ids: asked.service_request_id?.map(idOf),
  serviceCodes: asked.service_code,
  from: asked.start_date,
  until: asked.end_date,
  updatedAfter: asked.updated_after,
  updatedBefore: asked.updated_before,
  // Both are all.
  status: new Set(asked.status).size === 1 ? asked.status[0] : undefined,
  after: asked.after,
  page: asked.page,
  pageSize: asked.page_size,
})

const requestRoutes = (app: FastifyInstance, deps: Open311Deps, format: Format): void => {
  const listed = (items: Listed['items']): Listed => ({ list: 'service_requests', item: 'request', items })
  const feedIds = createFeedIds(deps.secrets)
  const feed = () => ({ sql: deps.db.sql, now: deps.clock.now(), officeZone: deps.officeZone, feedIds })
  const byNumber = (typed: string, request: FastifyRequest) =>
    readRequests(feed(), { ids: [idOf(typed)], page: 1, pageSize: MOST_REQUESTS }, localeOf(request))
  app.get(`/requests.${format}`, async (request, reply) => {
    await deps.limit(request)
    const asked = understood(listQuery, request.query)
    const items = await readRequests(feed(), queryOf(asked), localeOf(request))
    const last = items.length === asked.page_size ? items.at(-1)?.['service_request_id'] : undefined
    if (last !== undefined) {
      const next = new URL(request.url, deps.publicUrl)
      next.searchParams.delete('page')
      next.searchParams.set('after', String(last))
      reply.header('link', `<${next.href}>; rel="next"`)
    }
    return sendList(reply, format, listed(items))
  })
  app.get<{ Params: { id: string } }>(`/requests/:id.${format}`, async (request, reply) => {
    await deps.limit(request)
    const items = await byNumber(request.params.id, request)
    return items.length === 0
      ? notFound(reply, format, 'service_request_id')
      : sendList(reply, format, listed(items))
  })
  // Numbers are given at once; the token some clients ask for is the number itself.
  app.get<{ Params: { token: string } }>(`/tokens/:token.${format}`, async (request, reply) => {
    await deps.limit(request)
    const [found] = await byNumber(request.params.token, request)
    if (found === undefined) return notFound(reply, format, 'token')
    const items = [{ service_request_id: found['service_request_id'], token: request.params.token }]
    return sendList(reply, format, listed(items))
  })
  app.post(`/requests.${format}`, async (request, reply) => {
    await deps.limit(request)
    const administration = async (code: string) =>
      (await deps.bodies()).find((body) => body.code === code && !body.outside)
    const accepted = await fileRequest({ ...deps, administration }, request, String(request.body ?? ''))
    const locale = localeOf(request)
    const items = [
      {
        service_request_id: accepted.reference,
        service_notice: text(locale, 'open311.notice', {
          reference: accepted.reference,
          code: accepted.accessCode,
          day: accepted.answerBy,
        }),
        account_id: null,
      },
    ]
    return sendList(
      reply.code(accepted.repeat ? 200 : 201).header('cache-control', 'no-store'),
      format,
      listed(items),
    )
  })
}

/** `/open311/v2`: GeoReport v2, in JSON and XML. */
export const open311Routes = (app: FastifyInstance, deps: Open311Deps): void => {
  void app.register(
    async (scope) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, body),
      )
      scope.addHook('onRoute', (route) => {
        route.schema = { tags: ['Open311'], ...route.schema, hide: true }
      })
      scope.addHook('onSend', async (_request, reply) => {
        reply.header('access-control-allow-origin', '*')
      })
      answerErrors(scope)
      for (const format of FORMATS) {
        readingRoutes(scope, deps, format)
        requestRoutes(scope, deps, format)
      }
    },
    { prefix: PATH },
  )
}
