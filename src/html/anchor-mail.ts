import type { Locale } from '../core/locale.ts'
import { longDay, text } from './text.ts'

const LANGUAGES: readonly Locale[] = ['ar', 'fr']

/** Tells whoever watches the audit where its chain stands; the signed line itself is attached. */
export const anchorMail = ({
  number,
  head,
  at,
}: {
  readonly number: number
  readonly head: string
  readonly at: Date
}): { readonly subject: string; readonly text: string } => {
  const facts = (locale: Locale) => ({ day: longDay(locale, at.toISOString().slice(0, 10)), number })
  const lines = LANGUAGES.map((locale) => text(locale, 'desk.anchor.text', facts(locale)))
  return {
    subject: text('fr', 'desk.anchor.subject', facts('fr')),
    text: [...lines, head].join('\n\n'),
  }
}
