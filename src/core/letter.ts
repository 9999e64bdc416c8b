import type { KnownComplaint, Saying } from './conversation.ts'
import type { Locale } from './locale.ts'
import type { FileRefusal } from './mail-message.ts'

/** What a complainant is told without having asked, by whatever channel. */
export type NoticeKind = Extract<
  Saying,
  'routed' | 'accepted' | 'refused' | 'merged' | 'separated' | 'need_info' | 'answered' | 'late' | 'interim'
>

/** Something put into words for an e-mail. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A complaint as a letter speaks of it: the words are those of the tracking page. */
export interface LetterCase extends Omit<KnownComplaint, 'id' | 'daysLeft' | 'lateSince' | 'round'> {
  /** Last day of the formal review, YYYY-MM-DD. */
  readonly reviewBy: string
  /** Until when what is asked now may be answered, YYYY-MM-DD. */
  readonly answerUsBy?: string
  readonly links: { readonly track: string; readonly privacy: string }
}

export interface LetterFile {
  readonly name: string
  readonly bytes: number
}

/** What happened, for the complainant. */
export interface NoticeFacts {
  readonly notice: NoticeKind
  readonly about: LetterCase
  readonly language: Locale
  /** Subject of the thread it continues; '' where it begins one. */
  readonly subject: string
  /**
   * True: the person wrote from this address. Then the letter may hold what the body wrote and name the files; an address that
   * was typed into a form may be anyone's.
   */
  readonly isProven: boolean
  /** True: the answer's recording is attached. */
  readonly isVoiceAttached?: boolean
  readonly files: readonly (LetterFile & {
    readonly state: 'stored' | 'processing' | 'ready' | 'failed' | 'blocked'
  })[]
}

/** A mail joined a complaint: what arrived of it, for its sender. */
export interface AdditionFacts {
  readonly about: LetterCase
  readonly languages: readonly Locale[]
  readonly subject: string
  readonly kept: readonly LetterFile[]
  readonly refused: readonly { readonly name: string; readonly reason: FileRefusal }[]
  /** Where refused files can be sent; absent when none was refused. */
  readonly uploadLink?: string
}
