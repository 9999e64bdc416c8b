import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ParsedMail, simpleParser } from 'mailparser'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { Mailbox } from '../platform/mailbox.ts'
import { type ListedMail, mailboxPage, mailPage } from './mailbox-page.ts'

export interface MailboxDeps {
  readonly mailbox: Mailbox
  readonly officeZone: string
  readonly localeOf: (request: FastifyRequest) => Locale
}

const SHOWN = 50
/** A mail in its frame: no script, no form, nothing loaded from anywhere; its own style attributes may speak. */
const FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

const toText = ({ to }: ParsedMail): string =>
  (Array.isArray(to) ? to : to === undefined ? [] : [to]).map((address) => address.text).join(', ')

const parse = async (mailbox: Mailbox, id: string): Promise<ParsedMail> => {
  const bytes = await mailbox.read(id)
  if (bytes === undefined) throw new AppError('not_found')
  return simpleParser(bytes)
}

const listMails = async (mailbox: Mailbox): Promise<readonly ListedMail[]> => {
  const ids = await mailbox.list(SHOWN)
  return Promise.all(
    ids.map(async (id) => {
      const mail = await parse(mailbox, id)
      return { id, subject: mail.subject ?? '', to: toText(mail), date: mail.date }
    }),
  )
}

const sendHtml = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)

/** The site's policy lets no page hold a frame; the page of a mail may hold one of ours. */
const allowOwnFrame = (reply: FastifyReply): FastifyReply => {
  const policy = String(reply.getHeader('content-security-policy') ?? "default-src 'none'")
  return reply.header('content-security-policy', `${policy};frame-src 'self'`)
}

interface MailRequest {
  Params: { id: string }
}

const EML = /^(.+)\.eml$/

/**
 * `/simulator/mailbox`: what would have been sent. Registered in embedded mode only, where no mail server is configured:
 * it shows everybody's mail to everybody.
 */
export const mailboxRoutes = (app: FastifyInstance, { mailbox, officeZone, localeOf }: MailboxDeps): void => {
  const options = { schema: { hide: true } }
  app.get('/simulator/mailbox', options, async (request, reply) =>
    sendHtml(reply, mailboxPage(localeOf(request), officeZone, await listMails(mailbox))),
  )
  app.get<MailRequest>('/simulator/mailbox/:id', options, async (request, reply) => {
    const { id } = request.params
    const source = EML.exec(id)?.[1]
    if (source === undefined)
      return sendHtml(allowOwnFrame(reply), mailPage(localeOf(request), id, await parse(mailbox, id)))
    const bytes = await mailbox.read(source)
    if (bytes === undefined) throw new AppError('not_found')
    return reply
      .type('message/rfc822')
      .header('content-disposition', `attachment; filename="${source}.eml"`)
      .send(bytes)
  })
  // Helmet's own policy is switched off here: this answer brings a stricter one.
  app.get<MailRequest>(
    '/simulator/mailbox/:id/html',
    { ...options, helmet: { contentSecurityPolicy: false } },
    async (request, reply) => {
      const { html } = await parse(mailbox, request.params.id)
      return sendHtml(
        reply.header('content-security-policy', FRAME_POLICY).header('x-frame-options', 'SAMEORIGIN'),
        typeof html === 'string' ? html : '',
      )
    },
  )
}
