import type { Locale } from '../core/locale.ts'

/** Words that betray a language in the shortest messages. Libraries fail on "Bonjour", Tifinagh and Darija in Latin letters. */
const STOP_WORDS: Readonly<Record<'fr' | 'en' | 'ar', readonly string[]>> = {
  fr: [
    'le',
    'la',
    'les',
    'des',
    'du',
    'de',
    'un',
    'une',
    'je',
    'vous',
    'nous',
    'est',
    'et',
    'pas',
    'pour',
    'dans',
    'mon',
    'ma',
    'mes',
    'avec',
    'sur',
    'qui',
    'que',
    'depuis',
    'bonjour',
    'merci',
    'au',
    'aux',
    'ne',
    'il',
    'elle',
    'ce',
    'cette',
    'à',
    'plainte',
    'on',
    'sans',
  ],
  en: [
    'the',
    'a',
    'an',
    'is',
    'are',
    'was',
    'i',
    'you',
    'we',
    'my',
    'and',
    'not',
    'for',
    'in',
    'of',
    'to',
    'with',
    'on',
    'this',
    'that',
    'have',
    'has',
    'since',
    'hello',
    'please',
    'it',
    'at',
    'no',
    'they',
    'complaint',
  ],
  // Darija in Latin letters is answered in Arabic: its writers read Arabic script.
  ar: [
    'salam',
    'slm',
    'bghit',
    'bghina',
    'dyal',
    'diali',
    'dyali',
    'chno',
    'wach',
    'rani',
    'hadchi',
    'makaynch',
    'kayn',
    'lma',
    'daw',
    'khdam',
    'mabqach',
    'ana',
    'hna',
    '3andi',
    'l7ouma',
    '3la',
    'ga3',
    'walo',
    'daba',
  ],
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/**
 * The language to answer in: by script first, by stop words among Latin letters. Tifinagh is answered in Arabic until its
 * texts exist. Undefined when the text gives no sign.
 */
export const detectLanguage = (text: string): Locale | undefined => {
  const arabic = count(text, /[\p{Script=Arabic}\p{Script=Tifinagh}]/gu)
  const latin = count(text, /\p{Script=Latin}/gu)
  if (arabic > 0 && arabic >= latin / 2) return 'ar'
  if (latin === 0) return undefined
  const found = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
  const score = (locale: 'fr' | 'en' | 'ar') => STOP_WORDS[locale].filter((word) => found.has(word)).length
  const accents = count(text, /[éèêàâçîïôûùœ]/giu)
  const ranked = (
    [
      ['fr', score('fr') + Math.min(accents, 3)],
      ['en', score('en')],
      ['ar', score('ar')],
    ] as const
  ).toSorted((a, b) => b[1] - a[1])
  const [best] = ranked
  return best && best[1] > 0 ? best[0] : undefined
}
