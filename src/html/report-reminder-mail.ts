import type { Locale } from '../core/locale.ts'
import { longDay, text } from './text.ts'

/** The two languages of the offices, one under the other. */
const LANGUAGES: readonly Locale[] = ['ar', 'fr']

/** Reminds the manager of a body of its yearly report. */
export const reportReminderMail = (facts: {
  readonly year: number
  readonly dueOn: string
  readonly isOver: boolean
  readonly url: string
}): { readonly subject: string; readonly text: string } => {
  const { year, dueOn, isOver, url } = facts
  const key = isOver ? 'report.reminder.over' : 'report.reminder.due'
  const lines = LANGUAGES.map((locale) => text(locale, key, { year, day: longDay(locale, dueOn) }))
  const subject = LANGUAGES.map((locale) => text(locale, 'report.reminder.subject', { year })).join(' · ')
  return { subject, text: [...lines, url].join('\n\n') }
}
