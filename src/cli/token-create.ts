import { STAFF_ROLES, type TokenRole } from '../core/staff-role.ts'
import { createToken } from '../staff/tokens.ts'
import { type Command, requiredText, textOf } from './command.ts'
import { withParts } from './open-parts.ts'

export const tokenCreate: Command = {
  name: 'token create',
  summary: 'make an API token; it is shown once and kept as a hash',
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      about: 'what it may do',
      required: true,
      choices: [...STAFF_ROLES, 'body', 'driver'],
    },
    administration: { type: 'string', value: 'CODE', about: 'the one body it is bound to' },
    label: { type: 'string', about: 'a word to know it by' },
  },
  examples: [
    'token create --role ministry-supervisor --json',
    'token create --role body --administration SANTE --label "case system"',
    'token create --role driver --label "exchange of the call centre"',
  ],
  run: ({ values, config }) =>
    withParts(config(), async (parts) => {
      const administrationCode = textOf(values, 'administration')
      const label = textOf(values, 'label')
      const { token } = await createToken(parts, {
        role: requiredText(values, 'role') as TokenRole,
        ...(administrationCode === undefined ? {} : { administrationCode }),
        ...(label === undefined ? {} : { label }),
      })
      return { json: { token }, text: token }
    }),
}
