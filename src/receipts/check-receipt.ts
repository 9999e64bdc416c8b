import { isDeepStrictEqual } from 'node:util'
import type { ReceiptClaims } from '../core/receipt.ts'
import { parseReference } from '../core/reference.ts'
import type { Orm } from '../db/client.ts'
import { composeReceipt, type ReceiptDeps, receiptsOf } from './compose-receipt.ts'
import { readReceiptToken } from './link.ts'
import { publishedKeys } from './publish-keys.ts'
import { verifySignature } from './verify-signature.ts'

export type PresentedReceipt =
  /** A number, or a link of ours: the number it stands for. */
  | { readonly found: 'reference'; readonly reference: string }
  | { readonly found: 'wrong_reference'; readonly reason: 'length' | 'check_digit' }
  /** Signed by us, and on our record as it stands. */
  | { readonly found: 'genuine'; readonly claims: ReceiptClaims }
  /** Signed by us, but not, or no longer, on our record. */
  | { readonly found: 'elsewhere'; readonly claims: ReceiptClaims }
  | { readonly found: 'forged' | 'unknown_key' | 'malformed' }

const SIGNED = /(?<![\w.-])[\w-]+\.[\w-]+\.[\w-]{86}(?![\w.-])/
const LINK = /(?:^|\/receipts\/)([\w-]{43})(?:\.\w+)?\s*$/
/** What can only be meant as a number. */
const NUMBER_LIKE = /^[\p{Nd}\s\p{Pd}\p{Po}\p{Pc}\p{Cf}]+$/u

const checkSigned = async (deps: ReceiptDeps & { orm: Orm }, jws: string): Promise<PresentedReceipt> => {
  const check = verifySignature(jws, await publishedKeys(deps.orm))
  if (!check.ok) return { found: check.reason }
  const { claims } = check
  const recorded = await receiptsOf(deps, claims.reference)
  // The key may have changed since: what counts is that the record says the same.
  const isOnRecord = recorded.some((receipt) => isDeepStrictEqual(receipt.claims, claims))
  return { found: isOnRecord ? 'genuine' : 'elsewhere', claims }
}

/** Judges what somebody holds up: a number as typed, a receipt's link, or a signed receipt pasted whole. */
export const checkPresented = async (
  deps: ReceiptDeps & { readonly orm: Orm },
  presented: string,
): Promise<PresentedReceipt> => {
  const text = presented.trim()
  const [jws] = SIGNED.exec(text) ?? []
  if (jws !== undefined) return checkSigned(deps, jws)
  const receiptId = readReceiptToken(deps.secrets, LINK.exec(text)?.[1] ?? '')
  if (receiptId !== undefined) {
    const facts = await composeReceipt(deps, receiptId)
    if (facts !== undefined) return { found: 'reference', reference: facts.claims.reference }
  }
  if (text === '' || !NUMBER_LIKE.test(text)) return { found: 'malformed' }
  const parsed = parseReference(text)
  return parsed.ok
    ? { found: 'reference', reference: parsed.reference }
    : { found: 'wrong_reference', reason: parsed.reason }
}
