import { LOCALES, type Locale } from '../core/locale.ts'
import { type TextKey, text } from './text.ts'

/** What is said of every indicator beside its formula. */
export const INDICATOR_SAYS = ['name', 'question', 'cohort', 'exclusions'] as const

/** That of one indicator in the three languages. */
export const indicatorWords = (code: string): Readonly<Record<string, Readonly<Record<Locale, string>>>> =>
  Object.fromEntries(
    INDICATOR_SAYS.map((say) => {
      const key = `indicator.${code}.${say}` as TextKey
      return [
        say,
        Object.fromEntries(LOCALES.map((locale) => [locale, text(locale, key)])) as Record<Locale, string>,
      ]
    }),
  )
