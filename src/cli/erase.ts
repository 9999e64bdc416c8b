import { eraseDeps } from '../composition/personal-data.ts'
import { erasePerson } from '../personal-data/erase-person.ts'
import { findPerson } from '../personal-data/find-person.ts'
import { type Command, OPERATOR } from './command.ts'
import { namedPerson, PERSON_OPTIONS } from './named-person.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

export const erase: Command = {
  name: 'erase',
  summary: 'erase a person; what the reports count stays, without the person. Exit 1 under a legal hold',
  options: {
    ...PERSON_OPTIONS,
    'dry-run': { type: 'boolean', about: 'say which complaints would be erased, and erase nothing' },
  },
  examples: ['erase --phone +212612345678 --dry-run', 'erase --reference 2612345678 --json'],
  run: ({ values, config }) => {
    const named = namedPerson(values)
    return withParts(config(), async (parts) => {
      const person = await findPerson(parts.db.sql, named)
      const references = person.complaints.map(({ reference }) => reference)
      if (values['dry-run'] === true)
        return { json: { complaints: references }, text: ['Would be erased:', ...references].join('\n  ') }
      const erasure = await erasePerson(eraseDeps(parts), OPERATOR.id, person)
      if (erasure.outcome === 'held')
        return {
          json: erasure,
          text: ['Nothing was erased. Under a legal hold:', ...erasure.references].join('\n  '),
          failed: true,
        }
      const text = [
        table(['table', 'rows'], Object.entries(erasure.rows)),
        `${erasure.objects} objects, ${erasure.files} files`,
      ].join('\n')
      return { json: { ...erasure, complaints: references }, text }
    })
  },
}
