import type { FastifyInstance, FastifyReply } from 'fastify'
import { isLocale, type Locale } from '../../src/core/locale.ts'
import type { Problem } from '../../src/html/form.ts'
import { closeDraft, type Draft } from '../../src/intake/keep-draft.ts'
import { CODE_GRANT_SECONDS, grantCode } from '../../src/receipts/code-grant.ts'
import { type Answers, readAnswers } from './answers.ts'
import { createAttachments } from './attach-files.ts'
import { checkPage, sentPage, slowPage } from './check.page.ts'
import { contactPage } from './contact.page.ts'
import { writeCookie } from './cookies.ts'
import type { WebDeps } from './deps.ts'
import { draftForForm, draftOf, type Filing, filingOf, keepAnswers, startDraft } from './draft-session.ts'
import { formToken, ownerMark } from './form-token.ts'
import { messagePage } from './message.page.ts'
import { officePage } from './office.page.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import type { StepView } from './step-page.ts'
import { submissionOf } from './submission.ts'
import { nextStep, problemsOf, STEPS, type Step } from './validate.ts'
import { type Fields, refuseForeign, UNPROCESSABLE, type Visit } from './visit.ts'

const SEARCH_RESULTS = 12

const tokenOf = (deps: WebDeps, draft: Draft | undefined): string =>
  draft === undefined ? '' : formToken(deps, draft.id)

const stepPath = (locale: Locale, step: Step | 'check'): string => `/${locale}/file/${step}`

const laterPath = (locale: Locale): string => `/${locale}/file/later`

/** The question before; before the first one, the home page. */
const backPath = (locale: Locale, step: Step | 'check'): string => {
  const before = step === 'check' ? STEPS.at(-1) : STEPS[STEPS.indexOf(step) - 1]
  return before === undefined ? `/${locale}/` : stepPath(locale, before)
}

const receiptPath = (deps: WebDeps, receiptId: string): string => `/receipts/${deps.receiptToken(receiptId)}`

/** Leads the browser that filed to its receipt, where it may see the access code for a while. */
const toReceipt = (deps: WebDeps, reply: FastifyReply, receiptId: string): FastifyReply => {
  const grant = grantCode(deps.secrets, receiptId, deps.clock.now())
  writeCookie(reply, deps.publicUrl, 'receipt_code', grant, CODE_GRANT_SECONDS)
  return reply.redirect(receiptPath(deps, receiptId), 303)
}

const showSent = ({ deps, locale, reply }: Visit, draft: Draft): FastifyReply => {
  const path = receiptPath(deps, draft.sent?.receiptId ?? '')
  return sendHtml(reply, sentPage(locale, path, tokenOf(deps, draft)))
}

const viewOf = ({ deps, locale }: Visit, filing: Filing, problems: readonly Problem[] = []): StepView => ({
  locale,
  filing,
  problems,
  token: tokenOf(deps, filing.draft),
  clipOf: deps.clipOf,
  owner: filing.draft === undefined ? '' : ownerMark(deps, filing.draft.id),
  lines: deps,
})

const drawOffice = async ({ deps }: Visit, view: StepView, query?: string): Promise<string> => {
  const searched = query?.trim()
  const offered = searched
    ? (await deps.offices.search(searched)).slice(0, SEARCH_RESULTS)
    : await deps.offices.common()
  const { office, answers } = view.filing
  const directs = office?.outside === true && answers.directed !== office.code
  return officePage({ ...view, query: searched, offered, directs })
}

/** Draws the page of a step. `query` is what was searched for on the office page. */
const drawStep = async (visit: Visit, step: Step, view: StepView, query?: string): Promise<string> => {
  if (step === 'message') return messagePage(view)
  return step === 'contact' ? contactPage(view) : drawOffice(visit, view, query)
}

