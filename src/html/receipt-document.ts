import { directionOf, type Locale } from '../core/locale.ts'
import type { ReceiptDocument, ReceiptFacts } from '../core/receipt.ts'
import { qrSvg } from './qr.ts'
import { proofInWords, receiptLines, ruleInWords, waysInWords } from './receipt-words.ts'
import { text } from './text.ts'

const LARGE = new Set(['reference', 'code'])

/** The receipt for paper in a language; with the code only where the citizen asked for it. */
export const receiptDocument = (
  locale: Locale,
  facts: ReceiptFacts,
  accessCode?: string,
): ReceiptDocument => {
  const { claims, links, signature } = facts
  const lines = receiptLines(locale, facts, accessCode)
  return {
    language: locale,
    direction: directionOf(locale),
    service: text(locale, 'service.name'),
    title: text(locale, 'receipt.document', { reference: claims.reference }),
    lead: text(locale, 'receipt.lead', { kind: claims.kind }),
    numbers: lines.filter(({ id }) => LARGE.has(id)).map(({ label, value }) => ({ label, value })),
    lines: lines
      .filter(({ id }) => !LARGE.has(id))
      .map(({ label, value, form }) => ({ label, value, isDigest: form === 'digest' })),
    rule: ruleInWords(locale, facts),
    waysTitle: text(locale, 'receipt.next'),
    ways: waysInWords(locale, facts),
    proof: proofInWords(locale, facts),
    qr: qrSvg(links.verify),
    signature,
    date: claims.receivedAt,
  }
}
