import { html } from 'ghtml'
import { directionOf } from '../core/locale.ts'
import type { ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import { administrationInWords, filingInstant, receivedInWords, ruleInWords } from './receipt-words.ts'
import { longDay, text } from './text.ts'

/** A paragraph of the letter: plain words, or an address of ours with the words that lead to it. */
type Paragraph = string | { readonly words: string; readonly url: string }

/**
 * The letter in the order of ux 3.4. It goes to an address that anyone may have typed, so it repeats nothing the sender
 * wrote: no text, no name, no file name (P25).
 */
const paragraphsOf = (facts: ReceiptFacts, accessCode: string): readonly Paragraph[] => {
  const { claims, links } = facts
  const { kind, reference, language: locale, issuer } = claims
  const administration = administrationInWords(locale, facts) ?? text(locale, 'mail.administration.unknown')
  return [
    text(locale, 'mail.hello', { kind, instant: filingInstant(locale, facts) }),
    text(locale, 'mail.numbers', { reference, code: accessCode }),
    text(locale, 'mail.understood', { kind: text(locale, `kind.${kind}`), administration }),
    text(locale, 'mail.received', { content: receivedInWords(locale, facts) }),
    text(locale, 'mail.next'),
    text(locale, 'mail.review', { date: longDay(locale, facts.reviewBy) }),
    text(locale, 'mail.answer', { date: longDay(locale, facts.answerBy) }),
    ruleInWords(locale, facts),
    { words: text(locale, 'mail.track'), url: links.track },
    { words: text(locale, 'mail.receipt'), url: links.receipt },
    text(locale, 'receipt.how.again'),
    text(locale, 'receipt.remedies'),
    { words: text(locale, 'mail.data'), url: `${issuer}/${locale}/privacy` },
    `${text(locale, 'mail.machine')} ${text(locale, 'mail.stranger')}`,
  ]
}

const plain = (paragraph: Paragraph): string =>
  typeof paragraph === 'string' ? paragraph : `${paragraph.words}\n${paragraph.url}`

const marked = (paragraph: Paragraph): string =>
  typeof paragraph === 'string'
    ? html`<p>${paragraph}</p>`
    : html`<p>${paragraph.words}<br><a href="${paragraph.url}"><bdi dir="ltr">${paragraph.url}</bdi></a></p>`

/** No image, no colour of our own: the reader's program keeps its dark scheme and its text size. */
const document = (facts: ReceiptFacts, subject: string, paragraphs: readonly Paragraph[]): string => {
  const { language } = facts.claims
  return html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.6;max-width:38em;overflow-wrap:anywhere">
!${paragraphs.map(marked).join('\n')}
</body>
</html>
`
}

/** The acknowledgment of a filing in the language of the filing: subject, plain text complete on its own, and HTML. */
export const receiptLetter = (facts: ReceiptFacts, accessCode: string): ReceiptLetter => {
  const { kind, reference, language } = facts.claims
  const subject = text(language, 'mail.subject', { kind, reference })
  const paragraphs = paragraphsOf(facts, accessCode)
  return {
    subject,
    text: `${paragraphs.map(plain).join('\n\n')}\n`,
    html: document(facts, subject, paragraphs),
  }
}
