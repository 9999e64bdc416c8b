import { asciiDigits } from './reference.ts'

/** Letters that people write for one another and that Unicode does not decompose. */
const ALIKE: Readonly<Record<string, string>> = {
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ة: 'ه',
  ء: '',
  // Persian kaf and the Moroccan letters for g, written in turn with kaf: أكادير, أگادير, أݣادير.
  ک: 'ك',
  گ: 'ك',
  ݣ: 'ك',
  ڭ: 'ك',
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
}
const ALIKE_LETTERS = new RegExp(`[${Object.keys(ALIKE).join('')}]`, 'gu')
const TATWEEL = /\u0640/g

/**
 * Brings a text to the form in which two spellings of one word are equal: no case, accents, Arabic vowels, hamza or alef
 * forms, tatweel; ta marbuta as ha, alef maqsura as ya; digits in ASCII. For comparing only, never for showing.
 */
export const fold = (text: string): string =>
  asciiDigits(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(TATWEEL, '')
    .toLowerCase()
    .replace(ALIKE_LETTERS, (letter) => ALIKE[letter] ?? '')

/** The words of a text, folded. A French elision (l', d', qu') is no part of the word. */
export const foldedWords = (text: string): string[] =>
  fold(text.replace(/(?<![\p{L}])(?:l|d|qu|n|s|c|j|m|t)['’ʼ](?=\p{L})/giu, ' ')).match(/[\p{L}\p{N}]+/gu) ??
  []

const ARABIC = /^[\u0600-\u06FF]/
/** Longest first; what stays must still be a word of at least three letters. */
const PREFIXES = ['وبال', 'وال', 'بال', 'كال', 'فال', 'لل', 'ال', 'و', 'ب', 'ل', 'ف', 'ك']
const SUFFIXES = ['يات', 'ات', 'ون', 'ين', 'ان', 'يه', 'ها', 'هم', 'نا', 'كم', 'ه', 'ي']

const stemArabic = (word: string): string => {
  const prefix = PREFIXES.find((p) => word.startsWith(p) && word.length - p.length >= 3) ?? ''
  const bare = word.slice(prefix.length)
  const suffix = SUFFIXES.find((s) => bare.endsWith(s) && bare.length - s.length >= 3) ?? ''
  return bare.slice(0, bare.length - suffix.length)
}

const stemLatin = (word: string): string => {
  if (word.length < 4) return word
  if (word.endsWith('aux')) return `${word.slice(0, -3)}al`
  return word.replace(/[sx]$/, '').replace(/e$/, '')
}

/**
 * A light stem of a folded word: the article and the letters Arabic writes attached (و ف ب ك ل), plurals of Arabic, French
 * and English. It may join two words wrongly; it serves to rank, never to decide.
 */
export const stem = (word: string): string => (ARABIC.test(word) ? stemArabic(word) : stemLatin(word))
