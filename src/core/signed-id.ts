import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from './secrets.ts'

const ID_BYTES = 16
const MAC_BYTES = 16

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

const idText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const macOf = (secrets: Pick<Secrets, 'mac'>, purpose: string, id: string): Buffer =>
  Buffer.from(secrets.mac(purpose, id), 'base64url').subarray(0, MAC_BYTES)

/**
 * The secret part of a link: a UUID and 128 bits that only SECRET_KEY can make, 43 characters. Nothing is stored, so nothing
 * can leak from the database, and the same record has the same link for ever. A `purpose` keeps links of two kinds apart.
 */
export const signId = (secrets: Pick<Secrets, 'mac'>, purpose: string, id: string): string =>
  Buffer.concat([idBytes(id), macOf(secrets, purpose, id)]).toString('base64url')

/** The id a token was made for, or undefined when it was not made by us. Takes the same time for either. */
export const readSignedId = (
  secrets: Pick<Secrets, 'mac'>,
  purpose: string,
  token: string,
): string | undefined => {
  const bytes = Buffer.from(token, 'base64url')
  // A second spelling of the same bytes (padding, '+' for '-') would be a second name of one page.
  if (bytes.length !== ID_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return undefined
  const id = idText(bytes.subarray(0, ID_BYTES))
  return timingSafeEqual(bytes.subarray(ID_BYTES), macOf(secrets, purpose, id)) ? id : undefined
}
