import type { FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'

export type FormOrigin = 'same' | 'cross' | 'unknown'

/**
 * Whether a form was sent from our own pages. Browsers say so in Sec-Fetch-Site (on https and localhost) or in Origin,
 * which is held against PUBLIC_URL and against the Host the browser itself addressed. `unknown`: an old browser or a tool that
 * says neither; a token in the form decides then.
 */
export const formOrigin = (request: FastifyRequest, publicUrl: string): FormOrigin => {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'same' : 'cross'
  const { origin, host } = request.headers
  if (origin === undefined) return 'unknown'
  if (!URL.canParse(origin)) return 'cross'
  const own = new URL(origin)
  return own.origin === new URL(publicUrl).origin || own.host === host ? 'same' : 'cross'
}

/** Refuses a form that another site made the browser send. */
export const refuseCrossSite = (request: FastifyRequest, publicUrl: string): void => {
  if (formOrigin(request, publicUrl) === 'cross') throw new AppError('csrf')
}
