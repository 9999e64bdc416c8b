import type { FastifyReply, FastifyRequest } from 'fastify'
import { readCookie, writeCookie } from './cookies.ts'
import type { WebDeps } from './deps.ts'

const COOKIE = 'wasl-track'
/** A look, not a session: the code is asked again after half an hour. */
export const VIEW_SECONDS = 1800
/** Whoever writes or films an addition needs longer; what was typed must not meet a closed door. */
export const FORM_SECONDS = 2 * 3600

/** Gives the browser the right to one complaint for a while: which, until when, sealed into the cookie. */
export const openView = (deps: WebDeps, reply: FastifyReply, complaintId: string, seconds: number): void => {
  const until = deps.clock.now().getTime() + seconds * 1000
  writeCookie(reply, deps.publicUrl, COOKIE, deps.secrets.seal(`${complaintId}|${until}`), seconds)
}

/** The complaint this browser may see now. */
export const viewedComplaint = (deps: WebDeps, request: FastifyRequest): string | undefined => {
  const sealed = readCookie(request, deps.publicUrl, COOKIE)
  if (sealed === undefined) return undefined
  try {
    const [complaintId, until] = deps.secrets.unseal(sealed).split('|')
    return Number(until) > deps.clock.now().getTime() ? complaintId : undefined
  } catch {
    // Another SECRET_KEY, or not ours: the same as none.
    return undefined
  }
}

export const closeView = (deps: WebDeps, reply: FastifyReply): void =>
  writeCookie(reply, deps.publicUrl, COOKIE, '', 0)