const showStep = async (visit: Visit, step: Step): Promise<FastifyReply> => {
  const { deps, request, reply } = visit
  const { way, sensitive } = readAnswers(request.query as Record<string, unknown>)
  const draft = await draftOf(deps, request)
  // Whoever chose a way on the home page begins anew; everyone else with a sent draft came back to it.
  if (draft?.sent && way === undefined) return showSent(visit, draft)
  const filing = await filingOf(deps, draft?.sent ? undefined : draft)
  const begun = way === undefined ? {} : { way, ...(sensitive ? { sensitive } : {}) }
  const chosen = { ...filing, answers: { ...filing.answers, ...begun } }
  return sendHtml(reply, await drawStep(visit, step, viewOf(visit, chosen)))
}

/** The language switch of a form page: what was typed is kept, the same page comes in the other language. */
const switchedTo = (fields: Fields): Locale | undefined =>
  isLocale(fields.language) ? fields.language : undefined

/** Answers of a step that is being posted. Only its own fields: a form cannot write another page's. */
const STEP_FIELDS: Readonly<Record<Step, readonly (keyof Answers)[]>> = {
  message: ['way', 'kind', 'text', 'sensitive'],
  office: ['office', 'directed', 'place'],
  contact: ['contact', 'email', 'phone', 'preferred', 'name', 'answerLanguage'],
}

const answersOf = (step: Step, fields: Fields): Answers =>
  readAnswers(Object.fromEntries(STEP_FIELDS[step].map((name) => [name, fields[name]])))

interface Posted {
  readonly draft: Draft
  readonly fields: Fields
  readonly problems: readonly Problem[]
}

/** Receives a step's form with its files: answers are kept before the first file streams, so that a cut loses no word. */
const receiveStep = async (visit: Visit, step: Step): Promise<Posted> => {
  const { deps, locale, request, reply } = visit
  const attachments = createAttachments(deps, request, locale)
  let draft: Draft | undefined
  const keep = async (fields: Fields): Promise<Draft> => {
    draft ??= await draftForForm(deps, request, reply, { token: fields.form, locale })
    draft = await keepAnswers(deps, draft, answersOf(step, fields), locale)
    return draft
  }
  const fields = await receiveForm(request, async (file, before) => {
    const { id, sent } = draft ?? (await keep(before))
    if (!sent) await attachments.attach(id, file)
  })
  const kept = await keep(fields)
  if (step === 'message' && !kept.sent) await attachments.review(kept.id)
  return { draft: kept, fields, problems: attachments.problems }
}

/** True when the press meant "search": its button, or Enter in the search field with new words in it. */
const isSearch = ({ action, q = '', asked = '' }: Fields): boolean =>
  action === 'search' || (action === 'default' && q.trim() !== '' && q.trim() !== asked)

const needsDirection = (step: Step, { office, answers }: Filing): boolean =>
  step === 'office' && office?.outside === true && answers.directed !== office.code

const continueFrom = async (visit: Visit, step: Step, posted: Posted): Promise<FastifyReply> => {
  const { deps, locale, reply } = visit
  const { fields } = posted
  const filing = await filingOf(deps, posted.draft)
  if (step === 'office' && isSearch(fields))
    return sendHtml(reply, await drawStep(visit, step, viewOf(visit, filing), fields.q ?? ''))
  const problems = [...posted.problems, ...problemsOf(step, filing, locale)]
  if (problems.length > 0)
    return sendHtml(
      reply,
      await drawStep(visit, step, viewOf(visit, filing, problems), fields.q),
      UNPROCESSABLE,
    )
  if (needsDirection(step, filing)) return sendHtml(reply, await drawStep(visit, step, viewOf(visit, filing)))
  return reply.redirect(stepPath(locale, nextStep(filing, locale)), 303)
}

const postStep = async (visit: Visit, step: Step): Promise<FastifyReply> => {
  const { deps, locale, reply } = visit
  const posted = await receiveStep(visit, step)
  const { draft, fields } = posted
  if (draft.sent) return showSent(visit, draft)
  const other = switchedTo(fields)
  if (other) return reply.redirect(stepPath(other, step), 303)
  if (fields.remove !== undefined) {
    await deps.uploads.remove(draft.id, fields.remove)
    return reply.redirect(`${stepPath(locale, step)}#attached`, 303)
  }
  if (fields.action === 'back') return reply.redirect(backPath(locale, step), 303)
  if (fields.action === 'later') return reply.redirect(laterPath(locale), 303)
  return continueFrom(visit, step, posted)
}

