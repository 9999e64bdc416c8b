import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { isLocale, type Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import type { Orm } from '../db/client.ts'
import { receiptDocument } from '../html/receipt-document.ts'
import type { CopyForm } from '../html/receipt-keep.ts'
import { receiptPage } from '../html/receipt-page.ts'
import { mayShowCode } from '../receipts/code-grant.ts'
import { composeReceipt, type ReceiptDeps } from '../receipts/compose-receipt.ts'
import { readReceiptToken } from '../receipts/link.ts'
import type { PdfRenderer } from '../receipts/pdf/render-pdf.ts'
import { asJwks, publishedKeys } from '../receipts/publish-keys.ts'
import { emptyAnchorLine, readAnchorLine } from '../staff/anchor-audit.ts'
import { receiptCopyRoutes } from './receipt-copies.ts'
import { verifyRoutes } from './verify.ts'

export interface ReceiptRoutesDeps extends ReceiptDeps {
  /** Scripts of the page that send what has not arrived yet. */
  readonly islands?: readonly string[]
  readonly orm: Orm
  readonly clock: Clock
  readonly pdf: Pick<PdfRenderer, 'render' | 'close'>
  readonly accessCodeOf: (complaintId: string) => string
  /** The browser's language, for pages whose address has none. */
  readonly localeOf: (request: FastifyRequest) => Locale
  /** Throws `too_many_requests` for a client that asks more than people do. */
  readonly limit: (request: FastifyRequest, bucket: 'receipt' | 'verify') => Promise<void>
  /** Sends a receipt on; absent where nothing can. */
  readonly copies?: ReceiptCopies
}

/** The ways by which a receipt reaches one more telephone or address. */
export interface ReceiptCopies {
  /** False: this number cannot be reached. Absent: no network carries text messages. */
  readonly byText?: (complaintId: string, phone: string) => Promise<boolean>
  readonly byMail: (wish: { receiptId: string; email: string; language: Locale }) => Promise<void>
  readonly admit: (
    request: FastifyRequest,
    to: string,
  ) => Promise<{ readonly pass: true } | { readonly pass: false; readonly retryAfter: number }>
}

/** The cookie that came with the filing (receipts/code-grant.ts). `__Host-`: set by us, for this host, over TLS. */
export const codeCookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-receipt_code' : 'receipt_code'

const readCookie = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Whether this browser may see the code of a receipt: the one that filed, and for a while only. */
export const maySeeCode = (
  deps: Pick<ReceiptRoutesDeps, 'publicUrl' | 'secrets' | 'clock'>,
  request: FastifyRequest,
  receiptId: string,
): boolean => {
  const grant = readCookie(request.headers.cookie, codeCookieName(deps.publicUrl))
  return mayShowCode(deps.secrets, receiptId, grant, deps.clock.now())
}

/** The code, for the browser that may see it. */
export const codeFor = (deps: ReceiptRoutesDeps, request: FastifyRequest, facts: ReceiptFacts) =>
  maySeeCode(deps, request, facts.receiptId) ? deps.accessCodeOf(facts.complaintId) : undefined

/** What the receipt's JSON holds: the facts a program wants, and the signed receipt that proves them. */
const receiptJson = (facts: ReceiptFacts) => ({
  ...facts.claims,
  reviewBy: facts.reviewBy,
  answerBy: facts.answerBy,
  receiptUrl: facts.links.receipt,
  verifyUrl: facts.links.verify,
  keysUrl: `${facts.claims.issuer}/.well-known/jwks.json`,
  signature: facts.signature,
})

const sendPdf = async (
  deps: ReceiptRoutesDeps,
  reply: FastifyReply,
  ask: { readonly facts: ReceiptFacts; readonly locale: Locale; readonly code: string | undefined },
) => {
  const bytes = await deps.pdf.render(receiptDocument(ask.locale, ask.facts, ask.code))
  return reply
    .type('application/pdf')
    .header('content-disposition', `inline; filename="${ask.facts.claims.reference}.pdf"`)
    .send(Buffer.from(bytes))
}

export interface ReceiptRequest {
  Params: { locale?: string; name: string }
  Querystring: { lang?: string; code?: string }
}

/** The receipt as a page. `copies`: how far sending it on has got. */
export const drawReceipt = (
  reply: FastifyReply,
  drawn: {
    readonly locale: Locale
    readonly facts: ReceiptFacts
    readonly token: string
    readonly code: string | undefined
    readonly copies: CopyForm | undefined
    readonly islands?: readonly string[] | undefined
  },
  status = 200,
): FastifyReply => {
  const { locale, facts, token, code: accessCode, copies, islands } = drawn
  const view = {
    path: `/receipts/${token}`,
    ...(accessCode === undefined ? {} : { accessCode }),
    ...(copies === undefined ? {} : { copies }),
    ...(islands === undefined ? {} : { islands }),
  }
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    .type('text/html; charset=utf-8')
    .send(receiptPage(locale, facts, view))
}

const FORMS = /^([\w-]{43})(\.pdf|\.json|\.jws)?$/

const showReceipt =
  (deps: ReceiptRoutesDeps) =>
  async (request: FastifyRequest<ReceiptRequest>, reply: FastifyReply): Promise<FastifyReply> => {
    const [, token = '', form] = FORMS.exec(request.params.name) ?? []
    await deps.limit(request, 'receipt')
    const receiptId = readReceiptToken(deps.secrets, token)
    const facts = receiptId && (await composeReceipt(deps, receiptId))
    if (!facts) throw new AppError('not_found')
    // A link that is a right: nowhere kept, nowhere listed.
    reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex')
    if (form === '.json') return reply.send(receiptJson(facts))
    if (form === '.jws') return reply.type('application/jose').send(facts.signature)
    const asked = request.params.locale ?? request.query.lang
    const locale = isLocale(asked) ? asked : facts.claims.language
    const code = codeFor(deps, request, facts)
    if (form === '.pdf')
      return sendPdf(deps, reply, { facts, locale, code: request.query.code === '1' ? code : undefined })
    const copies = deps.copies && { texts: deps.copies.byText !== undefined, problems: [], typed: '' }
    return drawReceipt(reply, { locale, facts, token, code, copies, islands: deps.islands })
  }

/**
 * The receipt's page, its PDF and its signed forms by its secret link; the public check; the published keys. A locale in
 * front of the address gives the page in that language.
 */
export const receiptRoutes = (app: FastifyInstance, deps: ReceiptRoutesDeps): void => {
  const show = showReceipt(deps)
  const schema = { hide: true }
  app.get<ReceiptRequest>('/receipts/:name', { schema }, show)
  app.get<ReceiptRequest>('/:locale(^(?:ar|fr|en)$)/receipts/:name', { schema }, show)
  app.get('/.well-known/jwks.json', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=3600').header('access-control-allow-origin', '*')
    return asJwks(await publishedKeys(deps.orm))
  })
  // Whoever keeps what stands here has a witness of the whole audit up to then (staff/anchor-audit.ts).
  app.get('/.well-known/audit.jws', { schema }, async (_request, reply) => {
    const anchor = await readAnchorLine({ ...deps, db: deps })
    const keep = anchor === undefined ? 'no-cache' : 'public, max-age=3600'
    reply.header('cache-control', keep).header('access-control-allow-origin', '*')
    return reply.type('application/jose').send(anchor?.line ?? emptyAnchorLine(deps, deps.clock.now()))
  })
  receiptCopyRoutes(app, deps)
  verifyRoutes(app, deps)
}
