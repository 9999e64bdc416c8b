import type { Locale } from '../core/locale.ts'
import type { AnsweredMail, ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import { arrivedFiles, letterOf, type Paragraph, threadSubject } from './letter.ts'
import {
  administrationInWords,
  arrivingInWords,
  filingInstant,
  receivedInWords,
  ruleInWords,
} from './receipt-words.ts'
import { longDay, text } from './text.ts'

/** What has not arrived, counted, and the link that takes it. */
const restOf = (locale: Locale, facts: ReceiptFacts): readonly Paragraph[] =>
  facts.arriving === undefined
    ? []
    : [
        `${text(locale, 'receipt.arriving')}: ${arrivingInWords(locale, facts)}.`,
        { words: text(locale, 'receipt.arriving.link'), url: facts.arriving.link },
      ]

/** How to add something, and to whom the letter speaks: whoever wrote a mail can answer it; an address in a form may be another's. */
const closing = (locale: Locale, answered: AnsweredMail | undefined): string =>
  answered === undefined
    ? `${text(locale, 'mail.machine')} ${text(locale, 'mail.stranger')}`
    : `${text(locale, 'mail.machine')} ${text(locale, 'mail.person')}`

/**
 * The letter in the order of ux 3.4. One that goes to an address that anyone may have typed repeats nothing the sender wrote:
 * no text, no name, no file name (P25).
 */
const paragraphsOf = (
  locale: Locale,
  facts: ReceiptFacts,
  accessCode: string,
  answered?: AnsweredMail,
): readonly Paragraph[] => {
  const { claims, links } = facts
  const { kind, reference, issuer } = claims
  const administration = administrationInWords(locale, facts) ?? text(locale, 'mail.administration.unknown')
  return [
    text(locale, 'mail.hello', { kind, instant: filingInstant(locale, facts) }),
    text(locale, 'mail.numbers', { reference, code: accessCode }),
    text(locale, 'mail.understood', { kind: text(locale, `kind.${kind}`), administration }),
    text(locale, 'mail.received', { content: receivedInWords(locale, facts) }),
    ...restOf(locale, facts),
    ...(answered === undefined ? [] : arrivedFiles(locale, answered)),
    text(locale, 'mail.next'),
    text(locale, 'mail.review', { date: longDay(locale, facts.reviewBy) }),
    text(locale, 'mail.answer', { date: longDay(locale, facts.answerBy) }),
    ruleInWords(locale, facts),
    ...(answered === undefined ? [] : [text(locale, 'mail.reply')]),
    { words: text(locale, 'mail.track'), url: links.track },
    { words: text(locale, 'mail.receipt'), url: links.receipt },
    text(locale, 'receipt.how.again'),
    text(locale, 'receipt.remedies'),
    { words: text(locale, 'mail.data'), url: `${issuer}/${locale}/privacy` },
    closing(locale, answered),
  ]
}

/**
 * The acknowledgment of a filing in the language of the filing: subject, plain text complete on its own, and HTML. For a mail
 * it continues the mail's thread, names the files and speaks every language that may be the sender's.
 */
export const receiptLetter = (
  facts: ReceiptFacts,
  accessCode: string,
  answered?: AnsweredMail,
): ReceiptLetter => {
  const [first = facts.claims.language, ...others] = answered?.languages ?? []
  const { kind, reference } = facts.claims
  const subject = text(first, 'mail.subject', { kind, reference })
  return letterOf(
    threadSubject(subject, answered?.subject ?? '', reference),
    [first, ...others].map((locale) => ({
      locale,
      paragraphs: paragraphsOf(locale, facts, accessCode, answered),
    })),
  )
}
