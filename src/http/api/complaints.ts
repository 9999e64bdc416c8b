import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CITIZEN_STATES, KINDS } from '../../core/complaint.ts'
import { AppError } from '../../core/errors.ts'
import { isLocale, LOCALES, type Locale, nameIn } from '../../core/locale.ts'
import { LOCK_SECONDS, type Tracked } from '../../handling/track-complaint.ts'
import type { TrackedComplaint, TrackedMedia } from '../../handling/tracked-complaint.ts'

export interface ComplaintApiDeps {
  readonly track: (typed: { reference: string; code: string; client: string }) => Promise<Tracked>
  readonly clientOf: (request: FastifyRequest) => string
  readonly mediaUrls: MediaUrls
}

/** Time-limited links to what can be played or seen of a file, and to its poster. */
export type MediaUrls = (media: TrackedMedia) => { readonly url?: string; readonly posterUrl?: string }

const media = z.object({
  id: z.string(),
  kind: z.enum(['audio', 'video', 'image', 'document']).optional(),
  state: z.enum(['stored', 'processing', 'ready', 'failed', 'blocked']),
  url: z.string().optional(),
  posterUrl: z.string().optional(),
})

const trackedSchema = z
  .object({
    reference: z.string(),
    kind: z.enum(KINDS),
    state: z.enum(CITIZEN_STATES),
    closedReason: z.string().optional(),
    ground: z.string().optional(),
    mergedInto: z
      .string()
      .optional()
      .describe('Number of the complaint it was merged into, where the same person sent that'),
    late: z.boolean(),
    round: z.number(),
    administration: z.object({ code: z.string(), name: z.string() }).optional(),
    receivedAt: z.string(),
    reviewBy: z.string(),
    answerBy: z.string(),
    answerUsBy: z.string().optional().describe('Until when what is asked now may be answered'),
    question: z.string().optional().describe('What the office asks now'),
    refusal: z.string().optional().describe('What the office wrote beside the ground'),
    answer: z.string().optional(),
    answerVoice: media.optional().describe('The answer as it was spoken'),
    earlierAnswers: z.array(z.object({ round: z.number(), answer: z.string(), voice: media.optional() })),
    timeline: z.array(z.object({ at: z.string(), event: z.string() })),
    awaitedMedia: z.array(
      z.object({ id: z.string(), name: z.string(), state: z.enum(['awaited', 'missing']) }),
    ),
    media: z.array(media),
  })
  .meta({ id: 'TrackedComplaint' })

const fileOf = (file: TrackedMedia, mediaUrls: MediaUrls) => ({
  id: file.id,
  kind: file.kind,
  state: file.state,
  ...mediaUrls(file),
})

const answerOf = (complaint: TrackedComplaint, locale: Locale, mediaUrls: MediaUrls) => ({
  ...complaint,
  receivedAt: complaint.receivedAt.toISOString(),
  administration: complaint.administration && {
    code: complaint.administration.code,
    name: nameIn(complaint.administration.names, locale),
  },
  awaitedMedia: [...complaint.awaitedMedia],
  timeline: complaint.timeline.map(({ at, event }) => ({ at: at.toISOString(), event })),
  answerVoice: complaint.answerVoice && fileOf(complaint.answerVoice, mediaUrls),
  earlierAnswers: complaint.earlierAnswers.map(({ voice, ...given }) => ({
    ...given,
    voice: voice && fileOf(voice, mediaUrls),
  })),
  media: complaint.media.map((file) => fileOf(file, mediaUrls)),
})

/** Gives the complaint or throws what the catalogue says of the outcome. */
const foundOrThrow = (tracked: Tracked): TrackedComplaint => {
  if (tracked.outcome === 'found') return tracked.complaint
  if (tracked.outcome === 'too_many')
    throw new AppError('too_many_requests', { retryAfter: tracked.retryAfter })
  if (tracked.outcome === 'locked') throw new AppError('locked', { retryAfter: LOCK_SECONDS })
  if (tracked.outcome === 'wrong' || tracked.outcome === 'code') throw new AppError('wrong_code')
  throw new AppError('reference_invalid', { fields: [{ field: 'reference', code: tracked.outcome }] })
}

/** `GET /api/v1/complaints/{reference}` with `Access-Code`: state, dates and timeline as the citizen may see them. */
export const complaintRoutes = (app: FastifyInstance, deps: ComplaintApiDeps): void => {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/api/v1/complaints/:reference',
    schema: {
      tags: ['Tracking'],
      summary: 'State, dates and timeline of a complaint',
      params: z.object({ reference: z.string().max(60) }),
      headers: z.object({ 'access-code': z.string().max(60).default('') }),
      querystring: z.object({ lang: z.enum(LOCALES).optional() }),
      response: { 200: trackedSchema },
    },
    handler: async (request, reply) => {
      const { reference } = request.params
      const code = request.headers['access-code']
      const complaint = foundOrThrow(await deps.track({ reference, code, client: deps.clientOf(request) }))
      const { lang } = request.query
      const locale = isLocale(lang) ? lang : complaint.language
      return reply.header('cache-control', 'no-store').send(answerOf(complaint, locale, deps.mediaUrls))
    },
  })
}
