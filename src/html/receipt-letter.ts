import { html } from 'ghtml'
import { LIMITS } from '../core/limits.ts'
import { directionOf, type Locale } from '../core/locale.ts'
import type { AnsweredMail, ReceiptFacts, ReceiptLetter } from '../core/receipt.ts'
import { administrationInWords, filingInstant, receivedInWords, ruleInWords } from './receipt-words.ts'
import { byteSize, longDay, ltr, text } from './text.ts'

/** A paragraph of the letter: plain words, or an address of ours with the words that lead to it. */
type Paragraph = string | { readonly words: string; readonly url: string }

/** Files named one by one; the rest is counted, so that the letter stays small. */
const FILES_NAMED = 10
const SUBJECT_CHARACTERS = 120

const listed = (locale: Locale, title: string, lines: readonly string[]): string[] => {
  if (lines.length === 0) return []
  const more = lines.length - FILES_NAMED
  const shown = lines.slice(0, FILES_NAMED)
  return [
    [title, ...shown, ...(more > 0 ? [text(locale, 'mail.files.more', { count: more })] : [])].join('\n'),
  ]
}

const filesOf = (locale: Locale, { kept, refused }: AnsweredMail): string[] => [
  ...listed(
    locale,
    text(locale, 'mail.files.received'),
    kept.map(({ name, bytes }) =>
      text(locale, 'mail.files.line', { name: ltr(name), size: byteSize(locale, bytes) }),
    ),
  ),
  ...listed(
    locale,
    text(locale, 'mail.files.refused'),
    refused.map(({ name, reason }) =>
      text(locale, `mail.files.${reason}`, {
        name: ltr(name),
        limit: byteSize(locale, LIMITS.mailFileBytes),
      }),
    ),
  ),
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
    ...(answered === undefined ? [] : filesOf(locale, answered)),
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

const plain = (paragraph: Paragraph): string =>
  typeof paragraph === 'string' ? paragraph : `${paragraph.words}\n${paragraph.url}`

const marked = (paragraph: Paragraph): string =>
  typeof paragraph === 'string'
    ? html`<p>!${paragraph
        .split('\n')
        .map((line) => html`${line}`)
        .join('<br>')}</p>`
    : html`<p>${paragraph.words}<br><a href="${paragraph.url}"><bdi dir="ltr">${paragraph.url}</bdi></a></p>`

interface Version {
  readonly locale: Locale
  readonly paragraphs: readonly Paragraph[]
}

const section = ({ locale, paragraphs }: Version): string =>
  html`<div lang="${locale}" dir="${directionOf(locale)}">!${paragraphs.map(marked).join('\n')}</div>`

/** No image, no colour of our own: the reader's program keeps its dark scheme and its text size. */
const document = (subject: string, versions: readonly Version[]): string => {
  const locale = versions[0]?.locale ?? 'ar'
  return html`<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.6;max-width:38em;overflow-wrap:anywhere">
!${versions.map(section).join('\n<hr>\n')}
</body>
</html>
`
}

/** The thread's own subject behind our tag, without the marks that grow with every answer. */
const originalSubject = (subject: string, reference: string): string =>
  subject
    .replaceAll(`[${reference}]`, '')
    .replace(/^(?:\s*(?:re|fwd?|tr|aw|رد|إعادة توجيه)\s?:)+/iu, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, SUBJECT_CHARACTERS)
    .toWellFormed()

const subjectOf = (facts: ReceiptFacts, locale: Locale, answered: AnsweredMail | undefined): string => {
  const { kind, reference } = facts.claims
  const ours = text(locale, 'mail.subject', { kind, reference })
  const original = answered === undefined ? '' : originalSubject(answered.subject, reference)
  return original === '' ? ours : `${ours} - ${original}`
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
  const subject = subjectOf(facts, first, answered)
  const versions = [first, ...others].map((locale) => ({
    locale,
    paragraphs: paragraphsOf(locale, facts, accessCode, answered),
  }))
  return {
    subject,
    text: versions
      .map(({ paragraphs }) => `${paragraphs.map(plain).join('\n\n')}\n`)
      .join('\n----------\n\n'),
    html: document(subject, versions),
  }
}
