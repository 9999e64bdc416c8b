import { directionOf, type Locale } from '../core/locale.ts'

/** Set round a text whose translation lags behind. Private letters: no text has them, and no escaping touches them. */
const BEGIN = '\uE0F0'
const END = '\uE0F1'
const MARKS = /[\uE0F0\uE0F1]/g
/** A tag with its attributes, or an element that takes words only: no language can be set inside. */
const WORDS_ONLY = /<(title|option|textarea)\b[^>]*>[\s\S]*?<\/\1>|<[^>]*>/g

/** Marks a text as borrowed from another language. */
export const borrowed = (text: string): string => `${BEGIN}${text}${END}`

/** Sets `lang` and direction round every borrowed text of a document; where none can be set the mark goes. */
export const setForeignWords = (document: string, lender: Locale): string =>
  document
    .replace(WORDS_ONLY, (held) => held.replace(MARKS, ''))
    .replaceAll(BEGIN, `<span lang="${lender}" dir="${directionOf(lender)}">`)
    .replaceAll(END, '</span>')
