import { setTimeout as wait } from 'node:timers/promises'
import type { CallMoment, CallRequest, CallState } from '../../core/call.ts'
import { AppError } from '../../core/errors.ts'
import { wakeMessages } from '../../outbox/wake.ts'
import { type CallDeps, VOICE } from './call-deps.ts'
import {
  type CallRow,
  claimStep,
  languageOf,
  openCall,
  readCall,
  settleStep,
  stateAfter,
} from './call-record.ts'
import { performEffect } from './perform-effect.ts'

/** The state to speak, and the number of the request that it leads to. `pending`: a copy is being answered; come again. */
export interface CallAnswer {
  readonly call: CallRow
  readonly state: CallState
  readonly next: number
  readonly pending?: true
}

const COPY_PATIENCE_MS = 3_000
const COPY_POLL_MS = 40

export const momentOf = ({ clock, isOpen, isTextable }: CallDeps, call: CallRow): CallMoment => {
  const now = clock.now()
  return {
    now,
    elapsed: Math.max(0, (now.getTime() - call.startedAt.getTime()) / 1000),
    caller: call.caller ?? undefined,
    textable: call.caller !== null && isTextable(call.caller),
    open: isOpen(now),
  }
}

const open = async (deps: CallDeps, request: CallRequest): Promise<CallRow> => {
  const now = deps.clock.now()
  const known = await languageOf(deps.db, request.caller)
  const moment = { now, elapsed: 0, caller: request.caller, textable: false, open: deps.isOpen(now) }
  const begun = deps.tree.begin(moment, known)
  await openCall(deps.db.sql, request, begun, now)
  const call = await readCall(deps.db, request.callSid)
  if (call === undefined) throw new AppError('internal', { detail: 'a call was opened and is not there' })
  return call
}

/** Walks the tree until nothing more is to be done before the caller hears the answer. */
const walk = async (deps: CallDeps, call: CallRow, request: CallRequest): Promise<CallState> => {
  if (request.event === undefined) return call.state
  const moment = momentOf(deps, call)
  let turn = deps.tree.advance(call.state, request.event, moment)
  while (turn.effect !== undefined) {
    const result = await performEffect(deps, { ...call, state: turn.state }, turn.effect)
    turn = deps.tree.advance(turn.state, result, moment)
  }
  return turn.state
}

/** A copy of a request under way waits for the first to be answered. */
const awaitCopy = async (deps: CallDeps, { callSid, step }: CallRequest): Promise<CallState | undefined> => {
  for (let waited = 0; waited < COPY_PATIENCE_MS; waited += COPY_POLL_MS) {
    const state = await stateAfter(deps.db.sql, callSid, step)
    if (state !== undefined) return state
    await wait(COPY_POLL_MS)
  }
  return undefined
}

const take = async (deps: CallDeps, call: CallRow, request: CallRequest): Promise<CallAnswer> => {
  const next = request.step + 1
  const { sql } = deps.db
  if (!(await claimStep(sql, request, call.state, deps.clock.now()))) {
    const state = await awaitCopy(deps, request)
    return state === undefined
      ? { call, state: call.state, next: request.step, pending: true }
      : { call, state, next }
  }
  const state = await walk(deps, call, request)
  await settleStep(sql, request, state, deps.clock.now())
  // Recordings that had been told of before the filing wait for it.
  if (state.filings.length > call.state.filings.length)
    await wakeMessages(sql, 'inbound.judge', `${VOICE}:${call.callSid}`, deps.clock.now())
  return { call, state, next }
}

/**
 * Answers one request about a call: the first opens it, each later one is a step. A copy of a step gets what its first time
 * led to, and nothing is done twice. Throws what the database throws: the channel then says its fallback.
 */
export const answerCall = async (deps: CallDeps, request: CallRequest): Promise<CallAnswer> => {
  const call = await readCall(deps.db, request.callSid)
  if (call === undefined) {
    const opened = await open(deps, request)
    return { call: opened, state: opened.state, next: 1 }
  }
  if (request.step <= call.step) {
    const state = (await stateAfter(deps.db.sql, call.callSid, request.step)) ?? call.state
    return { call, state, next: request.step + 1 }
  }
  // A step that we never gave: the caller hears where the call stands.
  if (request.step > call.step + 1) return { call, state: call.state, next: call.step + 1 }
  return take(deps, call, request)
}
