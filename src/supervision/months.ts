import { Temporal } from 'temporal-polyfill'

/** First day of the month a day belongs to. */
export const monthOf = (day: string): string => Temporal.PlainDate.from(day).with({ day: 1 }).toString()
