import { nameIn } from '../core/locale.ts'
import { closeDay, fillYear, moveDay, openDay, readCalendar } from '../staff/keep-calendar.ts'
import { type Command, OPERATOR, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const DAY = /^\d{4}-\d\d-\d\d$/

export const calendar: Command = {
  name: 'calendar',
  summary: 'the days on which offices are closed; a change counts the legal dates of open rounds anew',
  options: {
    close: { type: 'string', value: 'YYYY-MM-DD', about: 'a day on which they are closed' },
    name: { type: 'string', value: 'TEXT', about: 'what the day is called' },
    open: { type: 'string', value: 'YYYY-MM-DD', about: 'a day that is no holiday after all' },
    move: { type: 'string', value: 'YYYY-MM-DD', about: 'a holiday that the moon put on another day' },
    to: { type: 'string', value: 'YYYY-MM-DD', about: 'that other day' },
    fill: { type: 'string', value: 'YYYY', about: "put a year's national holidays in, to be corrected" },
  },
  examples: [
    'calendar',
    'calendar --fill 2027',
    'calendar --close 2027-03-10 --name "Aïd al-Fitr"',
    'calendar --move 2027-03-10 --to 2027-03-11',
  ],
  run: ({ values, config }) => {
    const [closes, opens, moves, to, fills] = ['close', 'open', 'move', 'to', 'fill'].map((name) =>
      textOf(values, name),
    )
    const name = textOf(values, 'name')
    for (const day of [closes, opens, moves, to])
      if (day !== undefined && !(DAY.test(day) && !Number.isNaN(Date.parse(day))))
        throw new UsageError('--close, --open, --move and --to take a day such as 2027-03-10')
    if ((closes === undefined) !== (name === undefined)) throw new UsageError('give --close with its --name')
    if ((moves === undefined) !== (to === undefined)) throw new UsageError('give --move with its --to')
    return withParts(config(), async (parts) => {
      const deps = { ...parts, officeZone: parts.config.officeZone }
      if (closes !== undefined && name !== undefined)
        await closeDay(deps, OPERATOR, { day: closes, names: { fr: name }, movable: true })
      if (opens !== undefined) await openDay(deps, OPERATOR, opens)
      if (moves !== undefined && to !== undefined) await moveDay(deps, OPERATOR, { from: moves, to })
      if (fills !== undefined) await fillYear(deps, OPERATOR, Number(fills))
      const days = await readCalendar(deps, OPERATOR)
      const rows = days.map(({ day, names, movable }) => [day, nameIn(names, 'fr'), movable ? 'moon' : ''])
      return { json: days, text: rows.length === 0 ? 'No holiday.' : table(['day', 'name', ''], rows) }
    })
  },
}
