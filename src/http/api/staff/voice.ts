import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LIMITS } from '../../../core/limits.ts'
import { dropVoice, recordVoice } from '../../../staff/handle-complaint.ts'
import { actorOf } from './actor.ts'
import type { StaffApiDeps } from './routes.ts'

/** Hands a recording over as it streams in; nothing else is taken, least of all JSON already read. */
export const takeSound = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^(audio\/.+|application\/octet-stream)$/,
    { bodyLimit: LIMITS.answerVoiceBytes },
    (_request, payload, done) => done(null, payload),
  )
}

const tags = ['staff']

/** An answer that is spoken: kept beside the written one and heard with it. */
export const voiceRoutes = async (scope: FastifyInstance, deps: StaffApiDeps): Promise<void> => {
  takeSound(scope)
  const app = scope.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ reference: z.string().max(40) })
  const querystring = z.object({ seen: z.string().max(40).optional() })
  app.put(
    '/complaints/:reference/answer/voice',
    {
      schema: {
        tags,
        summary:
          'Record the answer as speech (body: the sound file); nobody hears it before the answer is given',
        consumes: ['audio/*', 'application/octet-stream'],
        params,
        querystring,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const type = request.headers['content-type'] ?? 'application/octet-stream'
      const wish = { ...request.params, ...request.query, body: request.body as Readable, type }
      await recordVoice(deps, actorOf(request), wish)
      return reply.code(204).send()
    },
  )
  app.delete(
    '/complaints/:reference/answer/voice',
    {
      schema: {
        tags,
        summary: 'Take the spoken answer away',
        params,
        querystring,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await dropVoice(deps, actorOf(request), { ...request.params, ...request.query })
      return reply.code(204).send()
    },
  )
}
