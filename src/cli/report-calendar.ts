import { REMIND_DAYS, readMissing, readReportYears, setReportYear } from '../supervision/report-year.ts'
import { type Command, OPERATOR, textOf, UsageError, type Values } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const daysOf = (typed: string | undefined): readonly number[] => {
  if (typed === undefined) return REMIND_DAYS
  if (!/^-?\d+(,-?\d+)*$/.test(typed)) throw new UsageError('--remind takes days such as 30,7,0,-3')
  return typed.split(',').map(Number)
}

/** The dates on the command line; undefined: none are set. */
const wishOf = (values: Values) => {
  const [opensOn, dueOn, synthesisOn] = ['opens', 'due', 'synthesis'].map((name) => textOf(values, name))
  const year = Number(textOf(values, 'year'))
  if (opensOn === undefined && dueOn === undefined && synthesisOn === undefined) return undefined
  if (!opensOn || !dueOn || !synthesisOn || !Number.isInteger(year))
    throw new UsageError('give --year, --opens, --due and --synthesis together')
  return { year, opensOn, dueOn, synthesisOn, remindDays: daysOf(textOf(values, 'remind')) }
}

const DATE = { type: 'string', value: 'YYYY-MM-DD' } as const

export const reportCalendar: Command = {
  name: 'report calendar',
  summary: 'the dates of the yearly reports, and which bodies have not handed in',
  options: {
    year: { type: 'string', value: 'YYYY', about: 'the year the reports are about' },
    opens: { ...DATE, about: 'from this day on bodies write' },
    due: { ...DATE, about: 'the last day for handing in' },
    synthesis: { ...DATE, about: 'the day of the synthesis' },
    remind: {
      type: 'string',
      value: 'DAYS',
      about: `days before the due date on which missing bodies are reminded; absent: ${REMIND_DAYS.join(',')}`,
    },
  },
  examples: [
    'report calendar',
    'report calendar --year 2026 --opens 2027-01-15 --due 2027-03-31 --synthesis 2027-06-30 --remind 30,7,0,-7',
  ],
  run: ({ values, config }) => {
    const wish = wishOf(values)
    return withParts(config(), async (parts) => {
      if (wish !== undefined) await setReportYear(parts, OPERATOR, wish)
      const { sql } = parts.db
      const years = await readReportYears(sql, OPERATOR)
      const listed = await Promise.all(
        years.map(async (one) => ({
          ...one,
          missing: (await readMissing(sql, OPERATOR, one.year)).map(({ code, state }) => ({ code, state })),
        })),
      )
      const rows = listed.map(({ year, opensOn, dueOn, synthesisOn, missing }) => [
        year,
        opensOn,
        dueOn,
        synthesisOn,
        missing.map(({ code }) => code).join(' '),
      ])
      const text =
        rows.length === 0
          ? 'No dates are set.'
          : table(['year', 'opens', 'due', 'synthesis', 'missing'], rows)
      return { json: listed, text }
    })
  },
}
