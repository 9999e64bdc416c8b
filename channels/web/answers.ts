import { z } from 'zod'
import { KINDS } from '../../src/core/complaint.ts'
import { LOCALES } from '../../src/core/locale.ts'
import { storableText } from '../../src/intake/normalise.ts'

/** The office of people who do not know which it is. */
export const UNKNOWN_OFFICE = 'unknown'
export const WAYS = ['write', 'speak', 'film'] as const
export const CONTACT_WAYS = ['email', 'phone', 'none'] as const
export const PHONE_USES = ['sms', 'whatsapp', 'voice'] as const

/** What a person typed is kept even where it is wrong, so that it comes back to be mended; but not without end. */
const KEPT_CHARACTERS = 100_000
const KEPT_LINE = 500

const line = z.string().transform((value) => storableText(value).slice(0, KEPT_LINE).trim())
/** Browsers send CR LF; a line break is one character to the person who counts. */
const prose = z
  .string()
  .transform((value) => storableText(value).replaceAll('\r\n', '\n').slice(0, KEPT_CHARACTERS))

const schema = z.object({
  way: z.enum(WAYS).optional().catch(undefined),
  kind: z.enum(KINDS).optional().catch(undefined),
  text: prose.optional().catch(undefined),
  office: line.optional().catch(undefined),
  /** The office outside the law whose direction was already shown. */
  directed: line.optional().catch(undefined),
  /** Begun from the page about corruption and violence: every page then has a way out. */
  sensitive: z.enum(['yes']).optional().catch(undefined),
  place: line.optional().catch(undefined),
  contact: z.enum(CONTACT_WAYS).optional().catch(undefined),
  email: line.optional().catch(undefined),
  phone: line.optional().catch(undefined),
  preferred: z.enum(PHONE_USES).optional().catch(undefined),
  name: line.optional().catch(undefined),
  answerLanguage: z.enum(LOCALES).optional().catch(undefined),
})

/** The answers of a filing under way, each as typed. */
export type Answers = z.output<typeof schema>

const present = (answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined)) as Answers

/** Reads answers from a form or a draft: unknown fields fall away, impossible choices count as not answered. */
export const readAnswers = (fields: Readonly<Record<string, unknown>>): Answers =>
  present(schema.parse(fields))

/** Characters as people count them. */
export const lengthOf = (value: string): number => [...value].length
