import { STAFF_ROLES, type StaffRole } from '../core/staff-role.ts'
import { normaliseEmail } from '../intake/normalise.ts'
import { inviteStaff, signInUrl } from '../staff/members.ts'
import { type Command, requiredText, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'

export const staffInvite: Command = {
  name: 'staff invite',
  summary: 'make a one-time link by which a person chooses password and second factor; it lives 72 hours',
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
      about: 'the body of the person; manager, agent, trainee and clerk need one',
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
