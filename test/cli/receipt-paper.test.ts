import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { LOCALES } from '../../src/core/locale.ts'
import { receiptDocument } from '../../src/html/receipt-document.ts'
import { createPdfRenderer } from '../../src/receipts/pdf/render-pdf.ts'
import { receiptFactsOf } from '../support/receipt-facts.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasl-paper-'))
const renderer = createPdfRenderer()
afterAll(async () => {
  await renderer.close()
  fs.rmSync(folder, { recursive: true })
})

/** Bidi marks that pdftotext writes around what it found to read in the other direction. */
const withoutMarks = (text: string) => text.replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')

describe.each(LOCALES)('as poppler reads the receipt in %s', (locale) => {
  const facts = receiptFactsOf(locale, {
    links: { ...receiptFactsOf(locale).links, verify: 'http://127.0.0.1:8080/verify/2612345670' },
  })

  it('fits one A5 page at the longest texts, with its fonts inside and numbers in their order', async () => {
    const longest = {
      ...facts,
      claims: { ...facts.claims, round: 12, channel: 'whatsapp' },
      administrationNames: { [locale]: 'ا é W '.repeat(20) },
      characters: 10_000,
      files: Array.from({ length: 5 }, () => ({ name: 'x', bytes: 50_000_000, sha256: '0' })),
    }
    const file = path.join(folder, `${locale}.pdf`)
    fs.writeFileSync(file, await renderer.render(receiptDocument(locale, longest, '482157')))
    const about = execFileSync('pdfinfo', [file], { encoding: 'utf8' })
    expect(about).toMatch(/^Pages: +1$/m)
    expect(about).toMatch(/^Page size: +419\.5\d* x 595\.2\d* pts/m)
    const fonts = execFileSync('pdffonts', [file], { encoding: 'utf8' }).trim().split('\n').slice(2)
    expect(fonts.every((line) => /\byes +yes +yes\b/.test(line) && /Noto/.test(line))).toBe(true)
    const words = withoutMarks(execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }))
    for (const said of [
      '2612345670',
      '482157',
      '127.0.0.1:8080/verify/2612345670',
      '0123456789abcdef 0123456789abcdef',
    ])
      expect(words).toContain(said)
  })
})
