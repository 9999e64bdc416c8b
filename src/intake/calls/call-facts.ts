import { and, eq } from 'drizzle-orm'
import type { CallFacts, CallState } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../db/client.ts'
import { complaints, deadlines } from '../../db/schema/index.ts'
import { readTrackedComplaint } from '../../handling/tracked-complaint.ts'

export interface FactsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly accessCodeOf: (complaintId: string) => string
  /** Whether texts can be sent to a number: not to a landline, and to nobody who withheld theirs. */
  readonly isTextable: (caller: string) => boolean
  /** Where the caller's own recording can be heard, for a while. */
  readonly takeUrl: (sid: string) => string
}

const receiptFacts = async (
  deps: FactsDeps,
  { filings }: CallState,
  caller: string | null,
): Promise<CallFacts> => {
  const filing = filings.at(-1)
  if (filing === undefined) return {}
  const [found] = await deps.db.orm
    .select({ reference: complaints.reference, answerBy: deadlines.dueOn })
    .from(complaints)
    .innerJoin(deadlines, eq(deadlines.complaintId, complaints.id))
    .where(
      and(
        eq(complaints.id, filing.complaintId),
        eq(deadlines.round, filing.round),
        eq(deadlines.kind, 'answer'),
      ),
    )
  if (found === undefined) return {}
  const accessCode = deps.accessCodeOf(filing.complaintId)
  return { receipt: { ...found, accessCode, textable: caller !== null && deps.isTextable(caller) } }
}

/** Reads what has to be known to speak a state, and nothing else. */
export const factsOfCall = async (
  deps: FactsDeps,
  state: CallState,
  caller: string | null,
): Promise<CallFacts> => {
  if (state.node === 'receipt') return receiptFacts(deps, state, caller)
  if (state.listening) return { takes: state.takes.map(({ sid }) => deps.takeUrl(sid)) }
  const heard = state.hearing ? state.cases[state.position] : undefined
  if (heard === undefined) return {}
  const answer = (await readTrackedComplaint(deps, heard.complaintId))?.answer
  return answer === undefined ? {} : { answer }
}
