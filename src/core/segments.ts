/** How a text travels: 7-bit GSM 03.38, or UCS-2 as soon as one character lies outside it (so all Arabic). */
export type SmsEncoding = 'gsm7' | 'ucs2'

/** GSM 03.38 by position; ESC (0x1B) leads to the extension table. */
export const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** The extension table: each of these costs two septets. */
export const GSM_EXTENSION: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
}

const ESCAPE = '\u001B'
const BASIC = new Set([...GSM_BASIC].filter((character) => character !== ESCAPE))

/** Units of one message, and of one part of several: the header of a part takes the rest. */
const CAPACITY = {
  gsm7: { single: 160, part: 153 },
  ucs2: { single: 70, part: 67 },
} as const

/** Septets a character costs in GSM 03.38; undefined when it has none. */
const septets = (character: string): number | undefined => {
  if (BASIC.has(character)) return 1
  return Object.hasOwn(GSM_EXTENSION, character) ? 2 : undefined
}

export const encodingOf = (text: string): SmsEncoding =>
  [...text].every((character) => septets(character) !== undefined) ? 'gsm7' : 'ucs2'

/** Units a character costs: septets, or UTF-16 code units (an emoji costs two or more). */
const unitsOf = (character: string, encoding: SmsEncoding): number =>
  encoding === 'gsm7' ? (septets(character) ?? 1) : character.length

export interface Measure {
  readonly encoding: SmsEncoding
  readonly units: number
  readonly segments: number
}

/**
 * Cuts a text into the parts it travels in. A character that costs two units (extension table, surrogate pair) is never
 * cut in half, so a part may stay one unit short.
 */
export const partsOf = (text: string): readonly string[] => {
  const encoding = encodingOf(text)
  const { single, part } = CAPACITY[encoding]
  const characters = [...text]
  const total = characters.reduce((sum, character) => sum + unitsOf(character, encoding), 0)
  if (total <= single) return [text]
  const parts: string[] = []
  let current = ''
  let used = 0
  for (const character of characters) {
    const units = unitsOf(character, encoding)
    if (used + units > part) {
      parts.push(current)
      current = ''
      used = 0
    }
    current += character
    used += units
  }
  return [...parts, current]
}

/** What a text costs as SMS, by the real tables. */
export const measure = (text: string): Measure => {
  const encoding = encodingOf(text)
  const units = [...text].reduce((sum, character) => sum + unitsOf(character, encoding), 0)
  return { encoding, units, segments: partsOf(text).length }
}

export const fitsOneSegment = (text: string): boolean => measure(text).segments === 1

/** Typographic characters and French letters that would turn a whole text into UCS-2, and what is written instead. */
const GSM_WRITTEN: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  œ: 'oe',
  Œ: 'OE',
  '\u00A0': ' ',
  '\u202F': ' ',
  '\u2009': ' ',
}

const writtenInGsm = (character: string): string => {
  if (septets(character) !== undefined) return character
  const bare = character.normalize('NFD').replace(/\p{M}/gu, '')
  return GSM_WRITTEN[character] ?? (bare !== '' && septets(bare) !== undefined ? bare : character)
}

/**
 * A text in Latin letters as people write it on a phone: é è à ù ì ò stay, ê ç ô and the curly apostrophe become plain, so
 * that it fits 160 characters instead of 70. Other scripts stay as they are.
 */
export const plainForSms = (text: string): string => [...text.normalize('NFC')].map(writtenInGsm).join('')
