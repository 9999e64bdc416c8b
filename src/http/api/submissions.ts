import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Clock, NewId } from '../../core/clock.ts'
import { KINDS } from '../../core/complaint.ts'
import { AppError, type FieldError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import { isLocale, LOCALES, type Locale } from '../../core/locale.ts'
import { receiptContent } from '../../core/receipt.ts'
import type { TokenRole } from '../../core/staff-role.ts'
import type { Accepted, Contact, StagedMedia, Submission } from '../../core/submission.ts'
import type { Accept } from '../../intake/accept-submission.ts'
import { derivedId } from '../../intake/derived-id.ts'
import { detectLanguage } from '../../intake/detect-language.ts'
import { normaliseEmail, normalisePhone, storableText } from '../../intake/normalise.ts'

export interface SubmissionApiDeps {
  readonly accept: Accept
  readonly clock: Clock
  readonly newId: NewId
  readonly publicUrl: string
  /** Finished uploads by id, for a filing that may be a repeat; throws `upload_unknown` or `upload_expired`. */
  readonly findUploads: (
    ids: readonly string[],
    filing: { readonly channel: string; readonly externalId: string },
  ) => Promise<readonly StagedMedia[]>
  /** What is known of an administration by its code; undefined when there is none. */
  readonly administration: (code: string) => Promise<{ readonly anonymousAllowed: boolean } | undefined>
  readonly receiptToken: (receiptId: string) => string
  /** The role behind an Authorization header; undefined when it holds no live token. */
  readonly roleOf: (authorization: string) => Promise<TokenRole | undefined>
  /** Throws `too_many_requests` for a client that files faster than people do. */
  readonly limit: (request: FastifyRequest) => Promise<void>
}

interface Filing {
  readonly channel: 'api' | 'voice'
  readonly externalId: string
}

const contactSchema = z.object({
  name: z.string().max(LIMITS.nameCharacters).optional(),
  email: z.string().max(LIMITS.emailCharacters).optional(),
  phone: z.string().max(40).optional(),
  preferred: z.enum(['email', 'sms', 'whatsapp', 'voice', 'none']).optional(),
})

const bodySchema = z
  .object({
    kind: z.enum(KINDS),
    text: z.string().optional().describe(`At most ${LIMITS.textCharacters} characters`),
    language: z.enum(LOCALES).optional().describe('Absent: found in the text'),
    administration: z.string().max(40).optional().describe('Code; absent: "I do not know"'),
    place: z.string().max(LIMITS.placeCharacters).optional(),
    anonymous: z.boolean().optional(),
    contact: contactSchema.optional(),
    uploads: z
      .array(z.string().max(200))
      .optional()
      .describe('Ids of finished uploads: the last part of the tus URL'),
  })
  .meta({ id: 'Submission' })

type Body = z.output<typeof bodySchema>

const acceptedSchema = z
  .object({
    reference: z.string(),
    accessCode: z.string(),
    receivedAt: z.string(),
    reviewBy: z.string(),
    answerBy: z.string(),
    receiptUrl: z.string(),
    trackUrl: z.string(),
    media: z.array(
      z.object({ id: z.string(), sha256: z.string(), bytes: z.number(), state: z.literal('stored') }),
    ),
  })
  .meta({ id: 'AcceptedSubmission' })

const headersSchema = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(LIMITS.idempotencyKeyCharacters)
    .optional()
    .describe('The same key with the same content gives the same answer'),
})

/** Checks and normalises a contact; a wrong part is named, with an example of a right one. */
const contactOf = (body: Body): Contact => {
  if (body.anonymous === true || body.contact === undefined) return {}
  const { name, email, phone, preferred } = body.contact
  const fields: FieldError[] = []
  const goodEmail = email ? normaliseEmail(email) : undefined
  const goodPhone = phone ? normalisePhone(phone) : undefined
  if (email && goodEmail === undefined)
    fields.push({ field: 'contact.email', code: 'email_invalid', detail: 'name@example.org' })
  if (phone && goodPhone === undefined)
    fields.push({ field: 'contact.phone', code: 'phone_invalid', detail: '+212612345678' })
  const [first] = fields
  if (first) throw new AppError(first.code as 'email_invalid' | 'phone_invalid', { fields })
  return {
    ...(name?.trim() ? { name: storableText(name.trim()) } : {}),
    ...(goodEmail ? { email: goodEmail } : {}),
    ...(goodPhone ? { phone: goodPhone } : {}),
    ...(preferred ? { preferred } : {}),
  }
}

