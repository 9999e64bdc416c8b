import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'
import { isLocale, type Locale } from '../core/locale.ts'
import { parseReference } from '../core/reference.ts'
import { type CheckedReceipt, type Verdict, verifyPage } from '../html/verify-page.ts'
import { checkPresented, type PresentedReceipt } from '../receipts/check-receipt.ts'
import { receiptsOf } from '../receipts/compose-receipt.ts'
import { publishedKeys } from '../receipts/publish-keys.ts'
import { verifySignature } from '../receipts/verify-signature.ts'
import { checkReport, checkReportHash, type ReportCheck } from '../supervision/check-report.ts'
import type { ReceiptRoutesDeps } from './receipts.ts'
import {
  foundReport,
  LARGEST_FILE,
  readHeldUp,
  reportJson,
  reportStatus,
  reportVerdict,
} from './verify-report.ts'

interface VerifyRequest {
  Params: { locale?: string; reference?: string }
  Querystring: { receipt?: string }
}

/** Longer than any signed receipt, page JSON included. */
const PRESENTED_CHARACTERS = 6_000

const VERDICTS: Readonly<Record<Exclude<PresentedReceipt['found'], 'reference'>, Verdict>> = {
  genuine: { key: 'verify.genuine', isGood: true },
  elsewhere: { key: 'verify.elsewhere', isGood: false },
  forged: { key: 'verify.forged', isGood: false },
  unknown_key: { key: 'verify.unknown_key', isGood: false },
  malformed: { key: 'verify.malformed', isGood: false },
  wrong_reference: { key: 'verify.malformed', isGood: false },
}

const WRONG_NUMBER = {
  length: { key: 'verify.malformed', isGood: false, next: 'track.error.reference_length' },
  check_digit: { key: 'verify.unknown', isGood: false, next: 'track.error.reference_digit' },
} as const satisfies Record<string, Verdict>

const UNKNOWN: Verdict = { key: 'verify.unknown', isGood: false, next: 'verify.unknown.next' }

/** The receipts of a number whose signature a published key confirms, as anyone else would check them. */
const checkedReceipts = async (
  deps: ReceiptRoutesDeps,
  reference: string,
): Promise<readonly CheckedReceipt[]> => {
  const receipts = await receiptsOf(deps, reference)
  const keys = receipts.length === 0 ? [] : await publishedKeys(deps.orm)
  return receipts.flatMap((facts) => {
    const check = verifySignature(facts.signature, keys)
    return check.ok ? [{ facts, kid: check.kid }] : []
  })
}

const publicJson = ({ facts, kid }: CheckedReceipt) => ({
  receivedAt: facts.claims.receivedAt,
  kind: facts.claims.kind,
  administration: facts.claims.administration,
  round: facts.claims.round,
  contentSha256: facts.claims.contentSha256,
  signature: { valid: true, kid },
})

const wantsJson = (request: FastifyRequest): boolean => {
  const accept = request.headers.accept ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

const localeFor = (deps: ReceiptRoutesDeps, request: FastifyRequest<VerifyRequest>): Locale =>
  isLocale(request.params.locale) ? request.params.locale : deps.localeOf(request)

const sendPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)

/** `/verify/{reference}`: whether a number is real, when it was given and for what. */
const checkNumber =
  (deps: ReceiptRoutesDeps) =>
  async (request: FastifyRequest<VerifyRequest>, reply: FastifyReply): Promise<FastifyReply> => {
    await deps.limit(request, 'verify')
    const typed = request.params.reference ?? ''
    const parsed = parseReference(typed)
    const receipts = parsed.ok ? await checkedReceipts(deps, parsed.reference) : []
    const isKnown = receipts.length > 0
    const status = isKnown ? 200 : parsed.ok ? 404 : 400
    if (wantsJson(request)) {
      const reference = parsed.ok ? parsed.reference : null
      const reason = parsed.ok ? {} : { reason: parsed.reason }
      return reply
        .code(status)
        .send({ reference, known: isKnown, ...reason, receipts: receipts.map(publicJson) })
    }
    const known: Verdict = { key: 'verify.known', isGood: true }
    const verdict = isKnown ? known : parsed.ok ? UNKNOWN : WRONG_NUMBER[parsed.reason]
    const path = parsed.ok ? `/verify/${parsed.reference}` : '/verify'
    return sendPage(
      reply,
      status,
      verifyPage(localeFor(deps, request), { path, verdict, receipts, presented: typed }),
    )
  }

