import { createHash } from 'node:crypto'
import { createChallenge, verifySolution } from 'altcha-lib/v1'
import type { Clock } from '../core/clock.ts'
import type { Secrets } from '../core/secrets.ts'

/** About one second of an old phone; a thousand filings cost an attacker a quarter of an hour of it. */
const MAX_NUMBER = 60_000
const LIFE_MS = 10 * 60_000

export interface ProofOfWork {
  /** A fresh challenge as JSON: algorithm, challenge, maxnumber, salt, signature. */
  challenge(): Promise<string>
  /** True once for a right, unexpired and unspent solution (base64 JSON, as ALTCHA writes it). */
  accept(payload: string): Promise<boolean>
}

/** ALTCHA challenges, made and checked here: no third party learns who complains. */
export const createProofOfWork = (deps: {
  readonly secrets: Pick<Secrets, 'derive'>
  readonly clock: Clock
  readonly spend: (challengeSha256: string) => Promise<boolean>
}): ProofOfWork => {
  const hmacKey = deps.secrets.derive('proof-of-work').toString('hex')
  return {
    challenge: async () => {
      const expires = new Date(deps.clock.now().getTime() + LIFE_MS)
      return JSON.stringify(await createChallenge({ hmacKey, maxNumber: MAX_NUMBER, expires }))
    },
    accept: async (payload) => {
      const right = await verifySolution(payload, hmacKey).catch(() => false)
      return right && deps.spend(createHash('sha256').update(challengeIn(payload)).digest('hex'))
    },
  }
}

/** What makes a challenge itself: two spellings of one solution are one proof. Only read of a verified payload. */
const challengeIn = (payload: string): string =>
  String((JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { challenge?: unknown }).challenge)
