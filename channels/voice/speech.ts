import type { TextLocale } from '../../src/core/locale.ts'
import type { Verb, Voice } from './twiml.ts'
import type { VoiceWord, Words } from './words.ts'

/** A piece of what is said. All but `text` can be recorded by a person, so that a whole call may hold no synthesis. */
export type Part =
  | { readonly part: 'word'; readonly word: VoiceWord; readonly locale?: TextLocale }
  | { readonly part: 'digit'; readonly digit: string }
  | { readonly part: 'day'; readonly day: number }
  | { readonly part: 'month'; readonly month: number }
  | { readonly part: 'time'; readonly time: string }
  | { readonly part: 'pause'; readonly seconds: number }
  /** One of the caller's own takes. */
  | { readonly part: 'sound'; readonly url: string }
  /** Free words of an administration: the one thing that can only be synthesised. */
  | { readonly part: 'text'; readonly text: string }

/** Finds recordings. `key` is a prompt's name, `digit.7`, `day.21`, `month.3` or `time.08:30`. */
export interface ClipBook {
  /** The address of a clip recorded from exactly this text; undefined where there is none. */
  find(locale: TextLocale, key: string, text: string): string | undefined
}

/** Voices of the provider's synthesis. There is none for Amazigh: its texts that lack a clip are said in Arabic. */
const VOICES: Readonly<Record<Exclude<TextLocale, 'zgh'>, Voice>> = {
  ar: { language: 'arb', name: 'Polly.Zeina' },
  fr: { language: 'fr-FR' },
  en: { language: 'en-US' },
}

/** The provider takes 4,096 characters in one Say; a break at a sentence is heard as a breath. */
const LONGEST_SAY = 1_500

const CALENDAR: Readonly<Record<Exclude<TextLocale, 'zgh'>, string>> = { ar: 'ar-MA', fr: 'fr', en: 'en-GB' }

const calendarOf = (locale: TextLocale): string => CALENDAR[locale === 'zgh' ? 'ar' : locale]

export const monthName = (locale: TextLocale, month: number): string =>
  new Intl.DateTimeFormat(calendarOf(locale), { month: 'long', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2026, month - 1, 1)),
  )

const dayName = (locale: TextLocale, day: number): string =>
  locale === 'fr' && day === 1 ? '1er' : String(day)

const timeName = (locale: TextLocale, time: string): string =>
  locale === 'fr' ? time.replace(/^0/, '').replace(':', ' h ') : time

/** Key and text of a piece that can be a clip. */
const clipOf = (
  part: Exclude<Part, { part: 'pause' | 'sound' | 'text' }>,
  locale: TextLocale,
  words: Words,
): { key: string; text: string | undefined } => {
  switch (part.part) {
    case 'word':
      return { key: part.word, text: words(part.locale ?? locale, part.word) }
    case 'digit':
      return { key: `digit.${part.digit}`, text: part.digit }
    case 'day':
      return { key: `day.${part.day}`, text: dayName(locale, part.day) }
    case 'month':
      return { key: `month.${part.month}`, text: monthName(locale, part.month) }
    case 'time':
      return { key: `time.${part.time}`, text: timeName(locale, part.time) }
  }
}

const say = (locale: TextLocale, text: string): Verb => ({
  verb: 'say',
  voice: VOICES[locale === 'zgh' ? 'ar' : locale],
  text,
})

/** Cuts a long text at the ends of sentences, else between words. */
export const breaths = (text: string): readonly string[] => {
  const pieces: string[] = []
  let rest = text.trim()
  while (rest.length > LONGEST_SAY) {
    const window = rest.slice(0, LONGEST_SAY)
    const end = Math.max(...['. ', '! ', '? ', '؟ ', '\n'].map((mark) => window.lastIndexOf(mark) + 1))
    const space = window.lastIndexOf(' ') + 1
    const cut = end > 0 ? end : space > 0 ? space : LONGEST_SAY
    pieces.push(rest.slice(0, cut).trim())
    rest = rest.slice(cut).trim()
  }
  return rest === '' ? pieces : [...pieces, rest]
}

export interface SpeechDeps {
  readonly words: Words
  readonly clips: ClipBook
  /** Told of every piece that had to be synthesised. */
  readonly onMissing: (locale: TextLocale, key: string) => void
}

/** Turns pieces into what the telephone plays: the clip where one is recorded, synthesis where not. */
export const speech = (deps: SpeechDeps, locale: TextLocale, parts: readonly Part[]): readonly Verb[] =>
  parts.flatMap((part): readonly Verb[] => {
    if (part.part === 'pause') return [{ verb: 'pause', seconds: part.seconds }]
    if (part.part === 'sound') return [{ verb: 'play', url: part.url }]
    if (part.part === 'text') return breaths(part.text).map((text) => say(locale, text))
    const spoken = part.part === 'word' ? (part.locale ?? locale) : locale
    const { key, text } = clipOf(part, locale, deps.words)
    const url = text === undefined ? undefined : deps.clips.find(spoken, key, text)
    if (url !== undefined) return [{ verb: 'play', url }]
    deps.onMissing(spoken, key)
    if (text !== undefined) return [say(spoken, text)]
    // A language whose texts lag behind: said in Arabic rather than left out.
    const instead = part.part === 'word' ? deps.words('ar', part.word) : undefined
    return instead === undefined ? [] : [say('ar', instead)]
  })

/** Every clip a language needs, with the text it is to be recorded from. Times are those of the opening hours. */
export const scriptOf = (
  locale: TextLocale,
  words: Words,
  keys: readonly VoiceWord[],
  times: readonly string[],
): readonly { readonly key: string; readonly text: string | undefined }[] => {
  const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
  const parts: Exclude<Part, { part: 'pause' | 'sound' | 'text' }>[] = [
    ...keys.map((word) => ({ part: 'word' as const, word })),
    ...count(0, 9).map((digit) => ({ part: 'digit' as const, digit: String(digit) })),
    ...count(1, 31).map((day) => ({ part: 'day' as const, day })),
    ...count(1, 12).map((month) => ({ part: 'month' as const, month })),
    ...times.map((time) => ({ part: 'time' as const, time })),
  ]
  return parts.map((part) => clipOf(part, locale, words))
}
