import fastifyFormbody from '@fastify/formbody'
import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { LOCALES } from '../../src/core/locale.ts'
import { negotiateLocale } from '../../src/html/negotiate-locale.ts'
import { addMediaRoutes } from './add-media.routes.ts'
import type { WebDeps } from './deps.ts'
import { draftMediaRoutes } from './draft-media.routes.ts'
import { filingRoutes } from './filing.routes.ts'
import { homePage } from './home.page.ts'
import { laterRoutes } from './later.routes.ts'
import { offlineRoutes } from './offline.routes.ts'
import { ownDataRoutes } from './own-data.routes.ts'
import { reportRoutes } from './reports.routes.ts'
import { sendHtml } from './send-html.ts'
import { sensitiveRoutes } from './sensitive.routes.ts'
import { SIDE_PAGE_NAMES, sidePage } from './side.page.ts'
import { openDataRoutes, statisticsRoutes } from './statistics.routes.ts'
import { trackRoutes } from './track.routes.ts'

/** Pages that are the same for everyone may be kept for a minute, which spares a slow line the way back. */
const SHARED = 'public, max-age=60'
const schema = { hide: true }

const readingRoutes = (app: FastifyInstance, deps: WebDeps): void => {
  app.get('/', { schema }, async (request, reply) => {
    const locale = negotiateLocale(request.headers['accept-language'])
    reply.headers({ 'cache-control': SHARED, vary: 'accept-language' })
    return sendHtml(reply, homePage(locale, deps.hotline, deps.clipOf))
  })
  for (const locale of [...LOCALES, 'zgh'] as const) {
    app.get(`/${locale}`, { schema }, async (_request, reply) => reply.redirect(`/${locale}/`, 301))
    app.get(`/${locale}/`, { schema }, async (_request, reply) =>
      sendHtml(reply.header('cache-control', SHARED), homePage(locale, deps.hotline, deps.clipOf)),
    )
    for (const name of SIDE_PAGE_NAMES)
      app.get(`/${locale}/${name}`, { schema }, async (_request, reply) =>
        sendHtml(reply.header('cache-control', SHARED), sidePage(locale, name)),
      )
  }
}

/**
 * The citizen's pages: home, filing, tracking, what to know. Forms are read by this plugin alone; scripts and styles are
 * WEB_ASSETS and SITE_ASSETS, which the host serves.
 */
export const webPages = async (app: FastifyInstance, deps: WebDeps): Promise<void> => {
  await app.register(async (scope) => {
    await scope.register(fastifyFormbody)
    await scope.register(fastifyMultipart, { throwFileSizeLimit: false })
    readingRoutes(scope, deps)
    addMediaRoutes(scope, deps)
    offlineRoutes(scope, deps)
    openDataRoutes(scope, deps)
    for (const locale of LOCALES) {
      filingRoutes(scope, deps, locale)
      draftMediaRoutes(scope, deps, locale)
      laterRoutes(scope, deps, locale)
      sensitiveRoutes(scope, deps, locale)
      trackRoutes(scope, deps, locale)
      ownDataRoutes(scope, deps, locale)
      statisticsRoutes(scope, deps, locale)
      reportRoutes(scope, deps, locale)
    }
  })
}
