import { type CallFacts, type CallState, MOST_TAKES, type SpokenCase } from '../../src/core/call.ts'
import type { TextLocale } from '../../src/core/locale.ts'
import { MOST_TEXTS } from './moves.ts'
import { LANGUAGE_KEYS } from './nodes.ts'
import { type Part, type SpeechDeps, speech } from './speech.ts'
import type { Verb } from './twiml.ts'
import type { Prompt } from './words.ts'

export interface SpeakDeps extends SpeechDeps {
  readonly offered: readonly TextLocale[]
  /** The desk that takes calls, E.164, and its hours as HH:MM. */
  readonly transfer: string | undefined
  readonly hours: { readonly from: string; readonly to: string } | undefined
}

export interface Addresses {
  /** Where the next event of this call goes. */
  readonly next: string
  /** Where finished recordings are told. */
  readonly recording: string
}

const word = (prompt: Prompt, locale?: TextLocale): Part => ({
  part: 'word',
  word: `voice.${prompt}`,
  ...(locale === undefined ? {} : { locale }),
})

const pause = (seconds = 1): Part => ({ part: 'pause', seconds })

/** Groups of two or three digits, a breath between them: what people can write down while they listen. */
const digits = (number: string, groups: readonly number[]): readonly Part[] => {
  let start = 0
  return groups.flatMap((size) => {
    const group = [...number.slice(start, start + size)]
    start += size
    return [...group.map((digit): Part => ({ part: 'digit', digit })), pause()]
  })
}

const REFERENCE_GROUPS = [2, 3, 3, 2]
const CODE_GROUPS = [3, 3]

/** A day without its year: it is never more than some months away. */
const dayParts = (day: string): readonly Part[] => [
  { part: 'day', day: Number(day.slice(8, 10)) },
  { part: 'month', month: Number(day.slice(5, 7)) },
]

const receiptParts = ({ receipt }: CallFacts): readonly Part[] => {
  if (receipt === undefined) return []
  const once = [
    word('registered'),
    ...digits(receipt.reference, REFERENCE_GROUPS),
    word('your_code'),
    ...digits(receipt.accessCode, CODE_GROUPS),
    word('answer_before'),
    ...dayParts(receipt.answerBy),
    pause(),
  ]
  return [...once, word('again'), ...once, ...(receipt.textable ? [word('sent_to_you')] : [])]
}

const caseParts = (spoken: SpokenCase, hearing: boolean, { answer }: CallFacts): readonly Part[] => {
  const sentence: readonly Part[] = [
    word('case_number'),
    ...digits(spoken.reference, REFERENCE_GROUPS),
    { part: 'word', word: `state.${spoken.state}` },
    ...(spoken.late ? [word(spoken.waitsFor === 'answer' ? 'case_late' : 'case_review_late')] : []),
    ...(spoken.waitsFor === 'none' || spoken.by === ''
      ? []
      : [
          word(spoken.waitsFor === 'review' ? 'case_review_before' : 'case_answer_before'),
          ...dayParts(spoken.by),
        ]),
  ]
  const heard: readonly Part[] = [word('answer_is'), { part: 'text', text: answer ?? '' }]
  return [
    ...(hearing ? heard : sentence),
    ...(spoken.answered ? [word('hear_option')] : []),
    ...(spoken.state === 'answered' ? [word('satisfied_option')] : []),
    ...(spoken.state === 'answered' || spoken.state === 'closed' ? [word('resubmit_option')] : []),
    word('case_options'),
  ]
}

const reviewParts = (state: CallState, { takes }: CallFacts): readonly Part[] => [
  ...(state.listening
    ? [word('your_takes'), ...(takes ?? []).map((url): Part => ({ part: 'sound', url }))]
    : []),
  word(state.takes.length < MOST_TAKES ? 'review' : 'review_full'),
]

/** Each language in itself, because who chooses may know no other. */
const languageParts = (offered: readonly TextLocale[]): readonly Part[] =>
  Object.values(LANGUAGE_KEYS)
    .filter((locale) => offered.includes(locale))
    .map((locale) => word('language', locale))

