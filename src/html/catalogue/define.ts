import type { Locale } from '../../core/locale.ts'

/** The texts of one area in every language; Amazigh may lag behind and falls back text by text. */
export type Texts<K extends string> = Readonly<Record<Locale, Readonly<Record<K, string>>>> & {
  readonly zgh?: Readonly<Partial<Record<K, string>>>
}

/** Gives the area back, typed by its keys: a key that one language lacks does not compile. */
export const texts = <const K extends string>(area: Texts<K>): Texts<K> => area

/** French sets a space before ? ! : ; and inside « »: on a page a line never breaks there. */
const unbroken = (words: string): string =>
  words.replace(/ ([?!:;»])/g, '\u00A0$1').replaceAll('« ', '«\u00A0')

/**
 * The same for texts that only pages say. Mail and SMS keep plain spaces: a no-break space is not in the GSM-7 alphabet and
 * would cost a message its single segment.
 */
export const pageTexts = <const K extends string>(area: Texts<K>): Texts<K> => {
  const fr = Object.fromEntries(
    Object.entries<string>(area.fr).map(([key, words]) => [key, unbroken(words)]),
  ) as Record<K, string>
  return { ...area, fr }
}
