import type { FastifyInstance, FastifyReply } from 'fastify'
import { LIMITS } from '../../src/core/limits.ts'
import { isLocale, type Locale } from '../../src/core/locale.ts'
import { addToComplaint, rateAnswer, sendAgain, takeBack } from '../../src/handling/follow-up.ts'
import type { Problem } from '../../src/html/form.ts'
import { text } from '../../src/html/text.ts'
import { openKeyedDraft } from '../../src/intake/keep-draft.ts'
import { lengthOf } from './answers.ts'
import { createAttachments } from './attach-files.ts'
import type { WebDeps } from './deps.ts'
import { addPage, againPage, type FollowUpView, withdrawPage } from './follow-up.page.ts'
import { ACTS, type Act, followUpOf, typedText } from './follow-up.ts'
import { sealTicket, type Ticket } from './follow-up-ticket.ts'
import { readComplaint, ticketOf, toComplaint, unlessOvertaken } from './follow-up-visit.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { FORM_SECONDS, openView, viewedComplaint } from './track-session.ts'
import { type Fields, TOO_MANY, UNPROCESSABLE, type Visit } from './visit.ts'

/** The complaint of the browser and a fresh ticket for the form about it; undefined where this is not open to it now. */
const openForm = async (visit: Visit, act: Act) => {
  const { deps, request, reply } = visit
  const complaintId = viewedComplaint(deps, request)
  if (complaintId === undefined) return undefined
  const complaint = await readComplaint(deps, complaintId)
  if (!ACTS[complaint.state].includes(act)) return undefined
  openView(deps, reply, complaintId, FORM_SECONDS)
  const ticket: Ticket = { complaintId, round: complaint.round, key: deps.newId() }
  return { complaint, ticket }
}

const EMPTY = { problems: [], typed: '', media: [] } as const

const showForm = async (
  visit: Visit,
  act: Act,
  draw: (view: FollowUpView) => string,
): Promise<FastifyReply> => {
  const { deps, locale, reply } = visit
  const opened = await openForm(visit, act)
  if (opened === undefined) return toComplaint(visit)
  const { complaint, ticket } = opened
  return sendHtml(reply, draw({ ...EMPTY, locale, complaint, ticket: sealTicket(deps, ticket) }))
}

interface Posted {
  readonly ticket: Ticket
  readonly fields: Fields
  readonly typed: string
  readonly problems: readonly Problem[]
  /** Hashes of the files that came with it. */
  readonly carried: readonly string[]
}

/** Draws a posted form once more, with everything that was typed: to be mended, or in another language. */
const drawAgain = async (
  visit: Visit,
  { ticket, fields, typed, problems }: Posted,
  draw: (view: FollowUpView) => string,
  answer: { readonly status?: number; readonly overtaken?: boolean } = {},
): Promise<FastifyReply> => {
  const { deps, reply } = visit
  const locale = isLocale(fields.language) ? fields.language : visit.locale
  const [complaint, { media }] = await Promise.all([
    readComplaint(deps, ticket.complaintId),
    deps.uploads.ofDraft(ticket.key),
  ])
  const sealed = sealTicket(deps, { ...ticket, round: complaint.round })
  const { status = 200, overtaken = false } = answer
  return sendHtml(
    reply,
    draw({ locale, complaint, ticket: sealed, problems, typed, media, overtaken }),
    status,
  )
}

const lengthProblems = (locale: Locale, typed: string): Problem[] => {
  const [count, limit] = [lengthOf(typed), LIMITS.textCharacters]
  return count > limit
    ? [{ field: 'text', message: text(locale, 'file.error.text_long', { count, limit }) }]
    : []
}

/** Each sending reaches a body: more than people do in an hour waits. */
const floodProblem = async ({ deps, locale, request, reply }: Visit): Promise<Problem | undefined> => {
  const admitted = await deps.admitFollowUp(deps.clientOf(request))
  if (admitted.pass) return undefined
  reply.header('retry-after', admitted.retryAfter)
  const minutes = Math.ceil(admitted.retryAfter / 60)
  return { field: 'text', message: text(locale, 'track.error.too_many', { minutes }) }
}

/** Reads the form with its files, which stream into a draft of the form's own. */
const receiveAddition = async (visit: Visit): Promise<Posted | undefined> => {
  const { deps, locale, request } = visit
  const attachments = createAttachments(deps, request, locale)
  const fields = await receiveForm(request, async (file, before) => {
    const ticket = ticketOf(visit, before.form)
    if (ticket === undefined) return
    await openKeyedDraft(deps, ticket.key, locale)
    await attachments.attach(ticket.key, file)
  })
  const ticket = ticketOf(visit, fields.form)
  if (ticket === undefined) return undefined
  await attachments.review(ticket.key)
  if (fields.remove !== undefined) await deps.uploads.remove(ticket.key, fields.remove)
  return {
    ticket,
    fields,
    typed: typedText(fields.text),
    problems: attachments.problems,
    carried: attachments.carried,
  }
}

