import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { LOCALES, type Locale } from '../../src/core/locale.ts'
import { CODE_GRANT_SECONDS, grantCode } from '../../src/receipts/code-grant.ts'
import { readAnswers, UNKNOWN_OFFICE } from './answers.ts'
import { writeCookie } from './cookies.ts'
import type { WebDeps } from './deps.ts'
import type { Filing } from './draft-session.ts'
import { createInstallation, manifestOf } from './install.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { submissionOf } from './submission.ts'
import { problemsOf } from './validate.ts'

/** The browser made the key when the filing was written: however often it is sent, it is one filing. */
const KEY = /^[\w-]{16,64}$/
const SHARED = 'public, max-age=60'
const schema = { hide: true }

const readFiling = async (deps: WebDeps, request: FastifyRequest) => {
  const uploadIds: string[] = []
  const fields = await receiveForm(
    request,
    async () => {},
    (name, value) => void (name === 'upload' && uploadIds.push(value)),
  )
  const { key = '' } = fields
  if (!KEY.test(key)) throw new AppError('validation', { fields: [{ field: 'key', code: 'invalid' }] })
  const externalId = `offline:${key}`
  const named = uploadIds.slice(0, LIMITS.filesPerSubmission)
  const held = await deps.uploads.named(named, externalId)
  // Written without the directory at hand: which office it is, people here find out.
  const answers = { ...readAnswers(fields), office: UNKNOWN_OFFICE }
  const filing: Filing = { draft: undefined, answers, ...held, office: undefined }
  return { filing, externalId, named }
}

const file = async (deps: WebDeps, request: FastifyRequest, reply: FastifyReply, locale: Locale) => {
  if (deps.formOrigin(request) !== 'same') throw new AppError('csrf')
  reply.header('cache-control', 'no-store')
  const { filing, externalId, named } = await readFiling(deps, request)
  const problems = [...problemsOf('message', filing, locale), ...problemsOf('contact', filing, locale)]
  if (problems.length > 0) return reply.code(422).send({ problems })
  const admitted = await deps.admitFiling(deps.clientOf(request), undefined)
  if (!admitted.pass) throw new AppError('too_many_requests', { retryAfter: admitted.retryAfter })
  const draft = { submissionKey: externalId, language: locale }
  const accepted = await deps.accept(submissionOf(filing, draft, deps.clock.now()))
  await deps.uploads.letArrive(accepted.complaintId, { uploadIds: named })
  const grant = grantCode(deps.secrets, accepted.receiptId, deps.clock.now())
  writeCookie(reply, deps.publicUrl, 'receipt_code', grant, CODE_GRANT_SECONDS)
  return reply.code(accepted.repeat ? 200 : 201).send({
    reference: accepted.reference,
    accessCode: accepted.accessCode,
    receiptUrl: `/receipts/${deps.receiptToken(accepted.receiptId)}`,
  })
}

/**
 * Filing without a network: the page that a browser keeps (`/offline`), the service worker that keeps it, the manifest, and the
 * door for what was written there. 201 with the receipt's address, 200 for a repeat, 422 with what must be mended.
 */
export const offlineRoutes = (app: FastifyInstance, deps: WebDeps): void => {
  const { pages, serviceWorker } = createInstallation(deps)
  app.get('/sw.js', { schema }, async (_request, reply) =>
    // A browser asks for it anew at each visit, so that a new version is there the next time.
    reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(serviceWorker),
  )
  for (const locale of LOCALES) {
    app.get(`/${locale}/manifest.webmanifest`, { schema }, async (_request, reply) =>
      reply.header('cache-control', SHARED).type('application/manifest+json').send(manifestOf(locale)),
    )
    app.get(`/${locale}/offline`, { schema }, async (_request, reply) =>
      sendHtml(reply.header('cache-control', SHARED), pages[locale]),
    )
    app.post(`/${locale}/offline`, { schema }, (request, reply) => file(deps, request, reply, locale))
  }
}
