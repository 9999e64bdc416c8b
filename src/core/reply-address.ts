import { timingSafeEqual } from 'node:crypto'
import { parseReference } from './reference.ts'
import type { Secrets } from './secrets.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const MAC_LETTERS = 16

/** Five bits a letter: mail programs change the case of addresses, so base64 would not survive. */
const letters = (bytes: Buffer): string =>
  [...bytes.subarray(0, MAC_LETTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')

const macOf = (secrets: Pick<Secrets, 'mac'>, reference: string): string =>
  letters(Buffer.from(secrets.mac('mail-reply', reference), 'base64url'))

/** The part of a reply address that only SECRET_KEY can make: the reference and 80 bits. */
export const replyToken = (secrets: Pick<Secrets, 'mac'>, reference: string): string =>
  reference + macOf(secrets, reference)

/** The reference a token was made for; undefined when it is not ours. */
export const readReplyToken = (secrets: Pick<Secrets, 'mac'>, token: string): string | undefined => {
  const [, reference = '', mac = ''] = /^(\d{10})([a-z2-7]{16})$/.exec(token.toLowerCase()) ?? []
  if (!parseReference(reference).ok) return undefined
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(secrets, reference))) ? reference : undefined
}

/** `plaintes@…` with a tag: `plaintes+tag@…`. */
export const taggedAddress = (address: string, tag: string): string => {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}+${tag}${address.slice(at)}`
}

/** Where the answers to one complaint's mail go. */
export const replyAddress = (secrets: Pick<Secrets, 'mac'>, address: string, reference: string): string =>
  taggedAddress(address, replyToken(secrets, reference))

/** The address inside `Name <local@domain>`, or the text itself. */
export const bareAddress = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim()
