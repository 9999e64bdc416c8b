import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { errorSummary, type Problem, submit, textInput } from '../html/form.ts'
import { qrSvg } from '../html/qr.ts'
import { hasText, type TextKey, text } from '../html/text.ts'
import { clientKey } from '../http/client-key.ts'
import { PASSWORD_LENGTH, totpUri } from '../staff/credentials.ts'
import { closeSession, type StaffSession } from '../staff/sessions.ts'
import { enrol, enrolmentSecret, openByLink, signIn } from '../staff/sign-in.ts'
import { deskPage, type Viewer } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'
import { agentOf, enrollingOf, giveSession, takeSession, viewerOf } from './session.ts'
import { signInElsewhereRoutes } from './sign-in-elsewhere.routes.ts'

const signInPage = ({ locale }: Viewer, body: string, title = text(locale, 'console.sign_in')): string =>
  deskPage({ locale }, { title, path: '/console/sign-in', body })

/** What is wrong with the fields of a form, in words; anything else is thrown on. */
export const problemsOf = ({ locale }: Viewer, error: unknown): readonly Problem[] => {
  if (!(error instanceof AppError) || error.code !== 'validation' || error.fields.length === 0) throw error
  return error.fields.map(({ field, code }) => {
    const key = `desk.problem.${field}.${code}`
    return { field, message: text(locale, hasText(key) ? key : ('error.validation' satisfies TextKey)) }
  })
}

/** One field for digits and recovery codes: whoever lost the telephone finds the way without asking. */
const codeField = (
  { locale }: Viewer,
  { problems = [], isNew = false }: { problems?: readonly Problem[]; isNew?: boolean } = {},
): string =>
  textInput({
    locale,
    name: 'code',
    label: text(locale, 'desk.code'),
    hint: text(locale, isNew ? 'desk.code.digits' : 'desk.code.hint'),
    problems,
    attributes: { required: true, autocomplete: 'one-time-code', maxlength: 40, dir: 'ltr' },
  })

const signInForm = (
  viewer: Viewer,
  { email = '', sso, joining }: { readonly email?: string } & Pick<ConsoleDeps, 'sso' | 'joining'>,
): string => {
  const { locale } = viewer
  const address = textInput({
    locale,
    name: 'email',
    label: text(locale, 'desk.email'),
    value: email,
    attributes: { type: 'email', required: true, autocomplete: 'username', maxlength: 254, dir: 'ltr' },
  })
  const password = textInput({
    locale,
    name: 'password',
    label: text(locale, 'desk.password'),
    attributes: {
      type: 'password',
      required: true,
      autocomplete: 'current-password',
      maxlength: PASSWORD_LENGTH.most,
    },
  })
  const elsewhere = sso
    ? html`<p><a class="button second" href="/console/sso">${text(locale, 'desk.sso')}</a></p>`
    : ''
  return html`!${elsewhere}<form class="narrow" method="post" action="/console/sign-in">!${address}!${password}!${codeField(viewer)}!${submit(text(locale, 'console.sign_in'))}</form>
<p class="hint">${text(locale, 'desk.sign_in.no_account')}</p>!${joining ? html`<p><a href="/console/join">${text(locale, 'join.ask')}</a></p>` : ''}`
}

const enrolPage = (
  viewer: Viewer,
  { email }: StaffSession,
  secret: string,
  problems: readonly Problem[] = [],
): string => {
  const { locale } = viewer
  const password = textInput({
    locale,
    name: 'password',
    label: text(locale, 'desk.password.new'),
    hint: text(locale, 'desk.password.hint', { least: PASSWORD_LENGTH.least }),
    problems,
    attributes: {
      type: 'password',
      required: true,
      autocomplete: 'new-password',
      minlength: PASSWORD_LENGTH.least,
      maxlength: PASSWORD_LENGTH.most,
    },
  })
  const body = html`!${errorSummary(locale, problems)}<p>${text(locale, 'desk.enrol.for')} <bdi dir="ltr">${email}</bdi></p>
<form class="narrow" method="post" action="/console/enrol">
<input type="hidden" name="email" value="${email}" autocomplete="username">
!${password}
<h2>${text(locale, 'desk.enrol.factor')}</h2>
<p>${text(locale, 'desk.enrol.scan')}</p>
<div class="qr-frame">!${qrSvg(totpUri(secret, email), text(locale, 'desk.enrol.qr'))}</div>
<p>${text(locale, 'desk.enrol.type')} <code dir="ltr">${(secret.match(/.{1,4}/g) ?? []).join(' ')}</code></p>
!${codeField(viewer, { problems, isNew: true })}!${submit(text(locale, 'desk.enrol.send'))}</form>`
  return signInPage(viewer, body, text(locale, 'desk.enrol'))
}

