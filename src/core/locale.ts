/** Languages of the texts. `zgh` (Amazigh, Tifinagh script, left to right) is offered where its texts exist. */
export const LOCALES = ['ar', 'fr', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export type TextLocale = Locale | 'zgh'

export const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale)

export const directionOf = (locale: TextLocale): 'rtl' | 'ltr' => (locale === 'ar' ? 'rtl' : 'ltr')

/** The language of the record, and of every page that Amazigh has no words for yet: its texts fall back to Arabic ones. */
export const recordLanguage = (locale: TextLocale): Locale => (locale === 'zgh' ? 'ar' : locale)

/** A name in each language; a missing one falls back in the order given by `nameIn`. */
export type Names = {
  readonly ar?: string | undefined
  readonly fr?: string | undefined
  readonly en?: string | undefined
  readonly zgh?: string | undefined
}

/** The name in the wanted language, else in the first that exists of fr, ar, en. */
export const nameIn = (names: Names, locale: TextLocale): string =>
  names[locale] ?? names.fr ?? names.ar ?? names.en ?? ''
