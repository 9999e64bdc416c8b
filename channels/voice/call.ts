import {
  type CallEvent,
  type CallMoment,
  type CallState,
  type CallTree,
  type CallTurn,
  SHORTEST_TAKE,
} from '../../src/core/call.ts'
import type { TextLocale } from '../../src/core/locale.ts'
import {
  at,
  FRESH,
  type Go,
  LONGEST_CALL,
  MOST_TEXTS,
  send,
  toPerson,
  toRecord,
  toVoicemail,
  WARNING_AT,
  WRONG_KEYS,
} from './moves.ts'
import { type NodeRule, person, rulesFor, tryAgain } from './nodes.ts'
import type { Prompt } from './words.ts'

const onKeys = (rule: NodeRule, state: CallState, keys: string, moment: CallMoment): CallTurn => {
  if (rule.typed !== undefined) return rule.typed(state, keys, moment)
  const go = rule.keys(state, moment)[keys]
  if (go !== undefined) return go(state, moment)
  const wrongKeys = state.wrongKeys + 1
  if (wrongKeys >= WRONG_KEYS) return (rule.lost ?? person)(state, moment)
  return { state: { ...state, wrongKeys, silences: 0, listening: false, notes: ['wrong_key'] } }
}

const onSilence = (rule: NodeRule, state: CallState, moment: CallMoment): CallTurn => {
  const silences = state.silences + 1
  if (silences >= rule.patience) return rule.silent(state, moment)
  return { state: { ...state, silences, listening: false, notes: ['not_heard'] } }
}

/** Nothing was said after the tone: once we guide again, then we go on with what there is. */
const onEmptyTake: Go = (state, moment) => {
  const emptyTakes = state.emptyTakes + 1
  const back = { ...state, emptyTakes, startingOver: false }
  if (emptyTakes < 2) return toRecord({ ...state, emptyTakes }, moment, { guide: state.guide }, 'too_short')
  if (state.takes.length > 0) return at(back, 'review', { emptyTakes: 0 })
  // Not satisfied, without a reason: the complaint is sent again all the same.
  if (state.resubmits !== undefined) return send(back)
  return state.guide === 'voicemail' ? at(back, 'bye', {}, 'other_ways') : toPerson(back, moment)
}

const onTake = (
  state: CallState,
  { take }: CallEvent & { type: 'recorded' },
  moment: CallMoment,
): CallTurn => {
  if (take.seconds < SHORTEST_TAKE) return onEmptyTake(state, moment)
  const replaced = state.startingOver ? state.takes : []
  const kept = state.startingOver ? [] : state.takes
  return at(state, 'review', {
    takes: [...kept, take],
    dropped: [...state.dropped, ...replaced],
    startingOver: false,
    emptyTakes: 0,
  })
}

const onFiled = (
  state: CallState,
  { complaintId, round }: { complaintId: string; round: number },
): CallTurn => {
  const { resubmits: _, ...rest } = state
  const filing = { complaintId, round, takes: state.takes }
  return at(
    { ...rest, takes: [], filings: [...state.filings, filing], texted: 0, linked: false },
    'receipt',
    { tries: 0 },
  )
}

const onCases = (state: CallState, { cases }: CallEvent & { type: 'cases' }): CallTurn =>
  cases.length === 0
    ? at(state, 'reference', { tries: 0 }, 'no_cases')
    : at(state, 'case', { cases, position: 0, tries: 0 })

const onTexted = (
  state: CallState,
  { how }: CallEvent & { type: 'texted' },
  moment: CallMoment,
): CallTurn => {
  if (how === 'sent') return at(state, 'bye', { texted: state.texted + 1 }, 'texted')
  if (how === 'refused') return at(state, 'receipt', { texted: MOST_TEXTS }, 'not_texted')
  return tryAgain(state, moment, 'other_number', 'number_wrong', (s) => at(s, 'receipt'))
}

/** Prepends a word to whatever is said next. */
const saying = (turn: CallTurn, note: Prompt): CallTurn => ({
  ...turn,
  state: { ...turn.state, notes: [note, ...turn.state.notes] },
})

const step = (
  rules: ReturnType<typeof rulesFor>,
  state: CallState,
  event: CallEvent,
  moment: CallMoment,
): CallTurn => {
  switch (event.type) {
    case 'recorded':
      return state.node === 'record' ? onTake(state, event, moment) : { state }
    case 'dialled':
      if (state.node !== 'person') return { state }
      return event.answered ? at(state, 'bye') : toVoicemail(state, moment, 'nobody_free')
    case 'filed':
      return onFiled(state, event)
    case 'cases':
      return onCases(state, event)
    case 'untracked':
      return event.reason === 'locked'
        ? toPerson(state, moment, 'locked')
        : tryAgain(state, moment, 'reference', 'code_wrong')
    case 'rated':
      return at(state, 'bye', {}, 'rated')
    case 'texted':
      return onTexted(state, event, moment)
    case 'linked':
      return at(state, 'bye', { linked: true }, event.how === 'sent' ? 'link_sent' : 'not_texted')
    case 'refused':
      return at(state, 'bye', {}, 'cannot_now')
  }
  if (state.node === 'record')
    return event.type === 'keys'
      ? { state: { ...state, guided: true, notes: [] } }
      : onEmptyTake(state, moment)
  if (state.node === 'person') return toVoicemail(state, moment, 'nobody_free')
  const rule = rules[state.node]
  if (rule === undefined) return { state }
  return event.type === 'keys' ? onKeys(rule, state, event.keys, moment) : onSilence(rule, state, moment)
}

/** An event of the line, not the result of an effect: only these are cut off when the time is over. */
const isOfTheLine = ({ type }: CallEvent): boolean =>
  type === 'keys' || type === 'silence' || type === 'recorded' || type === 'dialled'

/** The tree of the hotline (ux 3.3): silence, wrong keys and time never lose what was said, and every node has a way on. */
export const createCallTree = (offered: readonly TextLocale[]): CallTree => {
  const rules = rulesFor(offered)
  const closeInTime = (turn: CallTurn): CallTurn => {
    if (turn.effect !== undefined) return turn
    if (turn.state.takes.length > 0) return send(turn.state)
    return turn.state.node === 'over' ? turn : at(turn.state, 'over', {}, 'time_over')
  }
  return {
    begin: (_moment, known) => ({
      ...FRESH,
      node: known === undefined || !offered.includes(known) ? 'language' : 'menu',
      language: known !== undefined && offered.includes(known) ? known : 'ar',
      notes: ['welcome'],
    }),
    advance: (state, event, moment) => {
      const turn = step(rules, state, event, moment)
      if (!isOfTheLine(event)) return turn
      if (moment.elapsed >= LONGEST_CALL) return closeInTime(turn)
      if (moment.elapsed < WARNING_AT || state.warned || turn.effect !== undefined) return turn
      return saying({ ...turn, state: { ...turn.state, warned: true } }, 'one_minute')
    },
    hangUp: (state) => {
      if (state.takes.length === 0) return undefined
      const { effect } = send(state)
      return effect?.type === 'file' ? effect : undefined
    },
  }
}