const checkLimits = (body: Body): void => {
  const text = body.text?.trim() ?? ''
  const files = body.uploads?.length ?? 0
  if (text === '' && files === 0)
    throw new AppError('text_or_media_required', {
      fields: [{ field: 'text', code: 'text_or_media_required' }],
    })
  if ([...(body.text ?? '')].length > LIMITS.textCharacters)
    throw new AppError('text_too_long', {
      fields: [{ field: 'text', code: 'text_too_long', detail: String(LIMITS.textCharacters) }],
    })
  if (files > LIMITS.filesPerSubmission)
    throw new AppError('too_many_files', {
      fields: [{ field: 'uploads', code: 'too_many_files', detail: String(LIMITS.filesPerSubmission) }],
    })
}

const languageOf = (body: Body, request: FastifyRequest): Locale => {
  const asked = request.headers['accept-language']?.slice(0, 2).toLowerCase()
  return body.language ?? detectLanguage(body.text ?? '') ?? (isLocale(asked) ? asked : 'ar')
}

const checkAdministration = async (deps: SubmissionApiDeps, body: Body): Promise<void> => {
  if (body.administration === undefined) return
  const administration = await deps.administration(body.administration)
  if (administration === undefined)
    throw new AppError('administration_unknown', {
      fields: [{ field: 'administration', code: 'administration_unknown' }],
    })
  if (body.anonymous === true && !administration.anonymousAllowed)
    throw new AppError('anonymous_not_allowed', {
      fields: [{ field: 'anonymous', code: 'anonymous_not_allowed' }],
    })
}

const submissionOf = (
  deps: SubmissionApiDeps,
  request: FastifyRequest<{ Body: Body }>,
  media: readonly StagedMedia[],
  { channel, externalId }: Filing,
): Submission => {
  const { body } = request
  return {
    channel,
    externalId,
    receivedAt: deps.clock.now(),
    kind: body.kind,
    text: storableText(body.text ?? ''),
    language: languageOf(body, request),
    contact: contactOf(body),
    anonymous: body.anonymous ?? false,
    ...(body.administration === undefined ? {} : { administration: body.administration }),
    ...(body.place ? { place: storableText(body.place) } : {}),
    // The same filing has the same media ids when it comes again.
    media: media.map((file) => ({ ...file, id: derivedId(`${channel}:${externalId}:${file.uploadId}`) })),
    raw: { type: 'application/json', body: request.rawBody ?? Buffer.alloc(0) },
  }
}

/**
 * What a filing is known by. An exchange with a driver's token files by telephone, so that its receipt goes out by SMS; its
 * keys stand apart from the ids of our own calls. Throws `unauthenticated` for a token that is not live.
 */
const filingOf = async (deps: SubmissionApiDeps, request: FastifyRequest): Promise<Filing> => {
  const { authorization, 'idempotency-key': key } = request.headers
  const externalId = typeof key === 'string' ? key : deps.newId()
  if (authorization === undefined) return { channel: 'api', externalId }
  const role = await deps.roleOf(authorization)
  if (role === undefined) throw new AppError('unauthenticated')
  return role === 'driver'
    ? { channel: 'voice', externalId: `driver:${externalId}` }
    : { channel: 'api', externalId }
}

const answerOf = (deps: SubmissionApiDeps, accepted: Accepted, submission: Submission) => ({
  reference: accepted.reference,
  accessCode: accepted.accessCode,
  receivedAt: accepted.receivedAt.toISOString(),
  reviewBy: accepted.reviewBy,
  answerBy: accepted.answerBy,
  receiptUrl: `${deps.publicUrl}/receipts/${deps.receiptToken(accepted.receiptId)}`,
  trackUrl: `${deps.publicUrl}/${submission.language}/track?reference=${accepted.reference}`,
  media: submission.media.map(({ id, sha256, bytes }) => ({ id, sha256, bytes, state: 'stored' as const })),
})

/** A key that comes again with another content is another message under a name already taken: the sender must hear of it. */
const checkSameContent = (accepted: Accepted, submission: Submission): void => {
  const digest = createHash('sha256').update(receiptContent(submission)).digest('hex')
  if (accepted.repeat && accepted.contentSha256 !== digest) throw new AppError('idempotency_mismatch')
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
        headers: headersSchema,
        body: bodySchema,
        response: { 200: acceptedSchema, 201: acceptedSchema },
      },
      handler: async (request, reply) => {
        const filing = await filingOf(deps, request)
        // An exchange speaks for many callers.
        if (filing.channel !== 'voice') await deps.limit(request)
        checkLimits(request.body)
        await checkAdministration(deps, request.body)
        const media = await deps.findUploads(request.body.uploads ?? [], filing)
        const submission = submissionOf(deps, request, media, filing)
        const accepted = await deps.accept(submission)
        checkSameContent(accepted, submission)
        return reply.code(accepted.repeat ? 200 : 201).send(answerOf(deps, accepted, submission))
      },
    })
  })
}
