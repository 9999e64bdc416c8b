import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { z } from 'zod'
import { errorSummary, type Problem, submit, textInput } from '../html/form.ts'
import { longInstant, text } from '../html/text.ts'
import { PASSWORD_LENGTH } from '../staff/credentials.ts'
import { closeSession, listSessions, type StaffSession, setShortcuts } from '../staff/sessions.ts'
import { changePassword, renewRecoveryCodes } from '../staff/sign-in.ts'
import { deskPage, type Viewer } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'
import { sessionOf, viewerOf } from './session.ts'
import { problemsOf, recoveryPage } from './sign-in.routes.ts'
import { actionButton, dataTable } from './table.ts'

type Sessions = Awaited<ReturnType<typeof listSessions>>

const secretInput = (
  { locale }: Viewer,
  field: { name: string; label: string; isNew?: boolean; problems?: readonly Problem[] },
): string =>
  textInput({
    locale,
    name: field.name,
    label: field.label,
    problems: field.problems ?? [],
    attributes: {
      type: 'password',
      required: true,
      autocomplete: field.isNew ? 'new-password' : 'current-password',
      maxlength: PASSWORD_LENGTH.most,
    },
  })

const passwordForm = (viewer: Viewer, problems: readonly Problem[]): string => {
  const { locale } = viewer
  return html`<section><h2>${text(locale, 'desk.account.password')}</h2>
<form class="narrow" method="post" action="/console/account/password">
!${secretInput(viewer, { name: 'password', label: text(locale, 'desk.account.present'), problems })}
!${secretInput(viewer, { name: 'wanted', label: text(locale, 'desk.password.new'), isNew: true })}
!${submit(text(locale, 'desk.account.change'))}</form></section>`
}

const recoveryForm = (viewer: Viewer): string => {
  const { locale } = viewer
  return html`<section><h2>${text(locale, 'desk.recovery')}</h2><p>${text(locale, 'desk.account.recovery')}</p>
<form class="narrow" method="post" action="/console/account/recovery">
!${secretInput(viewer, { name: 'proof', label: text(locale, 'desk.account.present') })}
!${submit(text(locale, 'desk.account.renew'))}</form></section>`
}

const sessionTable = (viewer: Viewer, own: string, sessions: Sessions, zone: string): string => {
  const { locale } = viewer
  const rows = sessions.map(({ id, agent, createdAt, lastSeenAt }) => [
    { html: html`<span dir="ltr">${agent || '–'}</span>` },
    longInstant(locale, createdAt, zone),
    longInstant(locale, lastSeenAt, zone),
    id === own
      ? text(locale, 'desk.account.this')
      : { html: actionButton(`/console/account/sessions/${id}/end`, text(locale, 'desk.account.end')) },
  ])
  const heads = [
    text(locale, 'desk.account.browser'),
    text(locale, 'desk.account.since'),
    text(locale, 'desk.account.seen'),
    '',
  ]
  return html`<section><h2>${text(locale, 'desk.account.sessions')}</h2>!${dataTable(locale, heads, rows)}</section>`
}

const shortcutForm = ({ locale }: Viewer, { shortcuts }: StaffSession): string =>
  html`<section><h2>${text(locale, 'desk.account.keys')}</h2><p>${text(locale, shortcuts ? 'desk.account.keys.on' : 'desk.account.keys.off')}</p>
<form method="post" action="/console/account/shortcuts"><input type="hidden" name="on" value="${shortcuts ? 'no' : 'yes'}"><button class="button small">${text(locale, shortcuts ? 'desk.account.keys.stop' : 'desk.account.keys.start')}</button></form></section>`

const form = z.object({
  password: z.string().catch(''),
  wanted: z.string().catch(''),
  proof: z.string().catch(''),
  on: z.string().catch(''),
})

/** What a person of the desk does with the own account: sessions, password, recovery codes, keys. */
export const accountRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  const page = async (viewer: Viewer, session: StaffSession, problems: readonly Problem[] = []) => {
    const sessions = await listSessions(deps, session.staffId)
    const body = [
      errorSummary(viewer.locale, problems),
      sessionTable(viewer, session.sessionId, sessions, deps.officeZone),
      passwordForm(viewer, problems),
      recoveryForm(viewer),
      shortcutForm(viewer, session),
    ].join('')
    return deskPage(viewer, { title: text(viewer.locale, 'desk.account'), path: '/console/account', body })
  }
  app.get('/account', async (request, reply) => reply.send(await page(viewerOf(request), sessionOf(request))))
  app.post('/account/password', async (request, reply) => {
    const session = sessionOf(request)
    const { password: present, wanted } = form.parse(request.body)
    try {
      await changePassword(deps, session, { present, wanted })
      return reply.redirect('/console/account', 303)
    } catch (error) {
      const viewer = viewerOf(request)
      return reply.code(400).send(await page(viewer, session, problemsOf(viewer, error)))
    }
  })
  app.post('/account/recovery', async (request, reply) => {
    const session = sessionOf(request)
    const viewer = viewerOf(request)
    try {
      const codes = await renewRecoveryCodes(deps, session, form.parse(request.body).proof)
      return reply.send(recoveryPage(viewer, codes))
    } catch (error) {
      return reply.code(400).send(await page(viewer, session, problemsOf(viewer, error)))
    }
  })
  app.post<{ Params: { id: string } }>('/account/sessions/:id/end', async (request, reply) => {
    const { staffId } = sessionOf(request)
    const sessions = await listSessions(deps, staffId)
    if (sessions.some(({ id }) => id === request.params.id))
      await closeSession(deps, { staffId, sessionId: request.params.id })
    return reply.redirect('/console/account', 303)
  })
  app.post('/account/shortcuts', async (request, reply) => {
    const { staffId } = sessionOf(request)
    const shortcuts = form.parse(request.body).on === 'yes'
    await setShortcuts(deps, staffId, shortcuts)
    return reply.redirect('/console/account', 303)
  })
}
