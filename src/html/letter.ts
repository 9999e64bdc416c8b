import { html } from 'ghtml'
import { LIMITS } from '../core/limits.ts'
import { directionOf, type Locale } from '../core/locale.ts'
import type { FileRefusal } from '../core/mail-message.ts'
import { byteSize, ltr, text } from './text.ts'

/** A paragraph of a letter: our words, an address of ours with the words that lead to it, or what another person wrote. */
export type Paragraph =
  | string
  | { readonly words: string; readonly url: string }
  | { readonly title: string; readonly said: string }

/** A letter in one language. One mail may hold several. */
export interface Version {
  readonly locale: Locale
  readonly paragraphs: readonly Paragraph[]
}

const plain = (paragraph: Paragraph): string => {
  if (typeof paragraph === 'string') return paragraph
  return 'url' in paragraph
    ? `${paragraph.words}\n${paragraph.url}`
    : `${paragraph.title}\n\n${paragraph.said}`
}

const lines = (words: string): string =>
  words
    .split('\n')
    .map((line) => html`${line}`)
    .join('<br>')

const marked = (paragraph: Paragraph): string => {
  if (typeof paragraph === 'string') return html`<p>!${lines(paragraph)}</p>`
  return 'url' in paragraph
    ? html`<p>${paragraph.words}<br><a href="${paragraph.url}"><bdi dir="ltr">${paragraph.url}</bdi></a></p>`
    : html`<p><strong>${paragraph.title}</strong></p><blockquote dir="auto">!${lines(paragraph.said)}</blockquote>`
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

/** A letter with its plain text complete on its own, and the same in HTML. */
export const letterOf = (subject: string, versions: readonly Version[]) => ({
  subject,
  text: versions.map(({ paragraphs }) => `${paragraphs.map(plain).join('\n\n')}\n`).join('\n----------\n\n'),
  html: document(subject, versions),
})

const SUBJECT_CHARACTERS = 120

/** The thread's own subject without our tag and without the marks that grow with every answer. */
const originalSubject = (subject: string, reference: string): string =>
  subject
    .replaceAll(`[${reference}]`, '')
    .replace(/^(?:\s*(?:re|fwd?|tr|aw|رد|إعادة توجيه)\s?:)+/iu, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, SUBJECT_CHARACTERS)
    .toWellFormed()

/** Our tagged subject, with the thread's own behind it. */
export const threadSubject = (ours: string, subject: string, reference: string): string => {
  const original = originalSubject(subject, reference)
  return original === '' ? ours : `${ours} - ${original}`
}

/** Files named one by one; the rest is counted, so that the letter stays small. */
const FILES_NAMED = 10

/** A title with one line a file; nothing where there is no file. */
export const listed = (locale: Locale, title: string, files: readonly string[]): string[] => {
  if (files.length === 0) return []
  const more = files.length - FILES_NAMED
  const shown = files.slice(0, FILES_NAMED)
  return [
    [title, ...shown, ...(more > 0 ? [text(locale, 'mail.files.more', { count: more })] : [])].join('\n'),
  ]
}

export interface ArrivedFiles {
  readonly kept: readonly { readonly name: string; readonly bytes: number }[]
  readonly refused: readonly { readonly name: string; readonly reason: FileRefusal }[]
  /** Where the refused ones can be sent. */
  readonly uploadLink?: string
}

/** What came with a mail and what could not be taken, with the reason and the way to send it all the same. */
export const arrivedFiles = (locale: Locale, { kept, refused, uploadLink }: ArrivedFiles): Paragraph[] => [
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
  ...(uploadLink === undefined ? [] : [{ words: text(locale, 'mail.files.upload'), url: uploadLink }]),
]
