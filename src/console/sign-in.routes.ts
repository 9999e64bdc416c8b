import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { text } from '../html/text.ts'
import { closeSession, openSession } from '../staff/sign-in.ts'
import { deskPage, type Viewer } from './layout.ts'
import type { ConsoleDeps } from './routes.ts'
import { giveSession, takeSession, viewerOf } from './session.ts'

const signInPage = ({ locale }: Viewer, body: string): string =>
  deskPage({ locale }, { title: text(locale, 'console.sign_in'), path: '/console/sign-in', body })

/**
 * Signing in by a one-time link. Opening the link only shows a button: mail scanners and previews open links too, and must
 * not use them up.
 */
export const signInRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.get('/sign-in', async (request, reply) => {
    const viewer = viewerOf(request)
    return reply.send(signInPage(viewer, html`<p>${text(viewer.locale, 'console.sign_in.ask')}</p>`))
  })

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
    const opened = await openSession(deps, request.params.token)
    if (opened === undefined) {
      const body = html`<p role="alert">${text(viewer.locale, 'console.sign_in.over')}</p>`
      return reply.code(410).send(signInPage(viewer, body))
    }
    // A new identity at each sign-in: the session of before ends here.
    if (viewer.session !== undefined) await closeSession(deps, viewer.session.sessionId)
    giveSession(reply, deps.publicUrl, opened.token)
    return reply.redirect('/console', 303)
  })

  app.post('/sign-out', async (request, reply) => {
    const { session } = viewerOf(request)
    if (session !== undefined) await closeSession(deps, session.sessionId)
    takeSession(reply, deps.publicUrl)
    return reply.redirect('/console/sign-in', 303)
  })
}
