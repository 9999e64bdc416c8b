import { type Counting, officeDay } from '../core/deadlines.ts'
import type { Locale } from '../core/locale.ts'
import { longDay, text } from './text.ts'

const pauseInWords = (locale: Locale, { stoppedDays, asked }: Counting): string => {
  if (asked?.stopsClock) return text(locale, 'why.stands', { date: longDay(locale, asked.answerOn) })
  const stopped = stoppedDays > 0 ? text(locale, 'why.stopped', { days: stoppedDays }) : ''
  return asked ? `${stopped} ${text(locale, 'why.runs_on')}` : stopped
}

/** Why a legal date is this day: the rule, the day it starts from, its version, and the days on which it was not counted. */
export const whyDate = (
  locale: Locale,
  counting: Counting,
  { kind, zone }: { readonly kind: 'review' | 'answer'; readonly zone: string },
): string => {
  const { rules, policyVersion, openedAt } = counting
  const rule = text(locale, `why.${kind}.${rules.dayKind}`, {
    filed: longDay(locale, officeDay(openedAt, zone)),
    review: rules.reviewDays,
    answer: rules.answerDays,
    version: policyVersion,
    first: rules.countFilingDay ? 'yes' : 'no',
    rolls: rules.rollOver ? 'yes' : 'no',
  })
  return `${rule} ${pauseInWords(locale, counting)}`.trim()
}
