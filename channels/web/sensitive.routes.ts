import type { FastifyInstance } from 'fastify'
import type { Locale } from '../../src/core/locale.ts'
import type { WebDeps } from './deps.ts'
import { leaveDraft } from './draft-session.ts'
import { sendHtml } from './send-html.ts'
import { sensitivePage } from './sensitive.page.ts'
import { closeView } from './track-session.ts'

/** Where the exit button leads: a page anyone may have open, of the national weather service. */
export const NEUTRAL_PAGE = 'https://www.marocmeteo.ma/'

/** The page that explains first, and the way out, which makes this browser forget what was begun; the draft itself stays. */
export const sensitiveRoutes = (app: FastifyInstance, deps: WebDeps, locale: Locale): void => {
  const schema = { hide: true }
  app.get(`/${locale}/sensitive`, { schema }, async (_request, reply) =>
    sendHtml(reply, sensitivePage(locale)),
  )
  app.get(`/${locale}/exit`, { schema }, async (_request, reply) => {
    leaveDraft(deps, reply)
    closeView(deps, reply)
    return reply
      .headers({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'clear-site-data': '"cache"',
      })
      .redirect(NEUTRAL_PAGE, 303)
  })
}
