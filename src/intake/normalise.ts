import parsePhoneNumber from 'libphonenumber-js/max'
import { LIMITS } from '../core/limits.ts'

/** Lone surrogates and NUL cannot be stored as text in PostgreSQL: each becomes U+FFFD; the raw form keeps them. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD')

/**
 * A phone as typed, in E.164; undefined when no such number can exist. National numbers are read as numbers of `country`
 * (ISO 3166), which is the office's.
 */
export const normalisePhone = (typed: string, country: 'MA' = 'MA'): string | undefined => {
  const number = parsePhoneNumber(storableText(typed).trim(), country)
  return number?.isValid() ? number.number : undefined
}

/** One @, a dotted domain, no white space, control or angle bracket. The only proof that an address lives is a mail that arrives. */
const EMAIL =
  /^[^\s@<>"(),:;[\]\\\p{Cc}]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u

/** An address as typed with its domain in lower case; undefined when it cannot be one. */
export const normaliseEmail = (typed: string): string | undefined => {
  const address = typed.trim()
  if (address.length > LIMITS.emailCharacters || !EMAIL.test(address)) return undefined
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}`
}

/** Whether a number in E.164 may take texts: a landline does not (the provider answers 21614). */
export const mayTakeTexts = (phone: string): boolean => parsePhoneNumber(phone)?.getType() !== 'FIXED_LINE'
