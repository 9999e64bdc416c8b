import type { FastifyReply } from 'fastify'
import { AppError } from '../../src/core/errors.ts'
import { readTrackedComplaint, type TrackedComplaint } from '../../src/handling/tracked-complaint.ts'
import type { WebDeps } from './deps.ts'
import { readTicket, type Ticket } from './follow-up-ticket.ts'
import { viewedComplaint } from './track-session.ts'
import { refuseForeign, type Visit } from './visit.ts'

export const toComplaint = ({ locale, reply }: Visit, query = ''): FastifyReply =>
  reply.redirect(`/${locale}/track/complaint${query}`, 303)

export const readComplaint = async (deps: WebDeps, complaintId: string): Promise<TrackedComplaint> => {
  const complaint = await readTrackedComplaint(deps, complaintId)
  if (complaint === undefined) throw new AppError('not_found')
  return complaint
}

/**
 * The ticket of a posted form, held against the right of the browser that sends it. Undefined: the right has run out, and the
 * code is asked again. Throws `csrf` for a form that is not ours, or is about another complaint than the browser's.
 */
export const ticketOf = ({ deps, request }: Visit, sealed: string | undefined): Ticket | undefined => {
  refuseForeign({ deps, request })
  const complaintId = viewedComplaint(deps, request)
  if (complaintId === undefined) return undefined
  const ticket = readTicket(deps, sealed)
  if (ticket?.complaintId !== complaintId) throw new AppError('csrf')
  return ticket
}

const isConflict = (error: unknown): boolean => error instanceof AppError && error.code === 'conflict'

/** What the record allows no longer (another tab, the body meanwhile) is no error: the page shows how things stand. */
export const unlessOvertaken = async <T>(done: Promise<T>): Promise<T | undefined> => {
  try {
    return await done
  } catch (error) {
    if (isConflict(error)) return undefined
    throw error
  }
}
