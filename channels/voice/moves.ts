import type { CallConsent, CallMoment, CallNode, CallState, CallTurn } from '../../src/core/call.ts'
import type { Prompt } from './words.ts'

/** A whole call, and when it is told that a minute is left. Seconds. */
export const LONGEST_CALL = 15 * 60
export const WARNING_AT = 14 * 60
const LONGEST_TAKE = 180
const SHORTEST_OFFER = 30
export const WRONG_KEYS = 3
export const TYPING_TRIES = 3
/** Texts to another number in one call: a caller must not make us ring at strangers. */
export const MOST_TEXTS = 2
/** Of the words that are agreed to; changes with them. */
const CONSENT_VERSION = '2026-11'

export type Go = (state: CallState, moment: CallMoment) => CallTurn

export const FRESH: Omit<CallState, 'node' | 'language'> = {
  notes: [],
  silences: 0,
  wrongKeys: 0,
  kind: 'complaint',
  kindAsked: false,
  takes: [],
  dropped: [],
  startingOver: false,
  emptyTakes: 0,
  recordSeconds: LONGEST_TAKE,
  guide: 'record',
  guided: false,
  listening: false,
  filings: [],
  cases: [],
  position: 0,
  hearing: false,
  tries: 0,
  texted: 0,
  linked: false,
  warned: false,
}

/** Arrives at a node with clean counters. */
export const at = (
  state: CallState,
  node: CallNode,
  change: Partial<CallState> = {},
  ...notes: readonly Prompt[]
): CallTurn => ({
  state: { ...state, silences: 0, wrongKeys: 0, listening: false, hearing: false, ...change, node, notes },
})

const consentOf = ({ language }: CallState, { now }: CallMoment, by: CallConsent['by']): CallConsent => ({
  by,
  version: CONSENT_VERSION,
  language,
  at: now.toISOString(),
})

/** Before the tone. A recording never runs past the end of the call. */
export const toRecord = (
  state: CallState,
  { elapsed }: CallMoment,
  change: Partial<CallState> = {},
  ...notes: readonly Prompt[]
): CallTurn => {
  const recordSeconds = Math.max(SHORTEST_OFFER, Math.min(LONGEST_TAKE, LONGEST_CALL - Math.ceil(elapsed)))
  return at(state, 'record', { guide: 'record', guided: false, ...change, recordSeconds }, ...notes)
}

/** Out of hours, or nobody free: whoever asked for a person may still speak, and is told that speaking is agreeing. */
export const toVoicemail = (state: CallState, moment: CallMoment, ...notes: readonly Prompt[]): CallTurn =>
  toRecord(
    state,
    moment,
    { guide: 'voicemail', consent: state.consent ?? consentOf(state, moment, 'speaking') },
    ...notes,
  )

export const toPerson = (state: CallState, moment: CallMoment, ...notes: readonly Prompt[]): CallTurn =>
  moment.open ? at(state, 'person', {}, ...notes) : toVoicemail(state, moment, ...notes, 'closed')

const toSpeaking: Go = (state, moment) =>
  state.consent === undefined ? at(state, 'consent') : toRecord(state, moment)

export const toTracking: Go = (state, { caller }) =>
  caller === undefined ? at(state, 'reference', { tries: 0 }) : { state, effect: { type: 'find_cases' } }

export const send = (state: CallState): CallTurn => ({
  state,
  effect: {
    type: 'file',
    kind: state.kind,
    takes: state.takes,
    ...(state.resubmits === undefined ? {} : { resubmits: state.resubmits }),
  },
})

export const agree =
  (kind?: 'observation' | 'suggestion'): Go =>
  (state, moment) =>
    toRecord(state, moment, { consent: consentOf(state, moment, 'key'), ...(kind ? { kind } : {}) })

export const explainPrivacy: Go = (state) => at(state, 'consent', {}, 'privacy')

export const toFiling =
  (kindAsked: boolean): Go =>
  (state, moment) => {
    const { resubmits: _, ...rest } = state
    const fresh: CallState = { ...rest, kind: kindAsked ? 'observation' : 'complaint', kindAsked, takes: [] }
    // The kind is said with the consent, so the question is put again.
    return kindAsked ? at(fresh, 'consent') : toSpeaking(fresh, moment)
  }

export const presentCase = ({ cases, position }: CallState) => cases[position]

export const nextCase: Go = (state) =>
  state.position + 1 < state.cases.length
    ? at(state, 'case', { position: state.position + 1 })
    : at(state, 'bye')

export const satisfied: Go = (state) => ({
  state,
  effect: { type: 'rate', complaintId: presentCase(state)?.complaintId ?? '' },
})

export const sendAgain: Go = (state, moment) => {
  const resubmits = presentCase(state)?.complaintId
  return toSpeaking(
    {
      ...state,
      ...(resubmits === undefined ? {} : { resubmits }),
      kind: 'complaint',
      kindAsked: false,
      takes: [],
    },
    moment,
  )
}
