import type { Locale } from '../core/locale.ts'
import { longDay, ltr, type TextKey, text } from './text.ts'

/** The two languages of the offices, one under the other: an official's own is not known. */
const LANGUAGES: readonly Locale[] = ['ar', 'fr']

/** Reminds an official of a legal date, or says that it has passed. */
export const reminderMail = (facts: {
  readonly reference: string
  readonly kind: 'review' | 'answer'
  readonly dueOn: string
  readonly occasion: 'due' | 'over' | 'pool'
  readonly url: string
}): { readonly subject: string; readonly text: string } => {
  const { reference, kind, dueOn, occasion, url } = facts
  const key: TextKey = occasion === 'pool' ? 'desk.reminder.pool' : `desk.reminder.${kind}.${occasion}`
  const lines = LANGUAGES.map((locale) =>
    text(locale, key, {
      reference: locale === 'ar' ? ltr(reference) : reference,
      day: longDay(locale, dueOn),
    }),
  )
  return {
    subject: `[${reference}] ${text('fr', `console.${kind}_by`, { day: longDay('fr', dueOn) })}`,
    text: [...lines, url].join('\n\n'),
  }
}
