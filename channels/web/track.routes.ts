import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { isLocale, type Locale } from '../../src/core/locale.ts'
import { LOCK_SECONDS, type Tracked } from '../../src/handling/track-complaint.ts'
import { complaintOfReceipt, readTrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import type { Problem } from '../../src/html/form.ts'
import { ltr, text } from '../../src/html/text.ts'
import type { WebDeps } from './deps.ts'
import { followUpRoutes } from './follow-up.routes.ts'
import { sealTicket } from './follow-up-ticket.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { TRACK_EXAMPLES, trackedPage, trackFormPage } from './track.page.ts'
import { closeView, openView, VIEW_SECONDS, viewedComplaint } from './track-session.ts'
import { refuseForeign } from './visit.ts'

const RESULT = '/track/complaint'

const problemOf = (locale: Locale, tracked: Exclude<Tracked, { outcome: 'found' }>): Problem => {
  const reference = { example: ltr(TRACK_EXAMPLES.reference) }
  const code = { example: ltr(TRACK_EXAMPLES.code) }
  switch (tracked.outcome) {
    case 'reference_length':
      return { field: 'reference', message: text(locale, 'track.error.reference_length', reference) }
    case 'reference_digit':
      return { field: 'reference', message: text(locale, 'track.error.reference_digit') }
    case 'code':
      return { field: 'code', message: text(locale, 'track.error.code', code) }
    case 'wrong':
      return { field: 'reference', message: text(locale, 'track.error.wrong') }
    case 'locked':
      return { field: 'reference', message: text(locale, 'track.error.locked') }
    case 'too_many': {
      const minutes = Math.ceil(tracked.retryAfter / 60)
      return { field: 'reference', message: text(locale, 'track.error.too_many', { minutes }) }
    }
  }
}

const statusOf = ({ outcome }: Tracked): number =>
  outcome === 'locked' || outcome === 'too_many' ? 429 : outcome === 'wrong' ? 404 : 422

const showComplaint = async (
  deps: WebDeps,
  reply: FastifyReply,
  complaintId: string,
  view: { locale: Locale; path: string; mayAct: boolean; done?: string | undefined },
): Promise<FastifyReply> => {
  const complaint = await readTrackedComplaint(deps, complaintId)
  if (complaint === undefined) throw new AppError('not_found')
  const { mediaUrls, officeZone: zone } = deps
  const { locale, path, mayAct, done } = view
  const ticket = sealTicket(deps, { complaintId, round: complaint.round, key: deps.newId() })
  return sendHtml(
    reply,
    trackedPage({
      locale,
      path,
      complaint,
      mediaUrls,
      zone,
      isAdded: done === 'added',
      ...(mayAct ? { ticket } : {}),
    }),
  )
}

const postTrack = async (deps: WebDeps, locale: Locale, request: FastifyRequest, reply: FastifyReply) => {
  refuseForeign({ deps, request })
  const { reference = '', code = '', language } = await receiveForm(request, async () => {})
  if (isLocale(language))
    return reply.redirect(`/${language}/track?${new URLSearchParams({ reference })}`, 303)
  const tracked = await deps.track({ reference, code, client: deps.clientOf(request) })
  if (tracked.outcome === 'found') {
    openView(deps, reply, tracked.complaintId, VIEW_SECONDS)
    return reply.redirect(`/${locale}${RESULT}`, 303)
  }
  if (tracked.outcome === 'locked') reply.header('retry-after', LOCK_SECONDS)
  if (tracked.outcome === 'too_many') reply.header('retry-after', tracked.retryAfter)
  const problems = [problemOf(locale, tracked)]
  return sendHtml(
    reply,
    trackFormPage({ locale, reference, problems, clipOf: deps.clipOf }),
    statusOf(tracked),
  )
}

/**
 * `/track`, the page behind number and code, and the same page behind a receipt's link. A link may be passed on, so it shows and
 * does nothing: acting needs the code.
 */
export const trackRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const schema = { hide: true }
  followUpRoutes(app, deps, locale)
  app.get<{ Querystring: { reference?: string } }>(`/${locale}/track`, { schema }, async (request, reply) => {
    const reference = String(request.query.reference ?? '').slice(0, 60)
    return sendHtml(reply, trackFormPage({ locale, reference, problems: [], clipOf: deps.clipOf }))
  })
  app.post(`/${locale}/track`, { schema }, (request, reply) => postTrack(deps, locale, request, reply))
  app.get<{ Querystring: { done?: string } }>(`/${locale}${RESULT}`, { schema }, async (request, reply) => {
    const complaintId = viewedComplaint(deps, request)
    return complaintId === undefined
      ? reply.redirect(`/${locale}/track`, 303)
      : showComplaint(deps, reply, complaintId, {
          locale,
          path: RESULT,
          mayAct: true,
          done: request.query.done,
        })
  })
  app.post(`/${locale}/track/leave`, { schema }, async (request, reply) => {
    refuseForeign({ deps, request })
    closeView(deps, reply)
    return reply.redirect(`/${locale}/`, 303)
  })
  app.get<{ Params: { token: string } }>(`/${locale}/track/:token`, { schema }, async (request, reply) => {
    const { token } = request.params
    const receiptId = deps.readReceiptToken(token)
    const complaintId = receiptId === undefined ? undefined : await complaintOfReceipt(deps, receiptId)
    if (complaintId === undefined) throw new AppError('not_found')
    return showComplaint(deps, reply, complaintId, { locale, path: `/track/${token}`, mayAct: false })
  })
}
