import { expect, it } from 'vitest'
import { localeOfAddress, negotiateLocale } from './negotiate-locale.ts'

it.each([
  [undefined, 'ar'],
  ['', 'ar'],
  ['de-DE,de;q=0.9', 'ar'],
  ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
  ['de,en;q=0.5,fr;q=0.7', 'fr'],
  ['fr;q=0,en', 'en'],
  ['ar-MA', 'ar'],
])('speaks to %s in %s', (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale)
})

it('lets the address decide before the browser', () => {
  expect(localeOfAddress('/en/track?reference=1', 'fr')).toBe('en')
  expect(localeOfAddress('/receipts/x', 'fr')).toBe('fr')
})
