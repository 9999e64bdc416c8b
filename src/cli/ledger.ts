import { officeDay } from '../core/deadlines.ts'
import { readLedger } from '../intake/ledger.ts'
import { type Command, textOf, UsageError, type Values } from './command.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const dayOf = (values: Values, name: string): string | undefined => {
  const day = textOf(values, name)
  if (day !== undefined && !(/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))))
    throw new UsageError(`--${name} is a day such as 2026-11-21`)
  return day
}

const ENDS = ['received', 'created', 'appended', 'ignored', 'quarantined', 'failed', 'open'] as const

export const ledger: Command = {
  name: 'ledger',
  summary: 'every event at every door, per channel and office day, with the end it met',
  options: {
    date: { type: 'string', value: 'YYYY-MM-DD', about: 'one office day; absent: today' },
    from: { type: 'string', value: 'YYYY-MM-DD', about: 'the first of several days' },
    to: { type: 'string', value: 'YYYY-MM-DD', about: 'the last of them; absent: today' },
  },
  examples: ['ledger', 'ledger --date 2026-11-20 --json', 'ledger --from 2026-11-01'],
  run: ({ values, config }) => {
    const day = dayOf(values, 'date')
    const from = dayOf(values, 'from')
    const to = dayOf(values, 'to')
    return withParts(config(), async ({ db, clock, config: { officeZone } }) => {
      const today = officeDay(clock.now(), officeZone)
      const days = { from: day ?? from ?? today, to: day ?? to ?? today }
      const lines = await readLedger({ sql: db.sql, officeZone }, days)
      const rows = lines.map((line) => [line.day, line.channel, ...ENDS.map((end) => line[end])])
      const text = rows.length === 0 ? 'No event.' : table(['day', 'channel', ...ENDS], rows)
      return { json: lines, text }
    })
  },
}
