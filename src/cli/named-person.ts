import { parseReference } from '../core/reference.ts'
import { normaliseEmail, normalisePhone } from '../intake/normalise.ts'
import type { Named } from '../personal-data/find-person.ts'
import { type Option, textOf, UsageError, type Values } from './command.ts'

/** Options by which a person is named; exactly one is given. */
export const PERSON_OPTIONS: Readonly<Record<string, Option>> = {
  phone: { type: 'string', value: 'NUMBER', about: 'everything that came from this number or names it' },
  email: { type: 'string', value: 'ADDRESS', about: 'everything that came from this address or names it' },
  reference: { type: 'string', value: 'REFERENCE', about: 'one complaint alone' },
}

const READ: Readonly<Record<Named['by'], (typed: string) => string | undefined>> = {
  phone: (typed) => normalisePhone(typed),
  email: normaliseEmail,
  reference: (typed) => {
    const parsed = parseReference(typed)
    return parsed.ok ? parsed.reference : undefined
  },
}

/** Who is meant. Throws UsageError when nobody, several or no possible one is named. */
export const namedPerson = (values: Values): Named => {
  const given = (Object.keys(READ) as Named['by'][]).flatMap((by) => {
    const typed = textOf(values, by)
    return typed === undefined ? [] : [{ by, typed }]
  })
  const [one, ...others] = given
  if (one === undefined || others.length > 0)
    throw new UsageError('name the person by one of --phone, --email, --reference')
  const value = READ[one.by](one.typed)
  if (value === undefined) throw new UsageError(`--${one.by} is not one that can exist`)
  return { by: one.by, value }
}
