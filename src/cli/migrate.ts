import type { Command } from './command.ts'
import { withParts } from './open-parts.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'bring the database schema up to date; a second run changes nothing',
  options: {},
  examples: ['migrate', 'migrate --json'],
  // Opening the parts is what migrates: every process does it at its start, one at a time.
  run: ({ config }) =>
    withParts(config(), async () => ({ json: { migrated: true }, text: 'The schema is up to date.' })),
}
