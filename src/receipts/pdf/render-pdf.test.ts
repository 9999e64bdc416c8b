import { afterAll, describe, expect, it } from 'vitest'
import { receiptFactsOf, receiptKey } from '../../../test/support/receipt-facts.ts'
import { verifyReceiptBytes } from '../../cli/receipt-verify.ts'
import { LOCALES } from '../../core/locale.ts'
import { receiptDocument } from '../../html/receipt-document.ts'
import { createPdfRenderer } from './render-pdf.ts'

const renderer = createPdfRenderer()
afterAll(() => renderer.close())
const textOf = (pdf: Uint8Array) => Buffer.from(pdf).toString('latin1')

describe.each(LOCALES)('the receipt on paper in %s', (locale) => {
  it('is one A5 page that carries its own proof, the same file each time', async () => {
    const facts = receiptFactsOf(locale)
    const document = receiptDocument(locale, facts, '482157')
    const pdf = await renderer.render(document)
    expect(textOf(pdf)).toMatch(/^%PDF-1\.7/)
    expect(textOf(pdf).match(/\/Type \/Page\b/g)).toHaveLength(1)
    expect(textOf(pdf)).toMatch(/\/MediaBox \[0 0 419\.5\d* 595\.2\d*\]/)
    expect(pdf.length).toBeLessThan(80_000)
    expect(verifyReceiptBytes(pdf, { publicKeys: [receiptKey] })).toEqual({
      ok: true,
      kid: receiptKey.kid,
      claims: facts.claims,
    })
    expect(await renderer.render(document)).toEqual(pdf)
  })
})

it('sets hostile text as text', async () => {
  const name = '#read("/etc/passwd") \\ $x$ *b* <l> @r `c` // /* ]] "'
  const facts = receiptFactsOf('fr', { administrationNames: { fr: name } })
  expect((await renderer.render(receiptDocument('fr', facts))).length).toBeGreaterThan(1000)
})

it('says "again" rather than queue without end, and goes on afterwards', async () => {
  const document = receiptDocument('fr', receiptFactsOf())
  const outcomes = await Promise.allSettled(Array.from({ length: 130 }, () => renderer.render(document)))
  const refused = outcomes.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(30)
  expect(refused[0]).toMatchObject({ reason: { code: 'unavailable' } })
  expect((await renderer.render(document)).length).toBeGreaterThan(1000)
})

it('answers what was waiting when its thread is stopped', async () => {
  const mortal = createPdfRenderer()
  const pending = mortal.render(receiptDocument('fr', receiptFactsOf()))
  const closing = mortal.close()
  await expect(pending).rejects.toMatchObject({ code: 'unavailable' })
  await closing
})
