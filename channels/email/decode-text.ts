/** Labels that say nothing about the bytes: servers and old programs put them on anything. */
const EMPTY_LABELS = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'utf-8',
  'utf8',
  'unicode-1-1-utf-8',
  'iso-8859-1',
  'latin1',
  'windows-1252',
  'cp1252',
  'unknown-8bit',
  'x-unknown',
  'unknown',
  'default',
  'default_charset',
  'binary',
  '8bit',
])

/** Spellings that the Encoding Standard does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  'cp-1256': 'windows-1256',
  '1256': 'windows-1256',
  windows1256: 'windows-1256',
  'win-1256': 'windows-1256',
  'ms-arab': 'windows-1256',
  iso8859_6: 'iso-8859-6',
  'iso-8859-6:1987': 'iso-8859-6',
  utf16: 'utf-16',
  'ucs-2': 'utf-16',
  'iso-10646-ucs-2': 'utf-16',
}

const decoder = (label: string, fatal = false) => {
  try {
    return new TextDecoder(label, { fatal })
  } catch {
    return undefined
  }
}

const decodeStrictUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder('utf-8', true)?.decode(bytes)
  } catch {
    return undefined
  }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

const isHigh = (byte: number): boolean => byte >= 0x80

/**
 * Arabic without its label: its letters, the article and the commonest words tell which of the two code pages it is; letters
 * of two scripts in one word tell that it is neither.
 */
const arabicScore = (text: string): number =>
  0.1 * count(text, /\p{Script=Arabic}/gu) +
  3 * count(text, /ال/g) +
  2 * count(text, /(?<=^|\s)(?:في|من|على|إلى|لا|و)(?=\s|$)/gu) -
  2 * count(text, /[^\p{Script=Arabic}\p{ASCII}\p{P}\s]/gu) -
  count(text, /\p{Script=Arabic}(?=\p{Script=Latin})|\p{Script=Latin}(?=\p{Script=Arabic})/gu)

/** Above this share of bytes outside ASCII a text is not written in Latin letters with accents. */
const ARABIC_SHARE = 0.4

/** Share of bytes outside ASCII among those that can be letters. */
const highShare = (bytes: Uint8Array): number => {
  const high = bytes.reduce((sum, byte) => sum + Number(isHigh(byte)), 0)
  return (
    high /
    Math.max(
      1,
      bytes.reduce((sum, byte) => sum + Number(byte > 0x40), 0),
    )
  )
}

const guessSingleByte = (bytes: Uint8Array): string => {
  const latin = decoder('windows-1252')?.decode(bytes) ?? ''
  if (highShare(bytes) < ARABIC_SHARE) return latin
  const [best] = ['windows-1256', 'iso-8859-6']
    .map((label) => decoder(label)?.decode(bytes) ?? '')
    .map((text) => ({ text, score: arabicScore(text) }))
    .toSorted((a, b) => b.score - a.score)
  return best && best.score > 0 ? best.text : latin
}

/** UTF-8 with a broken character here and there is still UTF-8; mostly broken, it is something else. */
const decodeUnlabelled = (bytes: Uint8Array, claimed: string): string => {
  const strict = decodeStrictUtf8(bytes)
  if (strict !== undefined) return strict
  const lenient = decoder('utf-8')?.decode(bytes) ?? ''
  const wide = count(lenient, /[^\p{ASCII}\uFFFD]/gu)
  if (wide > 4 * count(lenient, /\uFFFD/g)) return lenient
  const isClaimed = claimed.startsWith('utf') && wide > 0 && highShare(bytes) < ARABIC_SHARE
  return isClaimed ? lenient : guessSingleByte(bytes)
}

/** Without a mark the standard says big-endian and programs write little-endian: the zero or Arabic high bytes decide. */
const decodeUtf16 = (bytes: Uint8Array): string => {
  const marks = [0, 1].map((offset) =>
    bytes.reduce((sum, byte, nth) => sum + Number(nth % 2 === offset && (byte === 0 || byte === 6)), 0),
  )
  return decoder((marks[0] ?? 0) > (marks[1] ?? 0) ? 'utf-16be' : 'utf-16le')?.decode(bytes) ?? ''
}

const byMark = (bytes: Uint8Array): string | undefined => {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined
}

/**
 * Bytes of a text in the charset their label claims, if the claim can be true; else in the one they are written in: UTF-8,
 * Arabic (windows-1256, ISO-8859-6) or Western. Never throws; what fits nothing becomes U+FFFD.
 */
export const decodeText = (bytes: Uint8Array, label: string | undefined): string => {
  const mark = byMark(bytes)
  if (mark) return decoder(mark)?.decode(bytes) ?? ''
  const given = (label ?? '').toLowerCase().replace(/["'\s]/g, '')
  const claimed = ALIASES[given] ?? given
  if (claimed === 'utf-16') return decodeUtf16(bytes)
  if (EMPTY_LABELS.has(claimed)) return decodeUnlabelled(bytes, claimed)
  return decoder(claimed)?.decode(bytes) ?? decodeUnlabelled(bytes, claimed)
}
