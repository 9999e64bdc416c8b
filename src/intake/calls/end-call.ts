import { and, isNull, lt } from 'drizzle-orm'
import type { CallNotice, CallState, Take } from '../../core/call.ts'
import { calls } from '../../db/schema/index.ts'
import { wakeMessages } from '../../outbox/wake.ts'
import { momentOf } from './answer-call.ts'
import { type CallDeps, VOICE } from './call-deps.ts'
import { type CallRow, openCall, readCall, storeState } from './call-record.ts'
import { fileCall } from './perform-effect.ts'

/** The provider tells of the end; when it does not, a call is over after this. The tree itself ends it at 15 minutes. */
const SILENT_SECONDS = 20 * 60
const BATCH = 100

/** Files what a caller who has hung up had said, and stores that. Gives the call as it is then. */
const fileRest = async (deps: CallDeps, call: CallRow): Promise<CallRow> => {
  const owed = deps.tree.hangUp(call.state)
  if (owed === undefined) return call
  const filed = await fileCall(deps, call, owed)
  const { state } = deps.tree.advance(call.state, filed, momentOf(deps, call))
  await storeState(deps.db.sql, call, state, deps.clock.now())
  await wakeMessages(deps.db.sql, 'inbound.judge', `${VOICE}:${call.callSid}`, deps.clock.now())
  return { ...call, state }
}

const noteEnd = async ({ db, clock }: CallDeps, callSid: string, notice?: CallNotice): Promise<void> => {
  await db.sql`
    update calls set ended_at = coalesce(ended_at, ${clock.now()}),
                     caller = coalesce(caller, ${notice?.caller ?? null}), called = coalesce(called, ${notice?.called ?? null})
    where call_sid = ${callSid}`
}

/** A call that others tell of and that we never answered: the fallback document took it while we were away. */
const openUnseen = async (deps: CallDeps, notice: CallNotice): Promise<CallRow | undefined> => {
  const now = deps.clock.now()
  const moment = { now, elapsed: 0, caller: notice.caller, textable: false, open: false }
  const begun = deps.tree.begin(moment, undefined)
  await openCall(
    deps.db.sql,
    notice,
    {
      ...begun,
      consent: { by: 'speaking', version: 'fallback', language: 'ar', at: now.toISOString() },
    },
    now,
  )
  await noteEnd(deps, notice.callSid, notice)
  return readCall(deps.db, notice.callSid)
}

/** The call is over: nothing that was said is lost. Safe to repeat. */
export const endCall = async (deps: CallDeps, callSid: string, notice?: CallNotice): Promise<void> => {
  await noteEnd(deps, callSid, notice)
  const call = await readCall(deps.db, callSid)
  if (call !== undefined) await fileRest(deps, call)
  // Who called is known by this alone when a recording comes without its parties.
  else if (notice !== undefined) await openUnseen(deps, notice)
}

/** Where a recording belongs: a complaint's round, nowhere, or not yet known because the caller is still deciding. */
export type TakePlace =
  | {
      readonly place: 'filed'
      readonly complaintId: string
      readonly round: number
      readonly position: number
    }
  | { readonly place: 'dropped'; readonly reason: 'too_short' | 'replaced' }
  | { readonly place: 'open' }

const placeIn = (state: CallState, { sid }: Take): TakePlace | undefined => {
  if (state.dropped.some((take) => take.sid === sid)) return { place: 'dropped', reason: 'replaced' }
  for (const { complaintId, round, takes } of state.filings) {
    const position = takes.findIndex((take) => take.sid === sid)
    if (position >= 0) return { place: 'filed', complaintId, round, position: position + 1 }
  }
  return undefined
}

/** A take that was told of after the call had ended: it joins what the call has filed, or is filed now. */
const joinLate = async (deps: CallDeps, call: CallRow, take: Take): Promise<CallRow> => {
  const last = call.state.filings.at(-1)
  const isKnown = call.state.takes.some(({ sid }) => sid === take.sid)
  if (last === undefined || call.state.takes.length > 0) {
    const takes = isKnown ? call.state.takes : [...call.state.takes, take]
    return fileRest(deps, { ...call, state: { ...call.state, takes } })
  }
  const filings = [...call.state.filings.slice(0, -1), { ...last, takes: [...last.takes, take] }]
  const state = { ...call.state, filings }
  await storeState(deps.db.sql, call, state, deps.clock.now())
  return { ...call, state }
}

const hasEnded = ({ clock }: CallDeps, { endedAt, startedAt }: CallRow): boolean =>
  endedAt !== null || clock.now().getTime() - startedAt.getTime() > SILENT_SECONDS * 1000

/**
 * Finds where a recording belongs, filing it when its caller is gone. `mayKnowMore`: the end of a call we never saw may still
 * tell who called. Safe to repeat.
 */
export const placeTake = async (
  deps: CallDeps,
  notice: CallNotice & { type: 'recording' },
  { isSpeech, mayKnowMore }: { readonly isSpeech: boolean; readonly mayKnowMore: boolean },
): Promise<TakePlace> => {
  if (!isSpeech) return { place: 'dropped', reason: 'too_short' }
  const known = await readCall(deps.db, notice.callSid)
  if (known === undefined && notice.caller === undefined && mayKnowMore) return { place: 'open' }
  const call = known ?? (await openUnseen(deps, notice))
  if (call === undefined) return { place: 'open' }
  const place = placeIn(call.state, notice.take)
  if (place !== undefined) return place
  if (!hasEnded(deps, call)) return { place: 'open' }
  const joined = await joinLate(deps, call, notice.take)
  return placeIn(joined.state, notice.take) ?? { place: 'open' }
}

/** Ends calls whose end nobody told of. Gives how many. For the minute's sweep. */
export const endSilentCalls = async (deps: CallDeps): Promise<number> => {
  const before = new Date(deps.clock.now().getTime() - SILENT_SECONDS * 1000)
  const silent = await deps.db.orm
    .select({ callSid: calls.callSid })
    .from(calls)
    .where(and(isNull(calls.endedAt), lt(calls.startedAt, before)))
    .limit(BATCH)
  for (const { callSid } of silent) await endCall(deps, callSid)
  return silent.length
}
