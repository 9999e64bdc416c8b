/**
 * The number people hold: 2 digits of the year, 7 random, 1 check digit.
 *
 * The check digit is Damm's (H. M. Damm, 2004): one table, no weights, and it catches every single wrong digit and every
 * swap of two neighbours, which are the two mistakes people make when they read a number over a telephone.
 */
const QUASIGROUP = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const

const damm = (digits: string): number => {
  let interim = 0
  for (const digit of digits) interim = QUASIGROUP[interim]?.[Number(digit)] ?? 0
  return interim
}

/** Builds a reference from a year and a number in 0…9,999,999. Gives 10 ASCII digits. */
export const composeReference = (year: number, serial: number): string => {
  const body = String(year % 100).padStart(2, '0') + String(serial).padStart(7, '0')
  return body + damm(body)
}

/** Arabic-Indic (U+0660…) and Persian (U+06F0…) digits become ASCII; everything else stays. */
export const asciiDigits = (text: string): string =>
  text.replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))

/** Letters between digits are a mistake worth telling; these marks are only how people group or paste numbers. */
const GROUPING = /[\s\-‐-―.·_/\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu

export type ParsedReference =
  | { ok: true; reference: string }
  | { ok: false; reason: 'length' | 'check_digit' }

/**
 * Reads a reference as people type it: spaces, hyphens, Arabic-Indic or Persian digits, bidi marks.
 * A wrong digit or a swapped pair is refused here, before anything is looked up.
 */
export const parseReference = (typed: string): ParsedReference => {
  const digits = asciiDigits(typed).replace(GROUPING, '')
  if (!/^\d{10}$/.test(digits)) return { ok: false, reason: 'length' }
  return damm(digits) === 0 ? { ok: true, reference: digits } : { ok: false, reason: 'check_digit' }
}

/** Reads an access code as typed. Gives six digits or undefined. */
export const parseAccessCode = (typed: string): string | undefined => {
  const digits = asciiDigits(typed).replace(GROUPING, '')
  return /^\d{6}$/.test(digits) ? digits : undefined
}