/** Shown once: what opens the desk when the telephone is lost. */
export const recoveryPage = (viewer: Viewer, codes: readonly string[]): string => {
  const { locale } = viewer
  const body = html`<p class="lead">${text(locale, 'desk.recovery.keep')}</p>
<ol class="codes" dir="ltr">!${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
<p><a class="button" href="/console">${text(locale, 'desk.recovery.go')}</a></p>`
  return signInPage(viewer, body, text(locale, 'desk.recovery'))
}

const linkRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  // Opening the link only shows a button: mail scanners and previews open links too, and must not use them up.
  app.get<{ Params: { token: string } }>('/sign-in/:token', async (request, reply) => {
    const viewer = viewerOf(request)
    const { locale } = viewer
    return reply.header('referrer-policy', 'same-origin').send(
      signInPage(
        viewer,
        html`<p>${text(locale, 'console.sign_in.confirm')}</p>
<form method="post" action="/console/sign-in/${request.params.token}"><button class="button">${text(locale, 'console.sign_in')}</button></form>`,
      ),
    )
  })

  app.post<{ Params: { token: string } }>('/sign-in/:token', async (request, reply) => {
    const viewer = viewerOf(request)
    const opened = await openByLink(deps, { link: request.params.token, agent: agentOf(request) })
    if (opened === undefined) {
      const body = html`<p role="alert">${text(viewer.locale, 'console.sign_in.over')}</p>`
      return reply.code(410).send(signInPage(viewer, body))
    }
    return enter(reply, request, deps, opened.token, opened.stage === 'full' ? '/console' : '/console/enrol')
  })
}

/** A new identity at each sign-in: the session of before ends here. */
const enter = async (
  reply: FastifyReply,
  request: FastifyRequest,
  deps: ConsoleDeps,
  token: string,
  to: string,
): Promise<FastifyReply> => {
  const { session } = viewerOf(request)
  if (session !== undefined) await closeSession(deps, session)
  giveSession(reply, deps.publicUrl, token)
  return reply.redirect(to, 303)
}

const typed = z.string().max(500).catch('')
const credentials = z.object({ email: typed, password: typed, code: typed })

const enrolRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/enrol', async (request, reply) => {
    const session = enrollingOf(request)
    return reply.send(enrolPage(viewerOf(request), session, await enrolmentSecret(deps, session)))
  })
  app.post('/enrol', async (request, reply) => {
    const session = enrollingOf(request)
    const viewer = viewerOf(request)
    const { password, code } = credentials.parse(request.body)
    try {
      const done = await enrol(deps, session, { password, code, agent: agentOf(request) })
      giveSession(reply, deps.publicUrl, done.token)
      return reply.send(recoveryPage(viewer, done.recoveryCodes))
    } catch (error) {
      const problems = problemsOf(viewer, error)
      const secret = await enrolmentSecret(deps, session)
      return reply.code(400).send(enrolPage(viewer, session, secret, problems))
    }
  })
}

/** Signing in: by password and second factor, or by a one-time link, which leads to choosing them. */
export const signInRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/sign-in', async (request, reply) => {
    const viewer = viewerOf(request)
    return reply.send(signInPage(viewer, signInForm(viewer, deps)))
  })

  app.post('/sign-in', async (request, reply) => {
    const viewer = viewerOf(request)
    const form = credentials.parse(request.body)
    const client = clientKey(deps.secrets, request.ip)
    const opened = await signIn(deps, { ...form, agent: agentOf(request), client })
    if (opened !== undefined) return enter(reply, request, deps, opened.token, '/console')
    const problems = [{ field: 'email', message: text(viewer.locale, 'desk.sign_in.wrong') }]
    const body = html`!${errorSummary(viewer.locale, problems)}!${signInForm(viewer, { ...deps, email: form.email })}`
    return reply.code(401).send(signInPage(viewer, body))
  })

  app.post('/sign-out', async (request, reply) => {
    const { session } = viewerOf(request)
    if (session !== undefined) await closeSession(deps, session)
    takeSession(reply, deps.publicUrl)
    return reply.redirect('/console/sign-in', 303)
  })

  linkRoutes(app, deps)
  enrolRoutes(app, deps)
  if (deps.sso) signInElsewhereRoutes(app, deps, deps.sso)
}
