import { describe, expect, it } from 'vitest'
import { receiptFactsOf } from '../../test/support/receipt-facts.ts'
import { LOCALES } from '../core/locale.ts'
import { receiptLetter } from './receipt-letter.ts'

describe.each(LOCALES)('the acknowledgment in %s', (locale) => {
  const facts = receiptFactsOf(locale)
  const letter = receiptLetter(facts, '482157')

  it('says everything in the plain part alone', () => {
    for (const said of ['2612345670', '482157', '2026', '2027', facts.links.track, facts.links.receipt])
      expect(letter.text).toContain(said)
    expect(letter.text).toContain(facts.administrationNames?.[locale])
    expect(letter.subject).toMatch(/^\[2612345670\] \S/)
  })

  it('has an HTML part of the same words, in its language and direction, that loads nothing', () => {
    expect(letter.html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}">`)
    expect(letter.html).not.toMatch(/<img|<link|<script|src=|url\(|@import/)
    const words = letter.html
      .replace(/^[\s\S]*<body[^>]*>/, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    const flat = (text: string) => text.replace(/\s+/g, ' ').trim()
    expect(flat(words)).toBe(flat(letter.text))
  })

  it('stays small', () => {
    expect(Buffer.byteLength(letter.text) + Buffer.byteLength(letter.html)).toBeLessThan(10_000)
  })

  it('repeats nothing that the sender wrote', () => {
    expect(JSON.stringify(letter)).not.toMatch(/Amina|photo|\.jpg/)
  })

  it('says so when the office is not known yet', () => {
    const { text } = receiptLetter(receiptFactsOf(locale, { administrationNames: undefined }), '482157')
    expect(text).not.toContain('undefined')
  })
})

it.each([
  ['complaint', 'Votre plainte est enregistrée'],
  ['observation', 'Votre observation est enregistrée'],
  ['suggestion', 'Votre suggestion est enregistrée'],
] as const)('names a %s as what it is', (kind, subject) => {
  expect(receiptLetter(receiptFactsOf('fr', { claims: { kind } }), '1').subject).toBe(
    `[2612345670] ${subject}`,
  )
})
