import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { WebDeps } from './deps.ts'

/** Request, reply and language travel together through a page's handling. */
export interface Visit {
  readonly deps: WebDeps
  readonly locale: Locale
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Fields = Readonly<Record<string, string>>

/** The form was understood but an answer must be mended (RFC 9110, 15.5.21). */
export const UNPROCESSABLE = 422
export const TOO_MANY = 429

/** Throws `csrf` for a form that was sent from another site (P83). */
export const refuseForeign = ({ deps, request }: Pick<Visit, 'deps' | 'request'>): void => {
  if (deps.formOrigin(request) === 'cross') throw new AppError('csrf')
}
