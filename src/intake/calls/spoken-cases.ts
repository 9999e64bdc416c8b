import { and, desc, eq, inArray } from 'drizzle-orm'
import type { SpokenCase } from '../../core/call.ts'
import type { CitizenState } from '../../core/complaint.ts'
import { complainants, complaints } from '../../db/schema/index.ts'
import {
  type ReadDeps,
  readTrackedComplaint,
  type TrackedComplaint,
} from '../../handling/tracked-complaint.ts'

/** Channels on which the number itself wrote or called: a number typed into a form may be anybody's (P31). */
const FROM_TELEPHONES = ['voice', 'sms', 'whatsapp']
const NEWEST = 3

const WAITS_FOR: Readonly<Record<CitizenState, SpokenCase['waitsFor']>> = {
  received: 'review',
  being_checked: 'review',
  waiting_for_you: 'review',
  with_office: 'answer',
  answered: 'none',
  closed: 'none',
}

/** A complaint as it is read out over the telephone. */
export const spokenCase = (complaintId: string, tracked: TrackedComplaint): SpokenCase => {
  const waitsFor = WAITS_FOR[tracked.state]
  return {
    complaintId,
    reference: tracked.reference,
    state: tracked.state,
    late: tracked.late,
    waitsFor,
    by: waitsFor === 'review' ? tracked.reviewBy : tracked.answerBy,
    answered: tracked.answer !== undefined,
  }
}

/** The newest complaints that were filed from this telephone, newest first. */
export const casesOfCaller = async (deps: ReadDeps, caller: string): Promise<readonly SpokenCase[]> => {
  const rows = await deps.db.orm
    .select({ id: complaints.id })
    .from(complaints)
    .innerJoin(complainants, eq(complainants.complaintId, complaints.id))
    .where(and(eq(complainants.phone, caller), inArray(complaints.channel, FROM_TELEPHONES)))
    .orderBy(desc(complaints.receivedAt), desc(complaints.id))
    .limit(NEWEST)
  const tracked = await Promise.all(
    rows.map(async ({ id }) => [id, await readTrackedComplaint(deps, id)] as const),
  )
  return tracked.flatMap(([id, complaint]) => (complaint === undefined ? [] : [spokenCase(id, complaint)]))
}
