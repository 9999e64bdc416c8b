import type { CitizenState, ClosedReason, Ground, Kind } from './complaint.ts'
import type { Locale, Names } from './locale.ts'

/** What a person may be asked. Each ends after a day without any loss: the case is already filed. */
export type WaitingFor =
  /** The name of the office, or 0. */
  | 'administration'
  /** The number of one of the offices offered, or 0. */
  | 'pick'
  /** 1: read the answer. */
  | 'read'
  /** 1: read why it was refused. */
  | 'details'
  /** 1: read what the office asks; a text answers it. */
  | 'question'
  /** 1: satisfied. 2: send it again. */
  | 'rate'
  /** 2: send it again. */
  | 'again'
  /** A text says what is missing; 0: no reason. */
  | 'why'
  /** 1: yes, withdraw. 0: keep it. */
  | 'withdraw'

export interface Waiting {
  readonly for: WaitingFor
  readonly complaintId: string
  /** ISO 8601, UTC: the state is kept as JSON. */
  readonly until: string
  /** Codes of the offices offered, in the order of their numbers. */
  readonly offices?: readonly string[]
}

/** What is remembered of one number between its messages. */
export interface Conversation {
  readonly language?: Locale
  /** The person asked for silence; what they send is filed all the same. */
  readonly stopped: boolean
  /** Later messages join this complaint until then. */
  readonly joining?: { readonly complaintId: string; readonly until: string; readonly notedAt?: string }
  readonly waiting?: Waiting
  /** NEW was said: what comes next is a complaint of its own. */
  readonly fresh?: boolean
  /** "Not understood" was said and nothing clear came since: it is not said again. */
  readonly puzzled?: boolean
}

export const SILENCE: Conversation = { stopped: false }

/** A complaint as the conversation needs to know it. */
export interface KnownComplaint {
  readonly id: string
  readonly reference: string
  readonly kind: Kind
  readonly state: CitizenState
  readonly late: boolean
  /** The legal date that passed unmet, YYYY-MM-DD: of the review or of the answer. */
  readonly lateSince?: string
  readonly round: number
  readonly closedReason?: ClosedReason
  readonly ground?: Ground
  /** Last day of the answer, YYYY-MM-DD. */
  readonly answerBy: string
  /** Days of the office's calendar until then; negative when it has passed. */
  readonly daysLeft: number
  readonly office?: Names
  readonly answer?: string
  /** The language of an answer that was written for somebody else's complaint, where it is another than this one's. */
  readonly answerIn?: Locale
  /** The answer was spoken too: it can be heard where the complaint is tracked. */
  readonly isSpoken?: boolean
  /** Its recording as messengers play it: id of the rendition. */
  readonly voiceNote?: string
  /** What the office asked last. */
  readonly question?: string
  /** Why the answer takes longer, in the office's words. */
  readonly interim?: string
  /** What the office wrote beside the ground. */
  readonly refusal?: string
  /** The complaint it was merged into, where that was sent from the same address: nobody else's number is told. */
  readonly mergedInto?: string
}

/** Whether there is an answer to read: one's own, or that of the complaint it was merged into. */
export const isToRead = ({ state, closedReason, answer }: KnownComplaint): boolean =>
  state === 'answered' || (closedReason === 'merged' && answer !== undefined)

export interface KnownOffice {
  readonly code: string
  readonly names: Names
}

export interface MessageHeard {
  readonly type: 'message'
  readonly at: Date
  readonly text: string
  /** How many files came with it. */
  readonly files: number
  /** True: the network answers STOP and START itself. */
  readonly optOutUpstream: boolean
  /** By script and words; absent when the text gives no sign. */
  readonly detected?: Locale
  /** The newest complaint of this number, wherever it was filed. */
  readonly latest?: KnownComplaint
  /** The complaint of this number whose reference the message is. */
  readonly named?: KnownComplaint
  /** Offices the text may name, likeliest first; asked for only where a name is awaited. */
  readonly offices?: readonly KnownOffice[]
}

/** Time has passed: what waited too long ends. */
export interface TimeHeard {
  readonly type: 'time'
  readonly at: Date
}

export type Heard = MessageHeard | TimeHeard

/** Everything the gateway says in short messages; the texts are in src/html/catalogue/sms.ts. */
export const SAYINGS = [
  'filed',
  'ask_administration',
  'pick',
  'routed',
  'added',
  'status',
  'none',
  'accepted',
  'refused',
  'merged',
  'separated',
  'details',
  'need_info',
  'question',
  'answered',
  'answer',
  'voice',
  'rate',
  'why',
  'resubmitted',
  'satisfied',
  'late',
  'interim',
  'upload',
  'draft_code',
  'withdraw',
  'withdrawn',
  'help',
  'stopped',
  'unclear',
] as const
export type Saying = (typeof SAYINGS)[number]

/** Stands for the complaint that this very message files. */
export const THIS = 'this'

export interface Reply {
  readonly say: Saying
  /** The id of the complaint it speaks of, or THIS. */
  readonly about?: string
  readonly offices?: readonly KnownOffice[]
}

export type Effect =
  | { readonly do: 'file' }
  /** Joins the message to a complaint; `information` answers what the office asked. */
  | { readonly do: 'append'; readonly complaintId: string; readonly as: 'addition' | 'information' }
  | { readonly do: 'name_administration'; readonly complaintId: string; readonly code: string }
  | { readonly do: 'rate'; readonly complaintId: string }
  | { readonly do: 'resubmit'; readonly complaintId: string; readonly reason: string }
  | { readonly do: 'withdraw'; readonly complaintId: string }

/** What one event makes of a conversation. `why` says in the ledger what a message without effect was. */
export interface Turn {
  readonly conversation: Conversation
  readonly effects: readonly Effect[]
  readonly replies: readonly Reply[]
  readonly why: string
}

/** The conversation as a pure function (channels/sms/conversation.ts). */
export type Converse = (conversation: Conversation, heard: Heard) => Turn

/** What was told that leaves something to ask: the state the next message meets. */
export type AfterNotice = (
  conversation: Conversation,
  say: Saying,
  complaintId: string,
  at: Date,
) => Conversation

/** Puts a saying into words, in one segment where it is ours to choose. */
export type WriteText = (locale: Locale, say: Saying, values: SayingValues) => string

export interface SayingValues {
  readonly complaint?: KnownComplaint
  readonly accessCode?: string
  /** Where files are added without an account. */
  readonly link?: string
  readonly offices?: readonly KnownOffice[]
}
