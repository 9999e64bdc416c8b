import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock, NewId } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { TokenRole } from '../../core/staff-role.ts'
import type { StagedMedia, Submission } from '../../core/submission.ts'
import { derivedId } from '../../intake/derived-id.ts'
import { requireSameContent } from '../../intake/same-content.ts'
import {
  acceptedFiling,
  checkAdministration,
  checkLimits,
  type FilingBody,
  type FilingDeps,
  filingBody,
  filingHeaders,
  filingOf,
  heldOf,
} from './filing.ts'

export interface SubmissionApiDeps extends FilingDeps {
  readonly clock: Clock
  readonly newId: NewId
  readonly publicUrl: string
  /** The role behind an Authorization header; undefined when it holds no live token. */
  readonly roleOf: (authorization: string) => Promise<TokenRole | undefined>
  /** Throws `too_many_requests` for a client that files faster than people do. */
  readonly limit: (request: FastifyRequest) => Promise<void>
}

interface Known {
  readonly channel: 'api' | 'voice'
  readonly externalId: string
}

const submissionOf = (
  { clock }: SubmissionApiDeps,
  request: FastifyRequest<{ Body: FilingBody }>,
  media: readonly StagedMedia[],
  { channel, externalId }: Known,
): Submission => ({
  ...filingOf(request.body, request),
  channel,
  externalId,
  receivedAt: clock.now(),
  // The same filing has the same media ids when it comes again.
  media: media.map((file) => ({ ...file, id: derivedId(`${channel}:${externalId}:${file.uploadId}`) })),
  raw: { type: 'application/json', body: request.rawBody ?? Buffer.alloc(0) },
})

/**
 * What a filing is known by. An exchange with a driver's token files by telephone, so that its receipt goes out by SMS; its
 * keys stand apart from the ids of our own calls. Throws `unauthenticated` for a token that is not live.
 */
const knownBy = async (deps: SubmissionApiDeps, request: FastifyRequest): Promise<Known> => {
  const { authorization, 'idempotency-key': key } = request.headers
  const externalId = typeof key === 'string' ? key : deps.newId()
  if (authorization === undefined) return { channel: 'api', externalId }
  const role = await deps.roleOf(authorization)
  if (role === undefined) throw new AppError('unauthenticated')
  return role === 'driver'
    ? { channel: 'voice', externalId: `driver:${externalId}` }
    : { channel: 'api', externalId }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes of a JSON body as they came, for the record. */
    rawBody?: Buffer
  }
}

/** Parses JSON and keeps its bytes: the raw form is what arrived, not what we understood. */
const keepRawJson = (app: FastifyInstance): void => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body as Buffer
    try {
      done(null, JSON.parse(body.toString('utf8')))
    } catch (error) {
      done(new AppError('validation', { fields: [{ field: '', code: 'json' }], cause: error }))
    }
  })
}

/** `POST /api/v1/submissions`: 201 with the receipt's facts, 200 when the same key and content came before. */
export const submissionRoutes = async (app: FastifyInstance, deps: SubmissionApiDeps): Promise<void> => {
  await app.register(async (scope) => {
    keepRawJson(scope)
    scope.withTypeProvider<ZodTypeProvider>().route({
      method: 'POST',
      url: '/api/v1/submissions',
      schema: {
        tags: ['Filing'],
        summary: 'File a complaint, an observation or a suggestion',
        description:
          'A telephone exchange files what it recorded with the token of a driver (`Authorization: Bearer …`): the recording is an upload, `contact.phone` the caller, and the receipt goes there by SMS.',
        headers: filingHeaders,
        body: filingBody,
        response: { 200: acceptedFiling, 201: acceptedFiling },
      },
      handler: async (request, reply) => {
        const known = await knownBy(deps, request)
        // An exchange speaks for many callers.
        if (known.channel !== 'voice') await deps.limit(request)
        checkLimits(request.body)
        await checkAdministration(deps, request.body)
        const media = await deps.findUploads(request.body.uploads ?? [], known)
        const submission = submissionOf(deps, request, media, known)
        const accepted = await deps.accept(submission)
        requireSameContent(accepted, submission)
        return reply.code(accepted.repeat ? 200 : 201).send(heldOf(deps, accepted, submission))
      },
    })
  })
}