const showCheck = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, locale, request, reply } = visit
  const draft = await draftOf(deps, request)
  if (draft?.sent) return showSent(visit, draft)
  const filing = await filingOf(deps, draft)
  const next = nextStep(filing, locale)
  return next === 'check'
    ? sendHtml(reply, checkPage(viewOf(visit, filing)))
    : reply.redirect(stepPath(locale, next), 303)
}

const send = async (
  visit: Visit,
  filing: Filing,
  draft: Draft,
  proof: string | undefined,
): Promise<FastifyReply> => {
  const { deps, reply, request } = visit
  const admitted = await deps.admitFiling(deps.clientOf(request), proof)
  if (!admitted.pass) {
    const wait = { seconds: admitted.retryAfter, challenge: admitted.challenge }
    reply.header('retry-after', admitted.retryAfter)
    return sendHtml(reply, slowPage(viewOf(visit, filing), wait), 429)
  }
  const accepted = await deps.accept(submissionOf(filing, draft, deps.clock.now()))
  await deps.uploads.letArrive(accepted.complaintId, { draftId: draft.id })
  await closeDraft(deps, draft.id, accepted.complaintId)
  return toReceipt(deps, reply, accepted.receiptId)
}

const postCheck = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, locale, request, reply } = visit
  const fields = await receiveForm(request, async () => {})
  const draft = await draftForForm(deps, request, reply, { token: fields.form, locale })
  // A second press, a second tab: the first one's receipt.
  if (draft.sent) return toReceipt(deps, reply, draft.sent.receiptId)
  const other = switchedTo(fields)
  if (other) return reply.redirect(stepPath(other, 'check'), 303)
  if (fields.action === 'back') return reply.redirect(backPath(locale, 'check'), 303)
  if (fields.action === 'later') return reply.redirect(laterPath(locale), 303)
  const filing = await filingOf(deps, draft)
  const next = nextStep(filing, locale)
  if (next === 'check') return send(visit, filing, draft, fields.proof)
  // The other press of a double click may have taken the files along meanwhile.
  const { sent } = (await draftOf(deps, request)) ?? {}
  return sent ? toReceipt(deps, reply, sent.receiptId) : reply.redirect(stepPath(locale, next), 303)
}

const postNew = async ({ deps, locale, request, reply }: Visit): Promise<FastifyReply> => {
  refuseForeign({ deps, request })
  await startDraft(deps, reply, locale)
  return reply.redirect(stepPath(locale, 'message'), 303)
}

/** For the upload island: a draft to hang files on before the first Continue. Gives the token its form must carry. */
const postDraft = async ({ deps, locale, request, reply }: Visit): Promise<FastifyReply> => {
  const fields = await receiveForm(request, async () => {})
  const draft = await draftForForm(deps, request, reply, { token: fields.form, locale })
  return reply
    .header('cache-control', 'no-store')
    .send({ form: formToken(deps, draft.id), owner: ownerMark(deps, draft.id) })
}

/** The pages of a filing in one language: `/file/{message,office,contact,check}`. */
export const filingRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const route = (method: 'GET' | 'POST', path: string, handle: (visit: Visit) => Promise<FastifyReply>) =>
    app.route({
      method,
      url: `/${locale}/file/${path}`,
      schema: { hide: true },
      handler: (request, reply) => handle({ deps, locale, request, reply }),
    })
  for (const step of STEPS) {
    route('GET', step, (visit) => showStep(visit, step))
    route('POST', step, (visit) => postStep(visit, step))
  }
  route('GET', 'check', showCheck)
  route('POST', 'check', postCheck)
  route('POST', 'new', postNew)
  route('POST', 'draft', postDraft)
}
