import type { CitizenState, ClosedReason, Ground } from '../core/complaint.ts'
import type { NoticeKind } from '../core/letter.ts'
import type { Locale } from '../core/locale.ts'
import { longDay, type TextKey, text } from './text.ts'

/** A complaint as far as its state needs it. */
export interface Stateful {
  readonly state: CitizenState
  readonly closedReason?: ClosedReason
  readonly ground?: Ground
  /** YYYY-MM-DD. */
  readonly reviewBy: string
  readonly answerBy: string
  /** Until when the person may answer what is asked now, YYYY-MM-DD. */
  readonly answerUsBy?: string | undefined
}

/** The state a citizen sees, with the reason once it is closed: the same words on every channel. */
export const stateInWords = (locale: Locale, { state, closedReason, ground }: Stateful): string => {
  if (state !== 'closed' || closedReason === undefined) return text(locale, `state.${state}`)
  const why = text(locale, `closed.${closedReason}`)
  const reason = ground === undefined ? why : `${why} (${text(locale, `ground.${ground}`)})`
  return text(locale, 'state.closed.because', { reason })
}

/** Says in which language an answer is that was written for somebody else; undefined where it is the reader's own. */
export const answerLanguage = (locale: Locale, answerIn: Locale | undefined): string | undefined =>
  answerIn === undefined || answerIn === locale
    ? undefined
    : text(locale, 'answer.written_in', { language: answerIn })

/** What comes next and by when. */
export const nextInWords = (locale: Locale, about: Stateful): string => {
  const { state, reviewBy, answerBy, answerUsBy = reviewBy } = about
  const day = { with_office: answerBy, waiting_for_you: answerUsBy }[state as string] ?? reviewBy
  return text(locale, `track.next.${state}`, { date: longDay(locale, day) })
}

const HAPPENED: Readonly<Record<NoticeKind, TextKey>> = {
  routed: 'event.referred',
  accepted: 'event.admissible',
  refused: 'event.inadmissible',
  merged: 'event.merged',
  separated: 'event.separated',
  need_info: 'event.information_requested',
  answered: 'event.answered',
  late: 'event.late',
  interim: 'event.interim_reply',
}

/** What happened, in the words of the tracking page's history. */
export const noticeInWords = (locale: Locale, notice: NoticeKind): string => text(locale, HAPPENED[notice])
