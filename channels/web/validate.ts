import { LIMITS } from '../../src/core/limits.ts'
import type { Locale } from '../../src/core/locale.ts'
import type { Problem } from '../../src/html/form.ts'
import { ltr, text } from '../../src/html/text.ts'
import { normaliseEmail, normalisePhone } from '../../src/intake/normalise.ts'
import { lengthOf, UNKNOWN_OFFICE } from './answers.ts'
import type { Filing } from './draft-session.ts'

/** Shown where an address or number is asked for and where it was wrong. */
export const EXAMPLES = { email: 'nom@exemple.ma', phone: '0612345678' } as const

/** Less than this is no account of anything, unless a recording tells it. */
const TELLING_CHARACTERS = 10

type Check = (filing: Filing, locale: Locale) => readonly Problem[]

const checkText: Check = ({ answers, media, arriving }, locale) => {
  const length = lengthOf(answers.text?.trim() ?? '')
  const wrong = (message: string): Problem[] => [{ field: 'text', message }]
  if (length > LIMITS.textCharacters)
    return wrong(text(locale, 'file.error.text_long', { count: length, limit: LIMITS.textCharacters }))
  if (media.length + arriving.length > 0 || length >= TELLING_CHARACTERS) return []
  return wrong(text(locale, length === 0 ? 'file.error.text_or_media' : 'file.error.text_short'))
}

const checkMessage: Check = (filing, locale) => [
  ...checkText(filing, locale),
  ...(filing.answers.kind === undefined ? [{ field: 'kind', message: text(locale, 'file.error.kind') }] : []),
]

const checkLength =
  (field: 'place' | 'name', limit: number, key: 'file.error.place_long' | 'file.error.name_long'): Check =>
  ({ answers }, locale) =>
    lengthOf(answers[field] ?? '') > limit ? [{ field, message: text(locale, key, { limit }) }] : []

const checkPlace = checkLength('place', LIMITS.placeCharacters, 'file.error.place_long')
const checkName = checkLength('name', LIMITS.nameCharacters, 'file.error.name_long')

const checkOffice: Check = (filing, locale) => [
  ...(filing.office === undefined && filing.answers.office !== UNKNOWN_OFFICE
    ? [{ field: 'office', message: text(locale, 'file.error.office') }]
    : []),
  ...checkPlace(filing, locale),
]

const checkAddress: Check = ({ answers }, locale) => {
  const { contact } = answers
  if (contact === undefined) return [{ field: 'contact', message: text(locale, 'file.error.way') }]
  if (contact === 'email' && normaliseEmail(answers.email ?? '') === undefined)
    return [{ field: 'email', message: text(locale, 'file.error.email', { example: ltr(EXAMPLES.email) }) }]
  if (contact === 'phone' && normalisePhone(answers.phone ?? '') === undefined)
    return [{ field: 'phone', message: text(locale, 'file.error.phone', { example: ltr(EXAMPLES.phone) }) }]
  return []
}

/** Where a body's law asks who complains, a name and a way of reaching the person are required. */
const checkIdentity: Check = ({ answers, office }, locale) => {
  if (office === undefined || office.anonymousAllowed) return []
  const message = text(locale, 'file.error.anonymous')
  if (answers.contact === 'none') return [{ field: 'contact', message }]
  return answers.name ? [] : [{ field: 'name', message }]
}

const checkContact: Check = (filing, locale) => [
  ...checkAddress(filing, locale),
  ...checkIdentity(filing, locale),
  ...checkName(filing, locale),
]

/** The questions in their order; each says what is still wrong with its answers. */
export const STEPS = ['message', 'office', 'contact'] as const
export type Step = (typeof STEPS)[number]

const CHECKS: Readonly<Record<Step, Check>> = {
  message: checkMessage,
  office: checkOffice,
  contact: checkContact,
}

export const problemsOf = (step: Step, filing: Filing, locale: Locale): readonly Problem[] =>
  CHECKS[step](filing, locale)

/** Where a filing goes on: the first question that is not answered well, else the check. */
export const nextStep = (filing: Filing, locale: Locale): Step | 'check' =>
  STEPS.find((step) => problemsOf(step, filing, locale).length > 0) ?? 'check'
