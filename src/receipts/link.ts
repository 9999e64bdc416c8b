import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../core/secrets.ts'

const ID_BYTES = 16
const MAC_BYTES = 16

const idBytes = (receiptId: string): Buffer => Buffer.from(receiptId.replaceAll('-', ''), 'hex')

const idText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const macOf = (secrets: Secrets, receiptId: string): Buffer =>
  Buffer.from(secrets.mac('receipt-link', receiptId), 'base64url').subarray(0, MAC_BYTES)

/**
 * The secret part of a receipt's link: the receipt's id and 128 bits that only SECRET_KEY can make. Nothing is stored, so
 * nothing can leak from the database, and the same receipt has the same link for ever.
 */
export const receiptToken = (secrets: Secrets, receiptId: string): string =>
  Buffer.concat([idBytes(receiptId), macOf(secrets, receiptId)]).toString('base64url')

/** The receipt a token was made for, or undefined when it was not made by us. Takes the same time for either. */
export const readReceiptToken = (secrets: Secrets, token: string): string | undefined => {
  const bytes = Buffer.from(token, 'base64url')
  // A second spelling of the same bytes (padding, '+' for '-') would be a second name of one page.
  if (bytes.length !== ID_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return undefined
  const receiptId = idText(bytes.subarray(0, ID_BYTES))
  return timingSafeEqual(bytes.subarray(ID_BYTES), macOf(secrets, receiptId)) ? receiptId : undefined
}
