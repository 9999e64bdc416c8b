import type { CitizenState, Kind } from './complaint.ts'
import type { TextLocale } from './locale.ts'

/** Where a call is in the tree (channels/voice/call.ts). */
export const CALL_NODES = [
  'language',
  'menu',
  'consent',
  'record',
  'review',
  'receipt',
  'other_number',
  'reference',
  'code',
  'case',
  'person',
  'bye',
  'over',
] as const
export type CallNode = (typeof CALL_NODES)[number]

/** The caller's agreement to be recorded (law 09-08): what was said to them, in which version and language, when, and how they agreed. */
export interface CallConsent {
  readonly by: 'key' | 'speaking'
  readonly version: string
  readonly language: TextLocale
  /** ISO 8601, UTC. */
  readonly at: string
}

/** One recording of the caller's voice, at the provider until it is fetched. */
export interface Take {
  readonly sid: string
  readonly seconds: number
}

/** What a call has filed: its takes belong to this round of this complaint. */
export interface CallFiling {
  readonly complaintId: string
  readonly round: number
  readonly takes: readonly Take[]
}

/** A complaint as it is read out: one sentence. The date is what the citizen waits for, YYYY-MM-DD. */
export interface SpokenCase {
  readonly complaintId: string
  readonly reference: string
  readonly state: CitizenState
  readonly late: boolean
  readonly waitsFor: 'review' | 'answer' | 'none'
  readonly by: string
  readonly answered: boolean
}

/**
 * Everything the gateway remembers of a call between two requests, as JSON. It holds no secret: the access code is derived
 * when it is spoken, and a typed code is never kept.
 */
export interface CallState {
  readonly node: CallNode
  readonly language: TextLocale
  /** Said before the node's own words: why we are here again, or what has just happened. Names of prompts. */
  readonly notes: readonly string[]
  /** In a row, at this node. */
  readonly silences: number
  readonly wrongKeys: number
  readonly kind: Kind
  /** The menu's third choice: the kind is said with the consent. */
  readonly kindAsked: boolean
  readonly consent?: CallConsent
  /** Takes of the filing under way. */
  readonly takes: readonly Take[]
  /** Takes the caller replaced: they are erased, never filed. */
  readonly dropped: readonly Take[]
  /** The next take replaces those before it. */
  readonly startingOver: boolean
  /** Recordings without speech, in a row. */
  readonly emptyTakes: number
  /** Seconds the next recording may last. */
  readonly recordSeconds: number
  /** The guide before the tone; `voicemail` also says that speaking is agreeing. */
  readonly guide: 'record' | 'add' | 'voicemail'
  /** The guide was cut short by a key: only the tone comes. */
  readonly guided: boolean
  /** The takes are played before the review. */
  readonly listening: boolean
  /** The complaint that the next recording sends again. */
  readonly resubmits?: string
  readonly filings: readonly CallFiling[]
  readonly cases: readonly SpokenCase[]
  /** Which of the cases is being read out. */
  readonly position: number
  readonly hearing: boolean
  readonly reference?: string
  /** References, codes and numbers typed wrongly in this call. */
  readonly tries: number
  readonly texted: number
  /** A link for pictures was sent. */
  readonly linked: boolean
  readonly warned: boolean
}

/** What happened on the line, or how an effect ended. */
export type CallEvent =
  | { readonly type: 'keys'; readonly keys: string }
  | { readonly type: 'silence' }
  | { readonly type: 'recorded'; readonly take: Take }
  | { readonly type: 'dialled'; readonly answered: boolean }
  | CallResult

export type CallResult =
  | { readonly type: 'filed'; readonly complaintId: string; readonly round: number }
  | { readonly type: 'cases'; readonly cases: readonly SpokenCase[] }
  | { readonly type: 'untracked'; readonly reason: 'wrong' | 'locked' }
  | { readonly type: 'rated' }
  | { readonly type: 'texted'; readonly how: 'sent' | 'invalid' | 'refused' }
  | { readonly type: 'linked'; readonly how: 'sent' | 'refused' }
  /** The record is in a state that does not allow what was asked. */
  | { readonly type: 'refused' }

/** What must be done before the call can go on; its result comes back as an event. All but `track` may be done twice. */
export type CallEffect =
  | {
      readonly type: 'file'
      readonly kind: Kind
      readonly takes: readonly Take[]
      readonly resubmits?: string
    }
  | { readonly type: 'find_cases' }
  | { readonly type: 'track'; readonly reference: string; readonly code: string }
  | { readonly type: 'rate'; readonly complaintId: string }
  | { readonly type: 'text_receipt'; readonly complaintId: string; readonly to: string }
  | { readonly type: 'text_link'; readonly complaintId: string }

export interface CallTurn {
  readonly state: CallState
  readonly effect?: CallEffect
}

/** What the tree may know of the moment. */
export interface CallMoment {
  readonly now: Date
  /** Seconds since the call was answered. */
  readonly elapsed: number
  /** E.164; undefined when the caller withheld it. */
  readonly caller: string | undefined
  /** Texts reach the caller's telephone. */
  readonly textable: boolean
  /** A person answers at this hour. */
  readonly open: boolean
}

/** The conversation of a call without any telephone: a channel brings it, src/intake/calls runs it. */
export interface CallTree {
  begin(moment: CallMoment, known: TextLocale | undefined): CallState
  advance(state: CallState, event: CallEvent, moment: CallMoment): CallTurn
  /** What is still owed to a caller who has hung up. */
  hangUp(state: CallState): (CallEffect & { type: 'file' }) | undefined
}

/** Speech shorter than this is a breath or a mistake, seconds. */
export const SHORTEST_TAKE = 3
export const MOST_TAKES = 3

/** One request of the provider about a call. */
export interface CallRequest {
  readonly callSid: string
  /** E.164; undefined when withheld. */
  readonly caller: string | undefined
  readonly called: string | undefined
  /** Which request of the call this is, from the address we gave; 0 is the first. */
  readonly step: number
  /** Undefined for the first. */
  readonly event: CallEvent | undefined
}

/** What is told apart from the conversation: a recording can be fetched, a call is over. */
export type CallNotice =
  | {
      readonly type: 'recording'
      readonly callSid: string
      readonly caller: string | undefined
      readonly called: string | undefined
      readonly take: Take
      readonly url: string
    }
  | {
      readonly type: 'ended'
      readonly callSid: string
      readonly caller: string | undefined
      readonly called: string | undefined
    }

/** What is read for one answer and kept nowhere: numbers, codes and answers are not part of a call's state. */
export interface CallFacts {
  readonly receipt?: {
    readonly reference: string
    readonly accessCode: string
    /** YYYY-MM-DD. */
    readonly answerBy: string
    /** The caller's telephone takes texts. */
    readonly textable: boolean
  }
  readonly answer?: string
  /** Addresses of the caller's takes. */
  readonly takes?: readonly string[]
}
