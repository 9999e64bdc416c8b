import fastifyFormbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'
import { isLocale, type Locale } from '../core/locale.ts'
import type { ReceiptFacts } from '../core/receipt.ts'
import { ltr, text } from '../html/text.ts'
import { mayTakeTexts, normaliseEmail, normalisePhone } from '../intake/normalise.ts'
import { composeReceipt } from '../receipts/compose-receipt.ts'
import { readReceiptToken } from '../receipts/link.ts'
import {
  codeFor,
  drawReceipt,
  type ReceiptCopies,
  type ReceiptRequest,
  type ReceiptRoutesDeps,
} from './receipts.ts'
import { refuseCrossSite } from './same-origin.ts'

const EXAMPLES = { phone: ltr('0612345678'), example: ltr('nom@exemple.ma') } as const
const TYPED_CHARACTERS = 254

type Destination = { readonly phone: string } | { readonly email: string }

/** What was typed, as a number or an address; undefined when it is neither. */
const destinationOf = (typed: string, copies: ReceiptCopies): Destination | undefined => {
  const email = normaliseEmail(typed)
  if (email !== undefined) return { email }
  const phone = copies.byText === undefined ? undefined : normalisePhone(typed)
  return phone === undefined ? undefined : { phone }
}

interface Sending {
  readonly copies: ReceiptCopies
  readonly request: FastifyRequest
  readonly facts: ReceiptFacts
  readonly locale: Locale
  readonly typed: string
}

/** Sends it on. Gives what kept it from leaving, in the reader's words; undefined when it is on its way. */
const sendOn = async ({ copies, request, facts, locale, typed }: Sending): Promise<string | undefined> => {
  const to = destinationOf(typed, copies)
  if (to === undefined)
    return copies.byText === undefined
      ? text(locale, 'file.error.email', { example: EXAMPLES.example })
      : text(locale, 'receipt.send.error', EXAMPLES)
  const admitted = await copies.admit(request, 'phone' in to ? to.phone : to.email)
  if (!admitted.pass)
    return text(locale, 'receipt.send.many', { minutes: Math.ceil(admitted.retryAfter / 60) })
  if ('email' in to) {
    await copies.byMail({ receiptId: facts.receiptId, email: to.email, language: locale })
    return undefined
  }
  const isSent = mayTakeTexts(to.phone) && (await copies.byText?.(facts.complaintId, to.phone))
  return isSent
    ? undefined
    : text(locale, 'receipt.send.unreachable', { to: ltr(typed), phone: EXAMPLES.phone })
}

const sendCopy =
  (deps: ReceiptRoutesDeps, copies: ReceiptCopies) =>
  async (request: FastifyRequest<ReceiptRequest>, reply: FastifyReply): Promise<FastifyReply> => {
    refuseCrossSite(request, deps.publicUrl)
    await deps.limit(request, 'receipt')
    const { locale, name: token } = request.params
    const receiptId = readReceiptToken(deps.secrets, token)
    const facts = receiptId && (await composeReceipt(deps, receiptId))
    if (!facts || !isLocale(locale)) throw new AppError('not_found')
    const code = codeFor(deps, request, facts)
    // The numbers leave only from the browser that still sees them.
    if (code === undefined) return reply.redirect(`/${locale}/receipts/${token}`, 303)
    const { to } = (request.body ?? {}) as { to?: unknown }
    const typed = String(to ?? '')
      .trim()
      .slice(0, TYPED_CHARACTERS)
    const wrong = await sendOn({ copies, request, facts, locale, typed })
    const texts = copies.byText !== undefined
    const form = wrong
      ? { texts, typed, problems: [{ field: 'to', message: wrong }] }
      : { texts, typed: '', problems: [], sentTo: typed }
    return drawReceipt(reply, { locale, facts, token, code, copies: form }, wrong ? 422 : 200)
  }

/** `POST /{locale}/receipts/{token}/send`: the receipt to one more telephone or address (ux G44). */
export const receiptCopyRoutes = (app: FastifyInstance, deps: ReceiptRoutesDeps): void => {
  const { copies } = deps
  if (copies === undefined) return
  app.register(async (scope) => {
    await scope.register(fastifyFormbody)
    scope.post<ReceiptRequest>(
      '/:locale(^(?:ar|fr|en)$)/receipts/:name/send',
      { schema: { hide: true } },
      sendCopy(deps, copies),
    )
  })
}
