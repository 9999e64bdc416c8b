import Holidays from 'date-holidays'
import type { Holiday } from './calendar.ts'

/** Rules of the moon's calendar name its months; their days are announced a day or two before. */
const OF_THE_MOON = /Muharram|Rabi|Shawwal|Hijjah|Ramadan/

/** The Kingdom's holidays of a year as they can be known beforehand: what the calendar begins with, for people to correct. */
export const nationalHolidays = (year: number): readonly Holiday[] => {
  const kingdom = new Holidays('MA')
  const named = (['ar', 'fr', 'en'] as const).map(
    (language) =>
      [language, new Map(kingdom.getHolidays(year, language).map(({ rule, name }) => [rule, name]))] as const,
  )
  const found = kingdom.getHolidays(year, 'fr').map(({ date, rule }) => ({
    day: date.slice(0, 10),
    names: Object.fromEntries(named.map(([language, names]) => [language, names.get(rule) ?? ''])),
    movable: OF_THE_MOON.test(rule),
  }))
  // Two may fall on one day, which is closed once; the one that is fixed decides.
  const fixedLast = found.toSorted((a, b) => Number(b.movable) - Number(a.movable))
  return [...new Map(fixedLast.map((holiday) => [holiday.day, holiday])).values()].toSorted((a, b) =>
    a.day.localeCompare(b.day),
  )
}