type Answer = (request: FastifyRequest<VerifyRequest>, reply: FastifyReply) => Promise<FastifyReply>

/** What came of holding up a report. `presented` stays in the form. */
const sendReport = (
  deps: ReceiptRoutesDeps,
  request: FastifyRequest<VerifyRequest>,
  reply: FastifyReply,
  check: ReportCheck,
  presented = '',
): FastifyReply => {
  const status = reportStatus(check)
  if (wantsJson(request))
    return reply.code(status).header('cache-control', 'no-store').send(reportJson(check))
  const locale = localeFor(deps, request)
  const found = check.found === 'genuine' ? { report: foundReport(locale, check) } : {}
  const verdict = reportVerdict(check)
  return sendPage(reply, status, verifyPage(locale, { path: '/verify', presented, verdict, ...found }))
}

/** `POST /verify`: a file. Its hash is looked for among what was published; else it may hold a receipt. */
const checkFile =
  (deps: ReceiptRoutesDeps): Answer =>
  async (request, reply) => {
    await deps.limit(request, 'verify')
    const file = await request.file({ limits: { fileSize: LARGEST_FILE, files: 1 } })
    if (file === undefined)
      throw new AppError('validation', { fields: [{ field: 'file', code: 'required' }] })
    const { sha256, held } = await readHeldUp(file)
    const check = await checkReportHash(deps, sha256)
    const isSmall = held !== '' && held.length <= PRESENTED_CHARACTERS
    if (check.found !== 'unknown' || !isSmall) return sendReport(deps, request, reply, check)
    const signed = await checkReport(deps, held)
    return signed ? sendReport(deps, request, reply, signed) : sendReceipt(deps, request, reply, held)
  }

/** `/verify?receipt=…`: what somebody holds up. */
const checkHeldUp =
  (deps: ReceiptRoutesDeps): Answer =>
  async (request, reply) => {
    const presented = request.query.receipt
    if (typeof presented !== 'string')
      return sendPage(reply, 200, verifyPage(localeFor(deps, request), { path: '/verify' }))
    await deps.limit(request, 'verify')
    const report = presented.length > PRESENTED_CHARACTERS ? undefined : await checkReport(deps, presented)
    return report
      ? sendReport(deps, request, reply, report, presented)
      : sendReceipt(deps, request, reply, presented)
  }

/** What came of holding up anything else. A number or a link leads to the number's page. */
const sendReceipt = async (
  deps: ReceiptRoutesDeps,
  request: FastifyRequest<VerifyRequest>,
  reply: FastifyReply,
  presented: string,
): Promise<FastifyReply> => {
  const locale = localeFor(deps, request)
  const result: PresentedReceipt =
    presented.length > PRESENTED_CHARACTERS ? { found: 'malformed' } : await checkPresented(deps, presented)
  if (result.found === 'reference') return reply.redirect(`/${locale}/verify/${result.reference}`, 303)
  const verdict = result.found === 'wrong_reference' ? WRONG_NUMBER[result.reason] : VERDICTS[result.found]
  const receipts =
    result.found === 'genuine'
      ? (await checkedReceipts(deps, result.claims.reference)).filter(
          ({ facts }) => facts.claims.round === result.claims.round,
        )
      : []
  const status = result.found === 'genuine' ? 200 : 422
  return sendPage(reply, status, verifyPage(locale, { path: '/verify', presented, verdict, receipts }))
}

const PREFIXES = ['', '/:locale(^(?:ar|fr|en)$)']

/** The public check, with and without a locale in front. Shows no content and no person. */
export const verifyRoutes = (app: FastifyInstance, deps: ReceiptRoutesDeps): void => {
  const options = { schema: { hide: true } }
  for (const prefix of PREFIXES) {
    app.get<VerifyRequest>(`${prefix}/verify`, options, checkHeldUp(deps))
    app.get<VerifyRequest>(`${prefix}/verify/:reference`, options, checkNumber(deps))
  }
  void app.register(async (own) => {
    await own.register(fastifyMultipart)
    for (const prefix of PREFIXES) own.post<VerifyRequest>(`${prefix}/verify`, options, checkFile(deps))
  })
}
