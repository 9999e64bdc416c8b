import type { FastifyInstance, FastifyReply } from 'fastify'
import { isLocale, type Locale } from '../../src/core/locale.ts'
import type { Problem } from '../../src/html/form.ts'
import { ltr, type TextKey, text } from '../../src/html/text.ts'
import { type Draft, findDraft } from '../../src/intake/keep-draft.ts'
import { normalisePhone } from '../../src/intake/normalise.ts'
import { bindPhone, draftToken, type Resumed, readDraftToken } from '../../src/intake/resume-draft.ts'
import type { WebDeps } from './deps.ts'
import { adoptDraft, draftOf, filingOf } from './draft-session.ts'
import { foundDraftPage, type LaterView, laterPage, resumePage } from './later.page.ts'
import { receiveForm } from './receive-form.ts'
import { sendHtml } from './send-html.ts'
import { TRACK_EXAMPLES } from './track.page.ts'
import { EXAMPLES, nextStep } from './validate.ts'
import { refuseForeign, TOO_MANY, UNPROCESSABLE, type Visit } from './visit.ts'

const phoneProblem = (locale: Locale): Problem => ({
  field: 'phone',
  message: text(locale, 'file.error.phone', { example: ltr(EXAMPLES.phone) }),
})

type Told = Partial<Pick<LaterView, 'problems' | 'phone' | 'sentTo'>>

const showLater = async (visit: Visit, draft: Draft, told: Told, status = 200): Promise<FastifyReply> => {
  const { deps, locale, reply } = visit
  const filing = await filingOf(deps, draft)
  const view: LaterView = {
    problems: [],
    phone: filing.answers.phone ?? '',
    ...told,
    locale,
    link: `${deps.publicUrl}/${locale}/file/resume/${draftToken(deps.secrets, draft.id)}`,
    until: draft.expiresAt,
    zone: deps.officeZone,
    texts: deps.texts !== undefined,
    next: nextStep(filing, locale),
    isSensitive: filing.answers.sensitive !== undefined,
  }
  return sendHtml(reply, laterPage(view), status)
}

/** The draft of this browser while it is open; undefined: there is nothing to keep, or it was sent. */
const openDraftOf = async ({ deps, request }: Visit): Promise<Draft | undefined> => {
  const draft = await draftOf(deps, request)
  return draft?.sent ? undefined : draft
}

const later = async (visit: Visit): Promise<FastifyReply> => {
  const draft = await openDraftOf(visit)
  if (draft === undefined) return visit.reply.redirect(`/${visit.locale}/file/message`, 303)
  return showLater(visit, draft, {})
}

const texted = async (visit: Visit, draft: Draft, phone: string): Promise<Problem | undefined> => {
  const { deps, locale, request } = visit
  const shown = { phone: ltr(phone) }
  const admitted = await deps.admitText(deps.clientOf(request), phone)
  if (!admitted.pass) {
    const minutes = Math.ceil(admitted.retryAfter / 60)
    return { field: 'phone', message: text(locale, 'later.phone.many', { minutes }) }
  }
  const occasion = deps.newId()
  const wish = { draftId: draft.id, phone, language: locale, occasion }
  if (await deps.texts?.draftCode(wish)) {
    await bindPhone(deps, draft.id, phone)
    return undefined
  }
  return { field: 'phone', message: text(locale, 'later.phone.failed', shown) }
}

const postLater = async (visit: Visit): Promise<FastifyReply> => {
  refuseForeign(visit)
  const { locale, request, reply } = visit
  const { phone: typed = '' } = await receiveForm(request, async () => {})
  const draft = await openDraftOf(visit)
  if (draft === undefined) return reply.redirect(`/${locale}/file/message`, 303)
  const phone = normalisePhone(typed)
  const problem = phone === undefined ? phoneProblem(locale) : await texted(visit, draft, phone)
  const told: Told = problem ? { problems: [problem], phone: typed } : { phone: typed, sentTo: typed }
  return showLater(visit, draft, told, problem ? UNPROCESSABLE : 200)
}

