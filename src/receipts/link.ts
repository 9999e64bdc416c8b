import type { Secrets } from '../core/secrets.ts'
import { readSignedId, signId } from '../core/signed-id.ts'

const PURPOSE = 'receipt-link'

/** The secret part of a receipt's link: the same receipt has the same link for ever. */
export const receiptToken = (secrets: Secrets, receiptId: string): string =>
  signId(secrets, PURPOSE, receiptId)

/** The receipt a token was made for, or undefined when it was not made by us. */
export const readReceiptToken = (secrets: Secrets, token: string): string | undefined =>
  readSignedId(secrets, PURPOSE, token)
