import type { Locale } from '../../src/core/locale.ts'
import type { ReceiptClaims, ReceiptFacts } from '../../src/core/receipt.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { signingKeyOf, signReceipt } from '../../src/receipts/sign-receipt.ts'

export const receiptKey = signingKeyOf(createSecrets('a key for receipts, thirty-two characters or more'))

/** The facts of a receipt without a database; say only what the test is about. */
export const receiptFactsOf = (
  language: Locale = 'fr',
  facts: Partial<Omit<ReceiptFacts, 'claims'>> & { claims?: Partial<ReceiptClaims> } = {},
): ReceiptFacts => {
  const claims: ReceiptClaims = {
    v: 1,
    reference: '2612345670',
    receivedAt: '2026-11-21T10:00:00.000Z',
    kind: 'complaint',
    administration: 'SANTE',
    round: 1,
    contentSha256: '0123456789abcdef'.repeat(4),
    issuer: 'https://wasl.example',
    channel: 'web',
    language,
    ...facts.claims,
  }
  return {
    receiptId: '019aa000-0000-7000-8000-0123456789ab',
    complaintId: '019aa000-0000-7000-8000-0123456789ac',
    signature: signReceipt(receiptKey, claims),
    receivedAt: new Date(claims.receivedAt),
    officeZone: 'Africa/Casablanca',
    administrationNames: {
      ar: 'وزارة الصحة والحماية الاجتماعية',
      fr: 'Ministère de la Santé et de la Protection sociale',
      en: 'Ministry of Health and Social Protection',
    },
    characters: 1234,
    files: [{ name: 'Amina-<b>photo</b>.jpg', bytes: 1_500_000, sha256: 'd'.repeat(64) }],
    laterFiles: [],
    reviewBy: '2026-12-06',
    answerBy: '2027-02-04',
    rules: { reviewDays: 15, answerDays: 60, dayKind: 'calendar', rollOver: false, countFilingDay: false },
    links: {
      receipt: `https://wasl.example/receipts/${'A'.repeat(43)}`,
      verify: 'https://wasl.example/verify/2612345670',
      track: `https://wasl.example/${language}/track?reference=2612345670`,
    },
    ...facts,
    claims,
  }
}
