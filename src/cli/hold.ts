import { parseReference } from '../core/reference.ts'
import { holdComplaint, liftHold } from '../personal-data/hold-complaint.ts'
import { type Command, OPERATOR, requiredText, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'

export const hold: Command = {
  name: 'hold',
  summary: 'put a complaint under a legal hold, which nothing erases, or lift it',
  options: {
    reference: { type: 'string', value: 'REFERENCE', about: 'the complaint', required: true },
    reason: { type: 'string', value: 'TEXT', about: 'who asked for it, and why' },
    lift: { type: 'boolean', about: 'lift the hold' },
  },
  examples: [
    'hold --reference 2612345678 --reason "TPI Rabat 2026/114"',
    'hold --reference 2612345678 --lift',
  ],
  run: ({ values, config }) => {
    const parsed = parseReference(requiredText(values, 'reference'))
    if (!parsed.ok) throw new UsageError('--reference is ten digits, the last of which checks the others')
    const { reference } = parsed
    const reason = textOf(values, 'reason')
    const lifts = values['lift'] === true
    if (lifts === (reason !== undefined)) throw new UsageError('give --reason, or --lift')
    return withParts(config(), async (parts) => {
      if (reason === undefined) await liftHold(parts, OPERATOR.id, reference)
      else await holdComplaint(parts, OPERATOR.id, { reference, reason })
      return { json: { reference, held: !lifts }, text: `${reference} is ${lifts ? 'free' : 'held'}` }
    })
  },
}
