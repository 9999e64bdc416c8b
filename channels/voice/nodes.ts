import {
  type CallMoment,
  type CallNode,
  type CallState,
  type CallTurn,
  MOST_TAKES,
} from '../../src/core/call.ts'
import type { TextLocale } from '../../src/core/locale.ts'
import { parseAccessCode, parseReference } from '../../src/core/reference.ts'
import {
  agree,
  at,
  explainPrivacy,
  type Go,
  MOST_TEXTS,
  nextCase,
  presentCase,
  satisfied,
  send,
  sendAgain,
  TYPING_TRIES,
  toFiling,
  toPerson,
  toRecord,
  toTracking,
} from './moves.ts'
import type { Prompt } from './words.ts'

/** What a node does with what it hears. Every node that gathers keys has an end for silence. */
export interface NodeRule {
  readonly keys: (state: CallState, moment: CallMoment) => Readonly<Record<string, Go>>
  /** Keys typed as a number rather than one by one. */
  readonly typed?: (state: CallState, keys: string, moment: CallMoment) => CallTurn
  /** Silences until the default is taken; before that the words are repeated. */
  readonly patience: number
  readonly silent: Go
  /** After three wrong keys. */
  readonly lost?: Go
}

export const person: Go = (state, moment) => toPerson(state, moment)
const repeat: Go = (state) => at(state, state.node)

/** The number under which each language is offered. Amazigh only once it has been recorded. */
export const LANGUAGE_KEYS = { '1': 'ar', '2': 'zgh', '3': 'fr', '4': 'en' } as const satisfies Record<
  string,
  TextLocale
>

export const tryAgain = (
  state: CallState,
  moment: CallMoment,
  node: CallNode,
  note: Prompt,
  out: Go = person,
): CallTurn =>
  state.tries + 1 < TYPING_TRIES
    ? at(state, node, { tries: state.tries + 1 }, note)
    : out({ ...state, tries: 0 }, moment)

const typeReference: NonNullable<NodeRule['typed']> = (state, keys, moment) => {
  const parsed = parseReference(keys)
  return parsed.ok
    ? at(state, 'code', { reference: parsed.reference })
    : tryAgain(state, moment, 'reference', 'reference_wrong')
}

const typeCode: NonNullable<NodeRule['typed']> = (state, keys, moment) => {
  const code = parseAccessCode(keys)
  return code === undefined || state.reference === undefined
    ? tryAgain(state, moment, 'reference', 'code_wrong')
    : { state, effect: { type: 'track', reference: state.reference, code } }
}

const lastFiling = ({ filings }: CallState) => filings.at(-1)

const typeNumber: NonNullable<NodeRule['typed']> = (state, keys, moment) =>
  /^\+?\d{6,15}$/.test(keys)
    ? {
        state,
        effect: { type: 'text_receipt', complaintId: lastFiling(state)?.complaintId ?? '', to: keys },
      }
    : tryAgain(state, moment, 'other_number', 'number_wrong', (s) => at(s, 'receipt'))

/** A picture or film cannot be said: a link takes it, sent to the telephone that is on the line. */
const sendLink: Go = (state) => ({
  state,
  effect: { type: 'text_link', complaintId: lastFiling(state)?.complaintId ?? '' },
})

const caseKeys = (state: CallState): Readonly<Record<string, Go>> => {
  const spoken = presentCase(state)
  return {
    ...(spoken?.answered ? { '1': (s: CallState) => at(s, 'case', { hearing: true }) } : {}),
    ...(spoken?.state === 'answered' ? { '2': satisfied } : {}),
    // Re-submission is open without limit, also once a complaint is closed (decree 2-17-265).
    ...(spoken?.state === 'answered' || spoken?.state === 'closed' ? { '3': sendAgain } : {}),
    '9': nextCase,
    '0': person,
  }
}

const languageKeys = (offered: readonly TextLocale[]): Readonly<Record<string, Go>> =>
  Object.fromEntries(
    Object.entries(LANGUAGE_KEYS)
      .filter(([, language]) => offered.includes(language))
      .map(([key, language]) => [key, (state: CallState) => at(state, 'menu', { language })]),
  )

/** Builds the tree for the languages that are offered. */
export const rulesFor = (offered: readonly TextLocale[]): Readonly<Partial<Record<CallNode, NodeRule>>> => ({
  language: {
    keys: () => languageKeys(offered),
    patience: 2,
    silent: (state) => at(state, 'menu'),
  },
  menu: {
    keys: () => ({
      '1': toFiling(false),
      '2': toTracking,
      '3': toFiling(true),
      '0': person,
      '9': repeat,
      '*': (state) => at(state, 'language'),
    }),
    patience: 2,
    silent: toFiling(false),
  },
  consent: {
    keys: ({ kindAsked }): Readonly<Record<string, Go>> =>
      kindAsked
        ? { '1': agree('observation'), '2': agree('suggestion'), '3': explainPrivacy, '0': person }
        : { '1': agree(), '2': explainPrivacy, '0': person },
    patience: 2,
    silent: person,
  },
  review: {
    keys: ({ takes }): Readonly<Record<string, Go>> => ({
      '1': send,
      '2': (state) => at(state, 'review', { listening: true }),
      '3': (state, moment) => toRecord(state, moment, { startingOver: true }),
      ...(takes.length < MOST_TAKES
        ? { '4': (state: CallState, moment: CallMoment) => toRecord(state, moment, { guide: 'add' }) }
        : {}),
    }),
    patience: 2,
    silent: send,
    // What was said goes before everything else.
    lost: send,
  },
  receipt: {
    keys: ({ texted, linked }, { textable }): Readonly<Record<string, Go>> => ({
      '1': repeat,
      ...(texted < MOST_TEXTS ? { '2': (state: CallState) => at(state, 'other_number', { tries: 0 }) } : {}),
      ...(textable && !linked ? { '3': sendLink } : {}),
    }),
    patience: 1,
    silent: (state) => at(state, 'bye'),
  },
  other_number: { keys: () => ({}), typed: typeNumber, patience: 2, silent: (state) => at(state, 'receipt') },
  reference: { keys: () => ({}), typed: typeReference, patience: 2, silent: person },
  code: { keys: () => ({}), typed: typeCode, patience: 2, silent: person },
  case: { keys: caseKeys, patience: 1, silent: nextCase },
  bye: {
    keys: () => ({ '9': (state) => at(state, 'menu') }),
    patience: 1,
    silent: (state) => at(state, 'over'),
    lost: (state) => at(state, 'over'),
  },
})