const showResume = (
  { locale, reply }: Visit,
  problems: readonly Problem[] = [],
  phone = '',
  status = 200,
): FastifyReply => sendHtml(reply, resumePage({ locale, problems, phone }), status)

const resumeProblem = (locale: Locale, resumed: Exclude<Resumed, { outcome: 'found' }>): Problem => {
  const wrong = (key: TextKey, values = {}): Problem => ({
    field: 'code',
    message: text(locale, key, values),
  })
  if (resumed.outcome === 'too_many')
    return wrong('track.error.too_many', { minutes: Math.ceil(resumed.retryAfter / 60) })
  return resumed.outcome === 'code'
    ? wrong('track.error.code', { example: ltr(TRACK_EXAMPLES.code) })
    : wrong('resume.error.wrong')
}

/** Gives the draft to this browser and leads to the question where it goes on. */
const goOn = async ({ deps, locale, reply }: Visit, draft: Draft): Promise<FastifyReply> => {
  adoptDraft(deps, reply, draft)
  const next = draft.sent ? 'check' : nextStep(await filingOf(deps, draft), locale)
  return reply.redirect(`/${locale}/file/${next}`, 303)
}

const postResume = async (visit: Visit): Promise<FastifyReply> => {
  refuseForeign(visit)
  const { deps, locale, request, reply } = visit
  const { phone: typed = '', code = '', language } = await receiveForm(request, async () => {})
  if (isLocale(language)) return reply.redirect(`/${language}/file/resume`, 303)
  const phone = normalisePhone(typed)
  if (phone === undefined) return showResume(visit, [phoneProblem(locale)], typed, UNPROCESSABLE)
  const resumed = await deps.resumeByPhone({ phone, code, client: deps.clientOf(request) })
  if (resumed.outcome === 'found') return goOn(visit, resumed.draft)
  const status = resumed.outcome === 'too_many' ? TOO_MANY : UNPROCESSABLE
  return showResume(visit, [resumeProblem(locale, resumed)], typed, status)
}

const linkedDraft = async ({ deps, request }: Visit): Promise<Draft | undefined> => {
  await deps.links.limit(request)
  const id = readDraftToken(deps.secrets, (request.params as { token: string }).token)
  return id === undefined ? undefined : findDraft(deps, { id })
}

const gone = (visit: Visit): FastifyReply =>
  showResume(visit, [{ field: 'phone', message: text(visit.locale, 'resume.error.gone') }], '', 404)

const showFound = async (visit: Visit): Promise<FastifyReply> => {
  const { deps, locale, request, reply } = visit
  const draft = await linkedDraft(visit)
  if (draft === undefined) return gone(visit)
  const { token } = request.params as { token: string }
  const view = { locale, token, until: draft.expiresAt, zone: deps.officeZone }
  return sendHtml(reply.header('x-robots-tag', 'noindex'), foundDraftPage(view))
}

const postFound = async (visit: Visit): Promise<FastifyReply> => {
  refuseForeign(visit)
  await receiveForm(visit.request, async () => {})
  const draft = await linkedDraft(visit)
  return draft === undefined ? gone(visit) : goOn(visit, draft)
}

/** `/file/later` and `/file/resume`: a filing goes on within seven days, on any device, by a link or by a phone's code (ux G5). */
export const laterRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const route = (method: 'GET' | 'POST', path: string, handle: (visit: Visit) => Promise<FastifyReply>) =>
    app.route({
      method,
      url: `/${locale}/file/${path}`,
      schema: { hide: true },
      handler: (request, reply) => handle({ deps, locale, request, reply }),
    })
  route('GET', 'later', later)
  route('POST', 'later', postLater)
  route('GET', 'resume', async (visit) => showResume(visit))
  route('POST', 'resume', postResume)
  route('GET', 'resume/:token', showFound)
  route('POST', 'resume/:token', postFound)
}