const add = async (visit: Visit, posted: Posted): Promise<FastifyReply> => {
  const { deps, locale } = visit
  const { ticket, typed } = posted
  const { media } = await deps.uploads.ofDraft(ticket.key)
  const empty = { field: 'text', message: text(locale, 'follow.error.empty') }
  const problems = [
    ...posted.problems,
    ...lengthProblems(locale, typed),
    ...(typed === '' && media.length === 0 && posted.problems.length === 0 ? [empty] : []),
  ]
  if (problems.length > 0)
    return drawAgain(visit, { ...posted, problems }, addPage, { status: UNPROCESSABLE })
  const flood = await floodProblem(visit)
  if (flood) return drawAgain(visit, { ...posted, problems: [flood] }, addPage, { status: TOO_MANY })
  const sent = followUpOf(ticket, { text: typed, locale, media, carried: posted.carried })
  const added = await unlessOvertaken(addToComplaint(deps, sent).then(() => true))
  // What a second press brought once more belongs to no later addition; claimed files stay.
  for (const { uploadId, id } of added ? media : []) await deps.uploads.remove(ticket.key, uploadId ?? id)
  return added ? toComplaint(visit, '?done=added') : drawAgain(visit, posted, againPage, { overtaken: true })
}

const postAdd = async (visit: Visit): Promise<FastifyReply> => {
  const posted = await receiveAddition(visit)
  if (posted === undefined || posted.fields.action === 'back') return toComplaint(visit)
  const { fields } = posted
  if (isLocale(fields.language) || fields.remove !== undefined) return drawAgain(visit, posted, addPage)
  return add(visit, posted)
}

const again = async (visit: Visit, posted: Posted): Promise<FastifyReply> => {
  const { deps, locale, reply } = visit
  const { ticket, typed } = posted
  const problems = lengthProblems(locale, typed)
  if (problems.length > 0)
    return drawAgain(visit, { ...posted, problems }, againPage, { status: UNPROCESSABLE })
  const flood = await floodProblem(visit)
  if (flood) return drawAgain(visit, { ...posted, problems: [flood] }, againPage, { status: TOO_MANY })
  const sent = followUpOf(ticket, { text: typed, locale, media: [], carried: [] })
  const receiptId = await unlessOvertaken(sendAgain(deps, sent))
  if (receiptId === undefined) return toComplaint(visit)
  return reply.redirect(`/${locale}/receipts/${deps.receiptToken(receiptId)}`, 303)
}

const postAgain = async (visit: Visit): Promise<FastifyReply> => {
  const fields = await receiveForm(visit.request, async () => {})
  const ticket = ticketOf(visit, fields.form)
  if (ticket === undefined || fields.action === 'back') return toComplaint(visit)
  const posted = { ticket, fields, typed: typedText(fields.text), problems: [], carried: [] }
  return isLocale(fields.language) ? drawAgain(visit, posted, againPage) : again(visit, posted)
}

/** A press that needs no words. */
const press = async (
  visit: Visit,
  done: (ticket: Ticket) => Promise<void>,
  then = '',
): Promise<FastifyReply> => {
  const { form } = await receiveForm(visit.request, async () => {})
  const ticket = ticketOf(visit, form)
  if (ticket === undefined) return toComplaint(visit)
  const isDone = await unlessOvertaken(done(ticket).then(() => true))
  return isDone && then !== ''
    ? visit.reply.redirect(`/${visit.locale}/track/complaint/${then}`, 303)
    : toComplaint(visit)
}

const CHANNEL = 'web'

/** What a person does after the filing, behind number and code: `/track/complaint/{add,again,withdraw,…}`. */
export const followUpRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const route = (method: 'GET' | 'POST', step: string, handle: (visit: Visit) => Promise<FastifyReply>) =>
    app.route({
      method,
      url: `/${locale}/track/complaint/${step}`,
      schema: { hide: true },
      handler: (request, reply) => handle({ deps, locale, request, reply }),
    })
  route('GET', 'add', (visit) => showForm(visit, 'add', addPage))
  route('POST', 'add', postAdd)
  route('GET', 'again', (visit) => showForm(visit, 'again', againPage))
  route('POST', 'again', postAgain)
  route('GET', 'withdraw', (visit) =>
    showForm(visit, 'withdraw', ({ complaint, ticket }) => withdrawPage(locale, complaint, ticket)),
  )
  route('POST', 'withdraw', (visit) => press(visit, (ticket) => takeBack(deps, ticket, CHANNEL)))
  for (const satisfied of [true, false])
    route('POST', satisfied ? 'satisfied' : 'unsatisfied', (visit) =>
      press(
        visit,
        (ticket) => rateAnswer(deps, ticket, { channel: CHANNEL, satisfied }),
        satisfied ? '' : 'again',
      ),
    )
}
