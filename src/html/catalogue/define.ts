import type { Locale } from '../../core/locale.ts'

/** The texts of one area in every language; Amazigh may lag behind and falls back text by text. */
export type Texts<K extends string> = Readonly<Record<Locale, Readonly<Record<K, string>>>> & {
  readonly zgh?: Readonly<Partial<Record<K, string>>>
}

/** Gives the area back, typed by its keys: a key that one language lacks does not compile. */
export const texts = <const K extends string>(area: Texts<K>): Texts<K> => area