const menuParts = (state: CallState): readonly Part[] => [
  word('menu'),
  ...(state.notes.includes('welcome') ? [word('change_language')] : []),
]

interface Question {
  readonly parts: readonly Part[]
  readonly timeout: number
  /** A number ended by #, of at most so many digits; absent: one key. */
  readonly digits?: number
}

const questionOf = (deps: SpeakDeps, state: CallState, facts: CallFacts): Question | undefined => {
  switch (state.node) {
    case 'language':
      return { parts: languageParts(deps.offered), timeout: 6 }
    case 'menu':
      return { parts: menuParts(state), timeout: 7 }
    case 'consent':
      return { parts: [word(state.kindAsked ? 'consent_other' : 'consent')], timeout: 7 }
    case 'review':
      return { parts: reviewParts(state, facts), timeout: 8 }
    case 'receipt':
      return {
        parts: [
          ...receiptParts(facts),
          word(state.texted < MOST_TEXTS ? 'receipt_options' : 'receipt_repeat'),
          ...(facts.receipt?.textable && !state.linked ? [word('link_option')] : []),
        ],
        timeout: 7,
      }
    case 'other_number':
      return { parts: [word('other_number')], timeout: 12, digits: 15 }
    case 'reference':
      return { parts: [word('reference')], timeout: 12, digits: 10 }
    case 'code':
      return { parts: [word('code')], timeout: 12, digits: 6 }
    case 'case': {
      const spoken = state.cases[state.position]
      return { parts: spoken ? caseParts(spoken, state.hearing, facts) : [], timeout: 5 }
    }
    case 'bye':
      return { parts: [word('bye')], timeout: 5 }
    default:
      return undefined
  }
}

const noteParts = (deps: SpeakDeps, note: string): readonly Part[] => [
  word(note as Prompt),
  ...(note === 'closed' && deps.hours !== undefined
    ? [
        word('hours_from'),
        { part: 'time' as const, time: deps.hours.from },
        word('hours_to'),
        { part: 'time' as const, time: deps.hours.to },
      ]
    : []),
]

/** The guide before the tone: a key cuts it short, silence falls through to the recording that follows. */
const guideOf = (inside: readonly Verb[], { next }: Addresses): Verb => ({
  verb: 'gather',
  digits: 1,
  timeout: 1,
  finishOnKey: '',
  action: next,
  fallsThrough: true,
  inside,
})

/**
 * What the telephone does in a state: the notes, then the node's question, recording or transfer, and always something after
 * it, so that no silence ends the call. `say` outside a question cannot be cut short, so notes go inside one.
 */
export const speak = (
  deps: SpeakDeps,
  state: CallState,
  facts: CallFacts,
  to: Addresses,
): readonly Verb[] => {
  const { language } = state
  const onward: Verb = { verb: 'redirect', to: to.next }
  const notes = state.notes.flatMap((note) => noteParts(deps, note))
  const question = questionOf(deps, state, facts)
  if (question !== undefined)
    return [
      {
        verb: 'gather',
        digits: question.digits ?? 1,
        timeout: question.timeout,
        finishOnKey: question.digits === undefined ? '' : '#',
        action: to.next,
        inside: speech(deps, language, [...notes, ...question.parts]),
      },
      onward,
    ]
  if (state.node === 'record')
    return [
      ...(state.guided ? [] : [guideOf(speech(deps, language, [...notes, word(state.guide)]), to)]),
      {
        verb: 'record',
        maxSeconds: state.recordSeconds,
        silenceSeconds: 10,
        action: to.next,
        callback: to.recording,
      },
      onward,
    ]
  if (state.node === 'person' && deps.transfer !== undefined)
    return [
      ...speech(deps, language, [...notes, word('person')]),
      { verb: 'dial', number: deps.transfer, timeout: 30, action: to.next },
      onward,
    ]
  if (state.node === 'over')
    return [...speech(deps, language, [...notes, word('goodbye')]), { verb: 'hangup' }]
  return [onward]
}
