import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { ReceiptClaims } from '../core/receipt.ts'
import type { Secrets } from '../core/secrets.ts'

/** A public key as it is published (RFC 8037). */
export interface ReceiptKey {
  readonly kid: string
  /** 32 bytes, base64url. */
  readonly x: string
}

export interface SigningKey extends ReceiptKey {
  readonly privateKey: KeyObject
}

export const RECEIPT_TYPE = 'wasl-receipt+jws'

/** An Ed25519 private key is 32 bytes of seed behind this PKCS #8 head (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The key's name: its JWK thumbprint (RFC 7638), so that two keys never share one and nobody hands names out. */
const thumbprint = (x: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')

/** The key that follows from SECRET_KEY. Replicas that share SECRET_KEY sign alike. */
export const signingKeyOf = (secrets: Secrets): SigningKey => {
  const der = Buffer.concat([PKCS8_HEAD, secrets.derive('receipt-signing')])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { kid: thumbprint(x), x, privateKey }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs any statement of ours as a compact JWS (RFC 7515); `type` says what it is, so that one is never taken for another. */
export const signStatement = (
  key: SigningKey,
  type: string,
  payload: Readonly<Record<string, unknown>>,
): string => {
  const input = `${encode({ alg: 'EdDSA', kid: key.kid, typ: type })}.${encode(payload)}`
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`
}

/** Any claims as a compact JWS (RFC 7515) of a type. Ed25519 is deterministic: the same claims always give the same one. */
export const signCompact = (key: SigningKey, typ: string, claims: object): string => {
  const input = `${encode({ alg: 'EdDSA', kid: key.kid, typ })}.${encode(claims)}`
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`
}

/**
 * Signs the claims as a compact JWS (RFC 7515). Ed25519 is deterministic: the same claims always give the same receipt, so
 * it need not be stored.
 */
export const signReceipt = (key: SigningKey, claims: ReceiptClaims): string => {
  const { v, reference, receivedAt, kind, administration, round, contentSha256, issuer, channel, language } =
    claims
  return signStatement(key, RECEIPT_TYPE, {
    v,
    reference,
    receivedAt,
    kind,
    administration,
    round,
    contentSha256,
    issuer,
    channel,
    language,
  })
}
