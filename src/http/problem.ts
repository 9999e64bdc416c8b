import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isAway } from '../core/away.ts'
import { AppError, ERRORS, type ErrorCode, type FieldError } from '../core/errors.ts'
import { STATUS_OF } from './status-of.ts'

/** RFC 9457 members, with our stable `code`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly fields?: readonly FieldError[]
}

/** When to ask again while a part is away, in seconds. */
const RETRY_AFTER = 5

/** What the framework says of a request it would not take, in our codes. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'validation',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'validation',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'validation',
  FST_ERR_VALIDATION: 'validation',
  FST_ERR_NOT_FOUND: 'not_found',
  FST_REQ_FILE_TOO_LARGE: 'file_too_large',
}

const fieldsOf = (error: unknown): FieldError[] =>
  hasZodFastifySchemaValidationErrors(error)
    ? error.validation.map(({ instancePath, keyword }) => ({
        field: instancePath.replace(/^\//, '').replaceAll('/', '.'),
        code: keyword,
      }))
    : []

/** A NUL, which PostgreSQL's text cannot hold, in what was asked for (SQLSTATE 22021): no row can have it. */
const isUnstorable = (error: unknown): boolean =>
  error instanceof Error && ((error as { code?: unknown }).code === '22021' || isUnstorable(error.cause))

/** Any failure as one of the catalogue: what is not known there is `internal`. */
export const appErrorOf = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (isAway(error)) return new AppError('unavailable', { cause: error, retryAfter: RETRY_AFTER })
  if (isUnstorable(error)) return new AppError('validation', { cause: error })
  const { code, statusCode } = error as Partial<FastifyError>
  const known =
    FRAMEWORK_CODES[code ?? ''] ?? (hasZodFastifySchemaValidationErrors(error) ? 'validation' : undefined)
  if (known !== undefined) return new AppError(known, { fields: fieldsOf(error), cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AppError('validation', { cause: error })
  return new AppError('internal', { cause: error })
}

export const problemOf = (error: AppError): Problem => ({
  type: `/api/docs#error-${error.code}`,
  title: ERRORS[error.code],
  status: STATUS_OF[error.code],
  code: error.code,
  ...(error.fields.length > 0 ? { fields: error.fields } : {}),
})

/** Answers an API request with problem+json. */
export const sendProblem = (_request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply => {
  if (error.retryAfter !== undefined) reply.header('retry-after', Math.ceil(error.retryAfter))
  return reply
    .code(STATUS_OF[error.code])
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(error)))
}
