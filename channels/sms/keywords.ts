import { fold } from '../../src/core/fold-text.ts'
import { parseReference } from '../../src/core/reference.ts'

export type Keyword = 'help' | 'status' | 'new' | 'stop' | 'start' | 'withdraw' | 'photo' | 'ar' | 'fr' | 'en'

/**
 * Global words in every language at once: nobody is asked to know which one is on. END, QUIT, CANCEL, UNSUBSCRIBE and
 * UNSTOP are words the networks take for STOP and START themselves.
 */
const WORDS: Readonly<Record<Keyword, readonly string[]>> = {
  help: ['مساعدة', 'عاونوني', 'AIDE', 'HELP', 'INFO'],
  status: ['تتبع', 'SUIVI', 'ETAT', 'STATUS'],
  new: ['جديد', 'NOUVEAU', 'NEW'],
  stop: ['توقف', 'STOP', 'ARRET', 'STOPALL', 'END', 'QUIT', 'CANCEL', 'UNSUBSCRIBE'],
  start: ['START', 'UNSTOP'],
  withdraw: ['سحب', 'RETRAIT', 'WITHDRAW'],
  photo: ['صورة', 'صور', 'فيديو', 'PHOTO', 'PHOTOS', 'VIDEO', 'FILM', 'PICTURE'],
  ar: ['AR'],
  fr: ['FR'],
  en: ['EN'],
}

/** Words that the networks answer themselves; any other word of ours never reaches them. */
const UPSTREAM = new Set([
  'stop',
  'arret',
  'stopall',
  'end',
  'quit',
  'cancel',
  'unsubscribe',
  'start',
  'unstop',
])

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([keyword, words]) => words.map((word) => [fold(word), keyword as Keyword])),
)

/** The one word or number a message is made of, folded; undefined when it holds more or nothing. */
const onlyWord = (text: string): string | undefined => {
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
  return words.length === 1 ? words[0] : undefined
}

/** The keyword a message is; "Stop aux coupures d'eau" is none, because it is more than the word. */
export const keywordOf = (text: string): Keyword | undefined => {
  const word = onlyWord(text)
  return word === undefined ? undefined : BY_WORD.get(word)
}

/** Whether the network has already answered this word. */
export const isTakenUpstream = (text: string): boolean => UPSTREAM.has(onlyWord(text) ?? '')

/** The digit a message is, whichever way it is written: 1, ١, "1.". */
export const digitOf = (text: string): number | undefined => {
  const word = onlyWord(text)
  return word !== undefined && /^\d$/.test(word) ? Number(word) : undefined
}

/** Whether a message is the number of a complaint, also one with a wrong digit. */
export const isNumberOfComplaint = (text: string): boolean => {
  const parsed = parseReference(text)
  return parsed.ok || parsed.reason === 'check_digit'
}
