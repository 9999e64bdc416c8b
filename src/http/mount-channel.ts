import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChannelAdapter, HttpReply, HttpRequest, HttpRoute, Inbound } from '../core/channel.ts'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Door } from '../intake/receive-or-spool.ts'
import type { Logger } from '../platform/logger.ts'

export interface MountDeps {
  readonly clock: Clock
  /** Makes events durable (src/intake/receive-or-spool.ts). */
  readonly door: Door
  readonly logger: Pick<Logger, 'warn' | 'error'>
}

/** A reply that is composed after the commit has this long; together with the door's patience the provider waits under 5 s. */
const REPLY_MS = 2_500

const requestOf = (request: FastifyRequest, receivedAt: Date): HttpRequest => ({
  method: request.method,
  url: request.raw.url ?? request.url,
  headers: request.headers,
  body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  receivedAt,
})

const send = (reply: FastifyReply, { status, headers = {}, body = '' }: HttpReply): FastifyReply =>
  reply.code(status).headers(headers).send(body)

const compose = async ({ logger }: MountDeps, channel: string, inbound: Inbound): Promise<HttpReply> => {
  const { reply, fallback } = inbound
  if (typeof reply !== 'function') return reply
  const signal = AbortSignal.timeout(REPLY_MS)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([reply(signal), late])
  } catch (error) {
    logger.error({ event: 'webhook.reply_failed', channel, err: error })
    return fallback ?? { status: 503, headers: { 'retry-after': '30' } }
  }
}

const readOrRefuse = (route: HttpRoute, request: HttpRequest): Inbound | undefined => {
  try {
    return route.receive(request)
  } catch {
    return undefined
  }
}

/** One request: proven, read, durable, answered. Nothing of it waits for a vendor or for the object store. */
const answer = async (
  deps: MountDeps,
  channel: string,
  route: HttpRoute,
  request: HttpRequest,
): Promise<HttpReply> => {
  const refusal = route.authenticate(request)
  if (refusal !== undefined) {
    deps.logger.warn({ event: 'webhook.refused', channel, route: route.path })
    return refusal
  }
  const inbound = readOrRefuse(route, request)
  if (inbound === undefined) {
    deps.logger.error({ event: 'webhook.unreadable', channel, route: route.path })
    throw new AppError('validation')
  }
  await deps.door(inbound.events)
  return compose(deps, channel, inbound)
}

/**
 * Mounts the doors that a channel describes. Bodies stay the bytes they were, whatever they say they are: signatures are
 * computed over them.
 */
export const mountChannel = async (
  app: FastifyInstance,
  { id, routes = [] }: ChannelAdapter,
  deps: MountDeps,
): Promise<void> => {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const route of routes)
      scope.route({
        method: route.method,
        url: route.path,
        bodyLimit: route.bodyLimit,
        schema: { hide: true },
        handler: async (request, reply) =>
          send(reply, await answer(deps, id, route, requestOf(request, deps.clock.now()))),
      })
  })
}
