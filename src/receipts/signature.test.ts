import { createHash, createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReceiptClaims } from '../core/receipt.ts'
import { createSecrets } from '../platform/secrets.ts'
import { readReceiptToken, receiptToken } from './link.ts'
import { asJwks } from './publish-keys.ts'
import { signingKeyOf, signReceipt } from './sign-receipt.ts'
import { verifySignature } from './verify-signature.ts'

const secrets = createSecrets('a'.repeat(32))
const stranger = createSecrets('b'.repeat(32))
const key = signingKeyOf(secrets)
const claims: ReceiptClaims = {
  v: 1,
  reference: '2612345670',
  receivedAt: '2026-11-21T10:00:00.000Z',
  kind: 'complaint',
  administration: 'SANTE',
  round: 1,
  contentSha256: 'c'.repeat(64),
  issuer: 'https://wasl.example',
  channel: 'web',
  language: 'ar',
}
const jws = signReceipt(key, claims)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('the signed receipt', () => {
  it('is checked by any Ed25519 implementation from the published JWK Set alone', () => {
    const [head = '', body = '', signature = ''] = jws.split('.')
    const jwk = asJwks([key]).keys[0]!
    const input = Buffer.from(`${head}.${body}`)
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    expect(verify(null, input, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: jwk.kid,
      typ: 'wasl-receipt+jws',
    })
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual(claims)
    const thumbprint = `{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`
    expect(jwk.kid).toBe(createHash('sha256').update(thumbprint).digest('base64url'))
  })

  it('is the same whenever it is made again, on every replica', () => {
    expect(signReceipt(signingKeyOf(createSecrets('a'.repeat(32))), { ...claims })).toBe(jws)
  })

  it('verifies with its key among others', () => {
    expect(verifySignature(`\n${jws} `, [signingKeyOf(stranger), key])).toEqual({
      ok: true,
      kid: key.kid,
      claims,
    })
  })

  it.each([
    [
      'another key of the same name',
      signReceipt({ ...signingKeyOf(stranger), kid: key.kid }, claims),
      'forged',
    ],
    ['a key never published', signReceipt(signingKeyOf(stranger), claims), 'unknown_key'],
    ['other claims', jws.replace(/\.[^.]+\./, `.${part({ ...claims, kind: 'suggestion' })}.`), 'forged'],
    ['no signature', jws.replace(/[^.]+$/, ''), 'malformed'],
    [
      'algorithm none',
      `${part({ alg: 'none', kid: key.kid, typ: 'wasl-receipt+jws' })}.${part(claims)}.${'A'.repeat(86)}`,
      'malformed',
    ],
    [
      'another type of ours',
      jws.replace(/^[^.]+/, part({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })),
      'malformed',
    ],
    [
      'a key of its own',
      jws.replace(/^[^.]+/, part({ alg: 'EdDSA', kid: key.kid, typ: 'wasl-receipt+jws', jwk: {} })),
      'malformed',
    ],
    ['signed nonsense', signReceipt(key, { ...claims, round: -1 }), 'malformed'],
    ['nothing', '', 'malformed'],
  ])('refuses %s', (_, forged, reason) => {
    expect(verifySignature(forged, [key])).toEqual({ ok: false, reason })
  })

  it('refuses every change of one character', () => {
    fc.assert(
      fc.property(fc.nat(jws.length - 1), fc.constantFrom(...'Ab0_-.'), (at, char) => {
        const changed = jws.slice(0, at) + char + jws.slice(at + 1)
        expect(verifySignature(changed, [key]).ok).toBe(changed === jws)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the link', () => {
  const id = '019aa000-0000-7000-8000-0123456789ab'

  it('reads its own tokens only', () => {
    const token = receiptToken(secrets, id)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(readReceiptToken(secrets, token)).toBe(id)
    expect(readReceiptToken(stranger, token)).toBeUndefined()
    for (const bad of ['', 'x', token.slice(1), `${token}=`, `${token}A`, token.replace(/.$/, '!')])
      expect(readReceiptToken(secrets, bad)).toBeUndefined()
  })

  it('refuses every change of one character', () => {
    const token = receiptToken(secrets, id)
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(readReceiptToken(secrets, changed)).toBeUndefined()
    }
  })
})
