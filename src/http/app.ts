import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import type { Logger } from '../platform/logger.ts'
import { describeApi } from './describe-api.ts'
import { appErrorOf, sendProblem } from './problem.ts'
import { STATUS_OF } from './status-of.ts'

export interface AppOptions {
  readonly logger: Logger
  readonly newId: NewId
  /** Addresses whose X-Forwarded-* headers count; nobody's when empty. */
  readonly trustedProxies: readonly string[]
  /** Answers a failure on a page for people; APIs answer problem+json. */
  readonly errorPage: (
    request: FastifyRequest,
    reply: FastifyReply,
    error: AppError,
  ) => FastifyReply | Promise<FastifyReply>
}

/** A client has this long to send its headers, and this long may pass in silence; a phone on 2G needs the second one. */
const HEADERS_MS = 15_000
const SILENCE_MS = 60_000
const WHOLE_REQUEST_MS = 30 * 60_000

const isApi = (url: string): boolean =>
  /^\/(api|webhooks|open311|healthz|readyz|metrics|\.well-known)(\/|$|\?)/.test(url)

const createServer = ({ logger, newId, trustedProxies }: AppOptions): FastifyInstance => {
  const app = fastify({
    loggerInstance: logger,
    genReqId: () => newId(),
    // Request lines would carry links with tokens; what is worth logging is logged by name.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: LIMITS.jsonBodyBytes,
    connectionTimeout: SILENCE_MS,
    requestTimeout: WHOLE_REQUEST_MS,
    keepAliveTimeout: 10_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 300 },
  }) as unknown as FastifyInstance
  app.server.headersTimeout = HEADERS_MS
  app.server.setTimeout(SILENCE_MS)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  return app
}

/** The HTTP server without any feature: errors, schemas, time-outs. `src/main.ts` registers the features on it. */
export const createApp = async (options: AppOptions): Promise<FastifyInstance> => {
  const app = createServer(options)
  const answer = (request: FastifyRequest, reply: FastifyReply, error: AppError) =>
    isApi(request.url) ? sendProblem(request, reply, error) : options.errorPage(request, reply, error)

  app.setErrorHandler(async (error, request, reply) => {
    const known = appErrorOf(error)
    if (STATUS_OF[known.code] >= 500)
      request.log.error({
        event: 'http.failed',
        code: known.code,
        route: request.routeOptions.url,
        err: known.cause ?? error,
      })
    return answer(request, reply, known)
  })
  app.setNotFoundHandler(async (request, reply) => answer(request, reply, new AppError('not_found')))
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wasl',
        description: 'Public complaints: filing, tracking, referral to administrations.',
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
    // Fills `components` with the schemas that carry an id; the operations only refer to them.
    transformObject: describeApi,
  })
  return app
}
