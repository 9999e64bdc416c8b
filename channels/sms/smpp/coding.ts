import type { SmsEncoding } from '../../../src/core/segments.ts'
import type { PartOf } from '../../../src/core/text-message.ts'
import { decodeGsm7, encodeGsm7 } from './gsm7.ts'

/** data_coding of what we send: the SMSC's default alphabet is GSM 03.38; 8 is UCS-2. */
const DATA_CODING: Readonly<Record<SmsEncoding, number>> = { gsm7: 0, ucs2: 8 }

export const dataCodingOf = (encoding: SmsEncoding): number => DATA_CODING[encoding]

const swapped = (octets: Uint8Array): Buffer => {
  const even = Buffer.from(octets.subarray(0, octets.length - (octets.length % 2)))
  return even.swap16()
}

export const encodeText = (text: string, encoding: SmsEncoding): Buffer =>
  encoding === 'gsm7' ? encodeGsm7(text) : swapped(Buffer.from(text, 'utf16le'))

type Alphabet = 'gsm7' | 'ucs2' | 'latin1'

/** GSM 03.38 section 4 as SMPP carries it; 1 and 3 are SMPP's own IA5 and Latin-1. */
const alphabetOf = (dataCoding: number): Alphabet => {
  if (dataCoding === 1 || dataCoding === 3) return 'latin1'
  // Message class group: one bit tells 8-bit data from the default alphabet.
  if ((dataCoding & 0xf0) === 0xf0) return dataCoding & 0x04 ? 'latin1' : 'gsm7'
  const group = (dataCoding & 0x0c) >> 2
  if (group === 2) return 'ucs2'
  return group === 1 ? 'latin1' : 'gsm7'
}

export const decodeText = (octets: Uint8Array, dataCoding: number): string => {
  const alphabet = alphabetOf(dataCoding)
  if (alphabet === 'gsm7') return decodeGsm7(octets)
  return alphabet === 'ucs2' ? swapped(octets).toString('utf16le') : Buffer.from(octets).toString('latin1')
}

/** esm_class: a user data header stands before the text; the message is a delivery receipt. */
export const UDH_INDICATOR = 0x40
const RECEIPT_BITS = 0x3c
const RECEIPT = 0x04
export const isReceipt = (esmClass: number): boolean => (esmClass & RECEIPT_BITS) === RECEIPT

const CONCATENATED_8 = 0x00
const CONCATENATED_16 = 0x08

const partOfElement = (id: number, value: Uint8Array): PartOf | undefined => {
  const wide = id === CONCATENATED_16 && value.length === 4
  if (!wide && !(id === CONCATENATED_8 && value.length === 3)) return undefined
  const [high = 0, low = 0] = value
  const [total = 0, number = 0] = value.subarray(wide ? 2 : 1)
  return { reference: wide ? high * 256 + low : high, total, number }
}

/** Splits what a message carries into its header and its text (3GPP 23.040, 9.2.3.24). */
export const splitHeader = (
  octets: Uint8Array,
): { readonly part: PartOf | undefined; readonly text: Uint8Array } => {
  const length = octets[0] ?? 0
  const text = octets.subarray(length + 1)
  for (let at = 1; at + 1 <= length; ) {
    const [id = 0, size = 0] = octets.subarray(at, at + 2)
    const part = partOfElement(id, octets.subarray(at + 2, at + 2 + size))
    if (part) return { part, text }
    at += 2 + size
  }
  return { part: undefined, text }
}

/** The header of one part of a longer text, with an 8-bit reference: what every network takes. */
export const partHeader = ({ reference, total, number }: PartOf): Buffer =>
  Buffer.from([5, CONCATENATED_8, 3, reference & 0xff, total, number])
