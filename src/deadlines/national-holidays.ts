import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import type { Names } from '../core/locale.ts'
import type { Holiday } from './calendar.ts'

/** Rules of the moon's calendar name its months; their days are announced a day or two before. */
const OF_THE_MOON = /Muharram|Rabi|Shawwal|Hijjah|Ramadan/

/** Feasts on which offices are closed for two days; the library knows the first. */
const TWO_DAYS = /Shawwal|Hijjah|Rabi/

/** Decreed lately, and not yet in the library. */
const DECREED: readonly { readonly date: string; readonly since: number; readonly names: Names }[] = [
  {
    date: '01-14',
    since: 2024,
    names: { ar: 'رأس السنة الأمازيغية', fr: 'Nouvel an amazigh', en: 'Amazigh New Year' },
  },
  { date: '10-31', since: 2025, names: { ar: 'عيد الوحدة', fr: 'Fête de l’Unité', en: 'Unity Day' } },
]

const decreed = (year: number): Holiday[] =>
  DECREED.filter(({ since }) => year >= since).map(({ date, names }) => ({
    day: `${year}-${date}`,
    names,
    movable: false,
  }))

/** The Kingdom's holidays of a year as they can be known beforehand: what the calendar begins with, for people to correct. */
export const nationalHolidays = (year: number): readonly Holiday[] => {
  const kingdom = new Holidays('MA')
  const named = (['ar', 'fr', 'en'] as const).map(
    (language) =>
      [language, new Map(kingdom.getHolidays(year, language).map(({ rule, name }) => [rule, name]))] as const,
  )
  const found = kingdom.getHolidays(year, 'fr').flatMap(({ date, rule }) => {
    const names = Object.fromEntries(named.map(([language, called]) => [language, called.get(rule) ?? '']))
    const first = Temporal.PlainDate.from(date.slice(0, 10))
    const days = TWO_DAYS.test(rule) ? [first, first.add({ days: 1 })] : [first]
    return days.map((day) => ({ day: day.toString(), names, movable: OF_THE_MOON.test(rule) }))
  })
  // Two may fall on one day, which is closed once; the one that is fixed decides.
  const fixedLast = [...found, ...decreed(year)].toSorted((a, b) => Number(b.movable) - Number(a.movable))
  return [...new Map(fixedLast.map((holiday) => [holiday.day, holiday])).values()].toSorted((a, b) =>
    a.day.localeCompare(b.day),
  )
}
