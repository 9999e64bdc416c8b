import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import type { AppError, ErrorCode } from '../core/errors.ts'
import { page } from '../html/layout.ts'
import { localeOfAddress } from '../html/negotiate-locale.ts'
import { text } from '../html/text.ts'
import { STATUS_OF } from './status-of.ts'

/** Codes after which a draft is still there and going back helps. */
const KEPT: readonly ErrorCode[] = [
  'unavailable',
  'internal',
  'csrf',
  'insufficient_storage',
  'payload_too_large',
]

/** A failure as a page in the reader's language: what happened, what to do, no stack, no path, no query. */
export const errorPage = (request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply => {
  const locale = localeOfAddress(request.url, request.headers['accept-language'])
  const status = STATUS_OF[error.code]
  if (error.retryAfter !== undefined) reply.header('retry-after', Math.ceil(error.retryAfter))
  const title = text(locale, 'error.title')
  const isFiling = request.url.startsWith(`/${locale}/file`)
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, `error.${error.code}`)}</p>
!${isFiling && KEPT.includes(error.code) ? html`<p>${text(locale, 'error.kept')}</p>` : ''}
!${status >= 500 ? html`<p class="soft">${text(locale, 'error.request', { id: request.id })}</p>` : ''}
<p><a class="button" href="/${locale}/">${text(locale, 'action.home')}</a></p>`
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page({ locale, title, path: '/', body }))
}
