import { GSM_BASIC, GSM_EXTENSION } from '../../../src/core/segments.ts'

const ESCAPE = 0x1b
const CODES = new Map([...GSM_BASIC].map((character, code) => [character, code]))
const BASIC = [...GSM_BASIC]
const EXTENDED = new Map(Object.entries(GSM_EXTENSION).map(([character, code]) => [code, character]))
const UNKNOWN = '?'.charCodeAt(0)

/** A text in GSM 03.38, one septet an octet, as SMPP carries it. What the alphabet lacks becomes a question mark. */
export const encodeGsm7 = (text: string): Buffer =>
  Buffer.from(
    [...text].flatMap((character) => {
      const extended = GSM_EXTENSION[character]
      return extended === undefined ? [CODES.get(character) ?? UNKNOWN] : [ESCAPE, extended]
    }),
  )

/** Reads GSM 03.38; an escape that leads nowhere is a space, as the standard has it. */
export const decodeGsm7 = (octets: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < octets.length; at += 1) {
    const code = octets[at] ?? 0
    if (code !== ESCAPE) text += BASIC[code & 0x7f] ?? ' '
    else {
      at += 1
      text += EXTENDED.get(octets[at] ?? 0) ?? ' '
    }
  }
  return text
}
