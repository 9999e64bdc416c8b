import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { KINDS } from '../../core/complaint.ts'
import { AppError, type FieldError } from '../../core/errors.ts'
import { LIMITS } from '../../core/limits.ts'
import { isLocale, LOCALES, type Locale } from '../../core/locale.ts'
import type { Accepted, Contact, StagedMedia, Submission } from '../../core/submission.ts'
import type { Accept } from '../../intake/accept-submission.ts'
import { detectLanguage } from '../../intake/detect-language.ts'
import { normaliseEmail, normalisePhone, storableText } from '../../intake/normalise.ts'

/** What a filing by the API stands on, whoever files. */
export interface FilingDeps {
  readonly accept: Accept
  /** Finished uploads by id, for a filing that may be a repeat; throws `upload_unknown` or `upload_expired`. */
  readonly findUploads: (
    ids: readonly string[],
    filing: Pick<Submission, 'channel' | 'externalId'>,
  ) => Promise<readonly StagedMedia[]>
  /** What is known of an administration by its code; undefined when there is none. */
  readonly administration: (code: string) => Promise<{ readonly anonymousAllowed: boolean } | undefined>
  readonly receiptToken: (receiptId: string) => string
}

const contactSchema = z.object({
  name: z.string().max(LIMITS.nameCharacters).optional(),
  email: z.string().max(LIMITS.emailCharacters).optional(),
  phone: z.string().max(40).optional(),
  preferred: z.enum(['email', 'sms', 'whatsapp', 'voice', 'none']).optional(),
})

export const filingBody = z
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

export type FilingBody = z.output<typeof filingBody>

export const acceptedFiling = z
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

export const filingHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(LIMITS.idempotencyKeyCharacters)
    .optional()
    .describe('The same key with the same content gives the same answer'),
})

/** Checks and normalises a contact; a wrong part is named, with an example of a right one. */
const contactOf = (body: FilingBody): Contact => {
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

export const checkLimits = (body: FilingBody): void => {
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

const languageOf = (body: FilingBody, request: FastifyRequest): Locale => {
  const asked = request.headers['accept-language']?.slice(0, 2).toLowerCase()
  return body.language ?? detectLanguage(body.text ?? '') ?? (isLocale(asked) ? asked : 'ar')
}

export const checkAdministration = async (
  deps: Pick<FilingDeps, 'administration'>,
  body: FilingBody,
): Promise<void> => {
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

/** What a body says of a filing, checked part by part as it is put into words we store. */
export const filingOf = (body: FilingBody, request: FastifyRequest) => ({
  kind: body.kind,
  text: storableText(body.text ?? ''),
  language: languageOf(body, request),
  contact: contactOf(body),
  anonymous: body.anonymous ?? false,
  ...(body.administration === undefined ? {} : { administration: body.administration }),
  ...(body.place ? { place: storableText(body.place) } : {}),
})

/** What whoever filed must hold. */
export const heldOf = (
  { publicUrl, receiptToken }: Pick<FilingDeps, 'receiptToken'> & { readonly publicUrl: string },
  accepted: Accepted,
  { language, media }: Pick<Submission, 'language' | 'media'>,
) => ({
  reference: accepted.reference,
  accessCode: accepted.accessCode,
  receivedAt: accepted.receivedAt.toISOString(),
  reviewBy: accepted.reviewBy,
  answerBy: accepted.answerBy,
  receiptUrl: `${publicUrl}/receipts/${receiptToken(accepted.receiptId)}`,
  trackUrl: `${publicUrl}/${language}/track?reference=${accepted.reference}`,
  media: media.map(({ id, sha256, bytes }) => ({ id, sha256, bytes, state: 'stored' as const })),
})
