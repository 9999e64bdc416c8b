import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import { KINDS } from '../core/complaint.ts'
import { LOCALES } from '../core/locale.ts'
import type { ReceiptClaims } from '../core/receipt.ts'
import { RECEIPT_TYPE, type ReceiptKey } from './sign-receipt.ts'

const headerOf = (typ: string) =>
  z.strictObject({ alg: z.literal('EdDSA'), kid: z.string(), typ: z.literal(typ) })

const Claims = z.object({
  v: z.literal(1),
  reference: z.string().regex(/^\d{10}$/),
  receivedAt: z.iso.datetime(),
  kind: z.enum(KINDS),
  administration: z.string().nullable(),
  round: z.int().positive(),
  contentSha256: z.string().regex(/^[0-9a-f]{64}$/),
  issuer: z.url(),
  channel: z.string(),
  language: z.enum(LOCALES),
})

interface Refusal {
  readonly ok: false
  readonly reason: 'malformed' | 'unknown_key' | 'forged'
}
export type CompactCheck<C> = { readonly ok: true; readonly kid: string; readonly claims: C } | Refusal
export type SignatureCheck = CompactCheck<ReceiptClaims>

const refuse = (reason: Refusal['reason']): Refusal => ({ ok: false, reason })

const readPart = <T>(schema: z.ZodType<T>, part: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}

const JWS = /^([\w-]{1,500})\.([\w-]{1,8000})\.([\w-]{86})$/

/**
 * Checks a compact JWS against published keys. Only our one algorithm and the wanted type are understood, and only a key that
 * was published: what the JWS says of its own key is just a name. The signature is checked before the claims are read.
 */
export const verifyCompact = <C>(
  jws: string,
  keys: readonly ReceiptKey[],
  { typ, claims: schema }: { readonly typ: string; readonly claims: z.ZodType<C> },
): CompactCheck<C> => {
  const [, head, body, signature] = JWS.exec(jws.trim()) ?? []
  if (head === undefined || body === undefined || signature === undefined) return refuse('malformed')
  const header = readPart(headerOf(typ), head)
  if (header === undefined) return refuse('malformed')
  const key = keys.find(({ kid }) => kid === header.kid)
  if (key === undefined) return refuse('unknown_key')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' })
  const bytes = Buffer.from(signature, 'base64url')
  // The last character of 86 holds four spare bits: a changed one would decode to the same bytes.
  if (bytes.toString('base64url') !== signature) return refuse('forged')
  if (!verify(null, Buffer.from(`${head}.${body}`), publicKey, bytes)) return refuse('forged')
  const claims = readPart(schema, body)
  return claims === undefined ? refuse('malformed') : { ok: true, kid: header.kid, claims }
}

/** Checks a receipt against published keys. */
export const verifySignature = (jws: string, keys: readonly ReceiptKey[]): SignatureCheck =>
  verifyCompact<ReceiptClaims>(jws, keys, { typ: RECEIPT_TYPE, claims: Claims })
