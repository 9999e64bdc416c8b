import type { Secrets } from '../core/secrets.ts'

/** Largest multiple of a million that 32 bits hold: draws above it are thrown away, so every code is equally likely. */
const FAIR_LIMIT = Math.floor(2 ** 32 / 1_000_000) * 1_000_000

/**
 * The six digits of a complaint's receipt. They follow from the complaint's id and SECRET_KEY, so that a repeated filing and
 * a receipt sent later show the same code although the database holds only its hash.
 */
export const accessCodeOf = (secrets: Secrets, complaintId: string): string => {
  const digest = Buffer.from(secrets.mac('access-code', complaintId), 'base64url')
  for (let offset = 0; offset < digest.length; offset += 4) {
    const draw = digest.readUInt32BE(offset)
    if (draw < FAIR_LIMIT) return String(draw % 1_000_000).padStart(6, '0')
  }
  return String(digest.readUInt32BE(0) % 1_000_000).padStart(6, '0')
}

/** What is stored: keyed and bound to the complaint, because six digits alone would fall to a table of a million hashes. */
export const accessCodeHash = (secrets: Secrets, complaintId: string, code: string): string =>
  secrets.mac('access-code-hash', `${complaintId}:${code}`)
