import fs from 'node:fs/promises'
import { exportPerson } from '../personal-data/export-person.ts'
import { findPerson } from '../personal-data/find-person.ts'
import { audit } from '../staff/audit.ts'
import { type Command, OPERATOR, requiredText, UsageError } from './command.ts'
import { namedPerson, PERSON_OPTIONS } from './named-person.ts'
import { withParts } from './open-parts.ts'
import { table } from './table.ts'

const mustBeNew = async (folder: string): Promise<void> => {
  const names = await fs.readdir(folder).catch(() => [])
  if (names.length > 0) throw new UsageError('--out is a folder that is not there yet, or is empty')
}

export const exportCommand: Command = {
  name: 'export',
  summary: 'write everything held about a person into a folder (right of access)',
  options: {
    ...PERSON_OPTIONS,
    out: { type: 'string', value: 'FOLDER', about: 'where to write person.json and files/', required: true },
  },
  examples: ['export --phone +212612345678 --out amina', 'export --reference 2612345678 --out one --json'],
  run: async ({ values, config }) => {
    const named = namedPerson(values)
    const folder = requiredText(values, 'out')
    await mustBeNew(folder)
    return withParts(config(), async (parts) => {
      const person = await findPerson(parts.db.sql, named)
      const exported = await exportPerson({ sql: parts.db.sql, store: parts.store }, person, folder)
      for (const { reference } of person.complaints)
        await audit(parts, OPERATOR, { action: 'person.export', subject: reference })
      const rows = Object.entries(exported.rows)
      const text = [
        ...(rows.length === 0 ? ['Nothing is held about this person.'] : [table(['table', 'rows'], rows)]),
        `${exported.files} files`,
        ...exported.missing.map((key) => `missing from the store: ${key}`),
      ].join('\n')
      return { json: exported, text, failed: exported.missing.length > 0 }
    })
  },
}
