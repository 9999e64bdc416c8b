import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/errors.ts'
import type { Database } from '../../../db/client.ts'
import type { Actor } from '../../../staff/rights.ts'
import { authenticateToken } from '../../../staff/tokens.ts'

/** Remembers who stands behind each request of a plugin. */
const actors = new WeakMap<FastifyRequest, Actor>()

/** Lets only requests with a live bearer token through to the routes of this plugin. */
export const requireBearer = (app: FastifyInstance, deps: { db: Database; clock: Clock }): void => {
  app.addHook('onRequest', async (request, reply) => {
    const holder = await authenticateToken(deps, request.headers.authorization)
    if (holder === undefined) {
      reply.header('www-authenticate', 'Bearer')
      throw new AppError('unauthenticated')
    }
    actors.set(request, {
      id: `token:${holder.tokenId}`,
      role: holder.role,
      administrationId: holder.administrationId ?? null,
    })
  })
  app.addHook('onError', async (request, _reply, error) => {
    const actor = actors.get(request)
    if (error instanceof AppError && ['forbidden', 'not_found'].includes(error.code))
      request.log.warn({
        event: 'staff.denied',
        actor: actor?.id,
        code: error.code,
        route: request.routeOptions.url,
      })
  })
}

/** The actor of a request that passed `requireBearer`. */
export const actorOf = (request: FastifyRequest): Actor => {
  const actor = actors.get(request)
  if (actor === undefined) throw new AppError('unauthenticated')
  return actor
}
