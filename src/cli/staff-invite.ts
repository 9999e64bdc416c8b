import { STAFF_ROLES, type StaffRole } from '../core/staff-role.ts'
import { normaliseEmail } from '../intake/normalise.ts'
import { inviteStaff, signInUrl } from '../staff/sign-in.ts'
import { type Command, requiredText, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'

export const staffInvite: Command = {
  name: 'staff invite',
  summary: 'make a one-time link by which a person signs in to the console; it lives 15 minutes',
  options: {
    email: { type: 'string', value: 'ADDRESS', about: 'who signs in', required: true },
    role: {
      type: 'string',
      value: 'ROLE',
      about: 'what the person may do',
      required: true,
      choices: STAFF_ROLES,
    },
    administration: {
      type: 'string',
      value: 'CODE',
      about: 'the body of the person; a manager or agent needs one',
    },
  },
  examples: [
    'staff invite --email chef@ministere.example --role ministry-supervisor',
    'staff invite --email agent@sante.example --role agent --administration SANTE --json',
  ],
  run: ({ values, config }) => {
    const email = normaliseEmail(requiredText(values, 'email'))
    if (email === undefined) throw new UsageError('--email is no e-mail address')
    const administrationCode = textOf(values, 'administration')
    return withParts(config(), async (parts) => {
      const { token } = await inviteStaff(parts, {
        email,
        role: requiredText(values, 'role') as StaffRole,
        ...(administrationCode === undefined ? {} : { administrationCode }),
      })
      const url = signInUrl(parts.config.http.publicUrl, token)
      return { json: { url }, text: url }
    })
  },
}
