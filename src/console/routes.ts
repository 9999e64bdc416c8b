import fastifyFormbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import type { NewId } from '../core/clock.ts'
import type { Secrets } from '../core/secrets.ts'
import { text } from '../html/text.ts'
import { appErrorOf } from '../http/problem.ts'
import { serveAssets } from '../http/serve-assets.ts'
import { STATUS_OF } from '../http/status-of.ts'
import type { SingleSignOn } from '../platform/oidc.ts'
import type { DeskDeps } from '../staff/desk.ts'
import type { PublishDeps } from '../supervision/publish-report.ts'
import type { CountingDeps } from '../supervision/refresh-cells.ts'
import { accountRoutes } from './account.routes.ts'
import { actRoutes } from './acts.routes.ts'
import { complaintRoutes } from './complaint.routes.ts'
import { type CounterParts, counterRoutes } from './counter.routes.ts'
import { guideRoutes } from './guide.ts'
import { inboxRoutes } from './inbox.routes.ts'
import { indicatorRoutes } from './indicators.routes.ts'
import { DESK_ISLANDS } from './islands.ts'
import { type JoiningParts, joiningRoutes } from './joining/routes.ts'
import { CONSOLE_STYLE, deskPage } from './layout.ts'
import { liveRoutes } from './live.routes.ts'
import { memberRoutes } from './member.routes.ts'
import { operationRoutes } from './operations.routes.ts'
import { reportRoutes } from './reports.routes.ts'
import { ruleRoutes } from './rules/routes.ts'
import { noteViewer, viewerOf } from './session.ts'
import { signInRoutes } from './sign-in.routes.ts'

export interface ConsoleDeps extends DeskDeps {
  readonly newId: NewId
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly officeZone: string
  /** Absent: password and second factor alone. */
  readonly sso?: SingleSignOn | undefined
  /** Absent where nobody files for others. */
  readonly counter?: CounterParts
  /** Absent where no body joins by itself. */
  readonly joining?: JoiningParts
  readonly origins: CountingDeps['origins']
  /** Makes the files of a report; absent where none is written. */
  readonly renderReport?: PublishDeps['render']
}

/** A failure as a desk page; without a session it is the sign-in page. What was denied is logged. */
const answerErrors = (app: FastifyInstance): void => {
  app.setErrorHandler(async (error, request, reply) => {
    const { code, cause } = appErrorOf(error)
    const viewer = viewerOf(request)
    const { locale, session } = viewer
    const status = STATUS_OF[code]
    if (code === 'unauthenticated') return reply.redirect('/console/sign-in', 303)
    if (status >= 500) request.log.error({ event: 'http.failed', code, err: cause ?? error })
    if (code === 'forbidden' || code === 'not_found')
      request.log.warn({
        event: 'staff.denied',
        actor: session?.actor.id,
        code,
        route: request.routeOptions.url,
      })
    const title = text(locale, 'error.title')
    const body = html`<p class="lead" role="alert">${text(locale, `error.${code}`)}</p><p><a class="button" href="/console">${text(locale, 'console.inbox')}</a></p>`
    // The framework takes the type away from an answer that failed.
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(deskPage(viewer, { title, path: '/console', body }))
  })
}

/** `/console/…`: the desk of the officials. Rendered on the server; works without scripts. */
export const consoleRoutes = (app: FastifyInstance, deps: ConsoleDeps): void => {
  serveAssets(app, [CONSOLE_STYLE, ...DESK_ISLANDS])
  void app.register(
    async (desk) => {
      await desk.register(fastifyFormbody, { bodyLimit: 64 * 1024 })
      desk.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, hide: true }
      })
      desk.addHook('onRequest', async (_request, reply) => {
        reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
      })
      answerErrors(desk)
      noteViewer(desk, deps)
      signInRoutes(desk, deps)
      accountRoutes(desk, deps)
      memberRoutes(desk, deps)
      inboxRoutes(desk, deps)
      liveRoutes(desk, deps)
      complaintRoutes(desk, deps)
      actRoutes(desk, deps)
      operationRoutes(desk, deps)
      guideRoutes(desk)
      ruleRoutes(desk, deps)
      if (deps.joining) joiningRoutes(desk, deps, deps.joining)
      if (deps.counter) counterRoutes(desk, deps, deps.counter)
      indicatorRoutes(desk, deps)
      if (deps.renderReport) reportRoutes(desk, { ...deps, render: deps.renderReport })
    },
    { prefix: '/console' },
  )
}
