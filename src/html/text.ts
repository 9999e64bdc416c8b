import { IntlMessageFormat } from 'intl-messageformat'
import { recordLanguage, type TextLocale } from '../core/locale.ts'
import type { Texts } from './catalogue/define.ts'
import { AREAS } from './catalogue/index.ts'
import { borrowed } from './foreign-words.ts'

type Area = (typeof AREAS)[number]
type KeysOf<A> = A extends Texts<infer K> ? K : never
/** Every key of the catalogue. A text that does not exist does not compile. */
export type TextKey = KeysOf<Area>
export type TextValues = Readonly<Record<string, string | number>>

/**
 * The regions whose number and date habits the service follows: western digits and Moroccan month names in Arabic. ICU has
 * no plural rules for zgh; French ones (0 and 1 alike) are nearest.
 */
export const FORMAT_LOCALES: Readonly<Record<TextLocale, string>> = {
  ar: 'ar-MA',
  fr: 'fr-MA',
  en: 'en-GB',
  zgh: 'fr-MA',
}

const catalogue = new Map<string, Map<string, string>>()
for (const area of AREAS as readonly Area[])
  for (const [locale, entries] of Object.entries(area)) {
    const known = catalogue.get(locale) ?? new Map<string, string>()
    for (const [key, value] of Object.entries(entries as Record<string, string>)) known.set(key, value)
    catalogue.set(locale, known)
  }

const compiled = new Map<string, IntlMessageFormat>()

const formatter = (locale: TextLocale, key: TextKey): IntlMessageFormat | undefined => {
  const id = `${locale}:${key}`
  const ready = compiled.get(id)
  if (ready) return ready
  const source = catalogue.get(locale)?.get(key)
  if (source === undefined) return undefined
  const made = new IntlMessageFormat(source, FORMAT_LOCALES[locale], undefined, {
    ignoreTag: true,
  })
  compiled.set(id, made)
  return made
}

/** Whether the catalogue has words for a key made at run time. */
export const hasText = (key: string): key is TextKey => catalogue.get('ar')?.has(key) ?? false

/** A text with the language it is really in, which is another than asked for where a translation lags behind. */
export const message = (
  locale: TextLocale,
  key: TextKey,
  values?: TextValues,
): { readonly text: string; readonly lang: TextLocale } => {
  const own = formatter(locale, key)
  const lang = own ? locale : recordLanguage(locale)
  return { text: String((own ?? formatter(lang, key))?.format(values) ?? ''), lang }
}

/**
 * A text of the catalogue in a language, with its ICU values filled in. Not escaped: templates do that. Where a page's language
 * has none yet, it is marked as another's, and the page sets its language round it.
 */
export const text = (locale: TextLocale, key: TextKey, values?: TextValues): string => {
  const said = message(locale, key, values)
  return said.lang === locale ? said.text : borrowed(said.text)
}

/** Isolates a number, an address or a file name so that it reads left to right inside Arabic (Unicode LRI … PDI). */
export const ltr = (value: string): string => `\u2066${value}\u2069`

/** A day such as 2026-12-06 as people write it: "6 décembre 2026". */
export const longDay = (locale: TextLocale, day: string): string =>
  new Intl.DateTimeFormat(FORMAT_LOCALES[locale], { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** An instant with date and time in the office's zone. */
export const longInstant = (locale: TextLocale, at: Date, zone: string): string =>
  new Intl.DateTimeFormat(FORMAT_LOCALES[locale], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: zone,
  }).format(at)

const KILO = 1024

/** A size in the largest fitting unit: "1.4 MB", "1,4 Mo". */
export const byteSize = (locale: TextLocale, bytes: number): string => {
  const units = ['unit.bytes', 'unit.kilobytes', 'unit.megabytes', 'unit.gigabytes'] as const
  const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(KILO)), units.length - 1)
  const size = bytes / KILO ** power
  const digits = new Intl.NumberFormat(FORMAT_LOCALES[locale], { maximumFractionDigits: size < 10 ? 1 : 0 })
  return text(locale, units[power] ?? 'unit.bytes', { size: digits.format(size) })
}
