import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock, NewId } from '../../core/clock.ts'
import { GROUNDS } from '../../core/complaint.ts'
import type { Dossier } from '../../core/dossier.ts'
import { AppError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import type { ObjectStore } from '../../core/object-store.ts'
import { ANSWER_OUTCOMES } from '../../core/referral.ts'
import { replyMeanwhile } from '../../handling/interim-reply.ts'
import { dropVoiceAnswer, recordVoiceAnswer } from '../../handling/voice-answer.ts'
import type { DossierDeps } from '../../referrals/compose-dossier.ts'
import { pullReferrals, readReferral } from '../../referrals/list-referrals.ts'
import {
  type ActingBody,
  acceptReferral,
  answerReferral,
  askComplainant,
  refuseReferral,
  transferReferral,
} from '../../referrals/record-answer.ts'
import { confirmPulled } from '../../referrals/record-delivery.ts'
import { dossierShape } from './dossier-shape.ts'
import { requireBearer, actorOf as tokenOf } from './staff/actor.ts'
import { classification } from './staff/shapes.ts'
import { takeSound } from './staff/voice.ts'

export interface ReferralApiDeps extends DossierDeps {
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
  readonly store: Pick<ObjectStore, 'put' | 'delete'>
}

/** The body behind the token; a token of staff has nothing to do here. */
const bodyOf = (request: FastifyRequest): ActingBody => {
  const { id, role, administrationId } = tokenOf(request)
  if (role !== 'body' || administrationId === null) throw new AppError('forbidden')
  return { administrationId, actor: id }
}

/** The schema wants lists that may be written to; the dossier's are not. */
const plain = (dossier: Dossier) => dossier as unknown as z.output<typeof dossierShape>

const tags = ['Referrals']
const params = z.object({ id: z.uuid() })
const words = z.string().trim().min(1)
const refusal = z.object({
  ground: z.string().max(60).describe(GROUNDS.join(', ')),
  reason: words.max(4000),
  direction: words.max(300).optional().describe('Who is competent instead, by name'),
  ...classification,
})
const answer = z.object({
  text: words.max(LIMITS.textCharacters),
  outcome: z.enum(ANSWER_OUTCOMES).optional(),
  ...classification,
})

const readingRoutes = (plainApp: FastifyInstance, deps: ReferralApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/',
    {
      prefixTrailingSlash: 'no-slash',
      schema: {
        tags,
        summary:
          'What changed since a cursor. Coming back with `next` says that what came before it has arrived',
        querystring: z.object({
          cursor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
          limit: z.coerce.number().int().min(1).max(50).default(20),
        }),
        response: { 200: z.object({ items: z.array(dossierShape), next: z.string() }) },
      },
    },
    async (request) => {
      const body = bodyOf(request)
      const { cursor, limit } = request.query
      if (cursor > 0) await confirmPulled(deps, body, cursor)
      const { items, next } = await pullReferrals(deps, body.administrationId, { after: cursor, limit })
      return { items: items.map(plain), next }
    },
  )
  app.get(
    '/:id',
    { schema: { tags, summary: 'One dossier, as of now', params, response: { 200: dossierShape } } },
    async (request) => plain(await readReferral(deps, bodyOf(request).administrationId, request.params.id)),
  )
}

/** Each act of a body: what it says, and the use case. All answer with the dossier as it is afterwards. */
const actingRoutes = (plainApp: FastifyInstance, deps: ReferralApiDeps): void => {
  const app = plainApp.withTypeProvider<ZodTypeProvider>()
  const act = <B extends z.ZodType>(
    name: string,
    summary: string,
    body: B,
    run: (deps: ReferralApiDeps, body: ActingBody, id: string, said: z.output<B>) => Promise<void>,
  ) =>
    app.post(
      `/:id/${name}`,
      { schema: { tags, summary, params, body, response: { 200: dossierShape } } },
      async (request) => {
        const acting = bodyOf(request)
        const { id } = request.params as { id: string }
        await run(deps, acting, id, request.body as z.output<B>)
        return plain(await readReferral(deps, acting.administrationId, id))
      },
    )
  act(
    'accept',
    'Take it as admissible, under a number of your own',
    z.object({ externalReference: words.max(100).optional(), ...classification }),
    acceptReferral,
  )
  act(
    'refuse',
    'Refuse it as inadmissible. "Not our competence" is no ground: transfer it',
    refusal,
    refuseReferral,
  )
  act(
    'transfer',
    'Hand it to the body that answers for it; number, history and dates stay',
    z.object({ administration: z.string().max(40), reason: words.max(4000) }),
    transferReferral,
  )
  act(
    'interim',
    'Tell the person, before the answer is late, why it takes longer; the dates stay',
    z.object({ text: words.max(1000) }),
    (deps, body, referralId, { text }) => replyMeanwhile(deps, { body, referralId }, text),
  )
  act('ask', 'Ask the person, through the gateway', z.object({ question: words.max(4000) }), askComplainant)
  act('answer', 'Answer it; this ends the round', answer, answerReferral)
}

/** An answer that is spoken, kept beside the written one until that is given. */
const voiceRoutes = async (scope: FastifyInstance, deps: ReferralApiDeps): Promise<void> => {
  takeSound(scope)
  const app = scope.withTypeProvider<ZodTypeProvider>()
  app.put(
    '/:id/answer/voice',
    {
      schema: {
        tags,
        summary: 'Record the answer as speech (body: the sound file); it is heard once the answer is given',
        consumes: ['audio/*', 'application/octet-stream'],
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const type = request.headers['content-type'] ?? 'application/octet-stream'
      const handled = { body: bodyOf(request), referralId: request.params.id }
      // Whose it is is asked before a byte is kept.
      await readReferral(deps, handled.body.administrationId, handled.referralId)
      await recordVoiceAnswer(deps, handled, { body: request.body as Readable, type })
      return reply.code(204).send()
    },
  )
  app.delete(
    '/:id/answer/voice',
    { schema: { tags, summary: 'Take the spoken answer away', params, response: { 204: z.void() } } },
    async (request, reply) => {
      await dropVoiceAnswer(deps, { body: bodyOf(request), referralId: request.params.id })
      return reply.code(204).send()
    },
  )
}

/** `/api/v1/referrals`: what a body reads and does with its token. */
export const referralRoutes = async (app: FastifyInstance, deps: ReferralApiDeps): Promise<void> => {
  await app.register(
    async (scope) => {
      requireBearer(scope, deps)
      readingRoutes(scope, deps)
      actingRoutes(scope, deps)
      await scope.register((sounds) => voiceRoutes(sounds, deps))
    },
    { prefix: '/api/v1/referrals' },
  )
}
