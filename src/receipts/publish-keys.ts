import { asc } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Orm } from '../db/client.ts'
import { receiptKeys } from '../db/schema/index.ts'
import { type ReceiptKey, signingKeyOf } from './sign-receipt.ts'

/** Writes down the public half of the key in use. Runs at every start; a key once used stays published for ever. */
export const publishReceiptKey = async (deps: {
  readonly orm: Orm
  readonly secrets: Secrets
  readonly clock: Clock
}): Promise<ReceiptKey> => {
  const { kid, x } = signingKeyOf(deps.secrets)
  await deps.orm
    .insert(receiptKeys)
    .values({ kid, publicKey: x, createdAt: deps.clock.now() })
    .onConflictDoNothing()
  return { kid, x }
}

/** Every key that ever signed a receipt, oldest first. */
export const publishedKeys = async (orm: Orm): Promise<readonly ReceiptKey[]> =>
  orm
    .select({ kid: receiptKeys.kid, x: receiptKeys.publicKey })
    .from(receiptKeys)
    .orderBy(asc(receiptKeys.createdAt), asc(receiptKeys.kid))

/** The keys as a JWK Set (RFC 7517), which any JOSE library reads. */
export const asJwks = (keys: readonly ReceiptKey[]) => ({
  keys: keys.map(({ kid, x }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' })),
})
