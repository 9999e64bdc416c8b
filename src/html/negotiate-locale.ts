import { isLocale, LOCALES, type Locale } from '../core/locale.ts'

/** Spoken to people whose browser names no language of ours. */
const DEFAULT_LOCALE: Locale = 'ar'

/** The first language of an Accept-Language header that we speak; Arabic when none is. */
export const negotiateLocale = (header: string | undefined): Locale => {
  const wanted = (header ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
      const quality = Number(/^\s*q=([\d.]+)/.exec(parameters[0] ?? '')?.[1] ?? 1)
      return { language: tag.split('-')[0] ?? '', quality }
    })
    .filter(({ language, quality }) => quality > 0 && isLocale(language))
    .toSorted((a, b) => b.quality - a.quality)
  return LOCALES.find((locale) => locale === wanted[0]?.language) ?? DEFAULT_LOCALE
}

/** The language of a page's address, else the browser's. */
export const localeOfAddress = (url: string, acceptLanguage: string | undefined): Locale => {
  const first = url.split(/[/?]/)[1]
  return isLocale(first) ? first : negotiateLocale(acceptLanguage)
}
