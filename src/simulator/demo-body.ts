import { and, eq, sql } from 'drizzle-orm'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Webhook } from 'standardwebhooks'
import type { Clock } from '../core/clock.ts'
import type { Dossier } from '../core/dossier.ts'
import { AppError } from '../core/errors.ts'
import type { Locale } from '../core/locale.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database } from '../db/client.ts'
import { connectors } from '../db/schema/index.ts'
import type { DemoInbox } from './demo-body-inbox.ts'
import { demoBodyPage } from './demo-body-page.ts'

export interface DemoBodyDeps {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly inbox: DemoInbox
  readonly localeOf: (request: FastifyRequest) => Locale
}

/** Below this address the demo body takes its webhooks. */
export const demoBodyUrl = (publicUrl: string): string => `${publicUrl}/simulator/body/`

/** The webhook address of one demo body; the outbound guard lets it pass by `demoBodyUrl`. */
export const demoHookUrl = (publicUrl: string, code: string): string =>
  `${demoBodyUrl(publicUrl)}${code}/hook`

/** A real body wrote its secret down when it was shown; this one lives in the same house and reads it where it lies. */
const secretsOf = async ({ db, secrets }: DemoBodyDeps, url: string): Promise<string[]> => {
  const rows = await db.orm
    .select({ sealed: connectors.sealedSecrets })
    .from(connectors)
    .where(and(eq(connectors.type, 'webhook'), eq(sql`${connectors.settings} ->> 'url'`, url)))
  return rows.flatMap(({ sealed }) => sealed.map((one) => secrets.unseal(one)))
}

interface HookRequest {
  Params: { code: string }
  Body: string
}

/** What any receiver does first: verify over the bytes as they came, before anything is read of their meaning. */
const verified = (secret: string, { body, headers }: FastifyRequest<HookRequest>): unknown => {
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>)
  } catch {
    return undefined
  }
}

/**
 * `/simulator/body`: an administration that takes webhooks, checks signature and hashes and shows what it has. Registered
 * in embedded mode only: it shows every dossier to everybody. Kept in memory: a restart begins with an empty desk.
 */
export const demoBodyRoutes = async (app: FastifyInstance, deps: DemoBodyDeps): Promise<void> => {
  const inbox = deps.inbox
  const options = { schema: { hide: true } }
  app.addHook('onClose', () => inbox.close())
  app.get('/simulator/body', options, async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(demoBodyPage(deps.localeOf(request), inbox.list())),
  )
  await app.register(async (scope) => {
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post<HookRequest>(
      '/simulator/body/:code/hook',
      { ...options, bodyLimit: 4 * 1024 * 1024 },
      async (request, reply) => {
        const known = await secretsOf(deps, demoHookUrl(deps.publicUrl, request.params.code))
        const event = known.map((secret) => verified(secret, request)).find((one) => one !== undefined)
        if (event === undefined) throw new AppError('unauthenticated')
        const { type, data } = event as { type: string; data: Dossier }
        inbox.take(type, data)
        return reply.code(204).send()
      },
    )
  })
}
