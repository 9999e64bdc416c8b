import fs from 'node:fs/promises'
import { z } from 'zod'
import type { ReceiptKey } from '../receipts/sign-receipt.ts'
import { type SignatureCheck, verifySignature } from '../receipts/verify-signature.ts'

/** A receipt is one page or a few lines: nothing larger is one. */
const LARGEST_BYTES = 5 * 1024 * 1024

export type FileCheck =
  | SignatureCheck
  | { readonly ok: false; readonly reason: 'unreadable' | 'no_receipt' | 'several_receipts' }

const IN_PDF = /wasl-receipt:([\w-]+\.[\w-]+\.[\w-]+)/g
const ANYWHERE = /(?<![\w.-])eyJ[\w-]+\.[\w-]+\.[\w-]{86}(?![\w.-])/g

/** The distinct signed receipts a file holds. A PDF carries one in its keywords, the page's JSON in `signature`. */
const receiptsIn = (text: string): readonly string[] => {
  const found = text.startsWith('%PDF')
    ? [...text.matchAll(IN_PDF)].map(([, jws = '']) => jws)
    : [...text.matchAll(ANYWHERE)].map(([jws]) => jws)
  return [...new Set(found)]
}

/**
 * Checks the signed receipt inside a file's bytes, offline. It vouches for the signed facts it gives back, not for what is
 * drawn on the page: whoever checks compares the two.
 */
export const verifyReceiptBytes = (
  bytes: Uint8Array,
  { publicKeys }: { readonly publicKeys: readonly ReceiptKey[] },
): FileCheck => {
  const [receipt, another] = receiptsIn(Buffer.from(bytes).toString('latin1'))
  if (receipt === undefined) return { ok: false, reason: 'no_receipt' }
  if (another !== undefined) return { ok: false, reason: 'several_receipts' }
  return verifySignature(receipt, publicKeys)
}

/** Checks a `.pdf`, `.json` or `.jws` receipt. `unreadable`: no such file, or far larger than a receipt. */
export const verifyReceiptFile = async (
  file: string,
  options: { readonly publicKeys: readonly ReceiptKey[] },
): Promise<FileCheck> => {
  try {
    const { size } = await fs.stat(file)
    if (size > LARGEST_BYTES) return { ok: false, reason: 'unreadable' }
    return verifyReceiptBytes(await fs.readFile(file), options)
  } catch {
    return { ok: false, reason: 'unreadable' }
  }
}

const Jwks = z.object({
  keys: z.array(
    z.object({ kty: z.string(), crv: z.string().optional(), kid: z.string(), x: z.string().optional() }),
  ),
})

/** The Ed25519 keys of a JWK Set as published at /.well-known/jwks.json; undefined when the text is none. */
export const readJwks = (text: string): readonly ReceiptKey[] | undefined => {
  try {
    const { keys } = Jwks.parse(JSON.parse(text))
    return keys.flatMap(({ kty, crv, kid, x }) =>
      kty === 'OKP' && crv === 'Ed25519' && x !== undefined ? [{ kid, x }] : [],
    )
  } catch {
    return undefined
  }
}
