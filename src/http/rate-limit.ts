import type { Hits } from '../intake/take-hit.ts'
import type { ProofOfWork } from './proof-of-work.ts'

/**
 * The flood policy, whole. A client is an IPv4 address or an IPv6 /64 (client-key.ts); in this country thousands of telephones
 * share one address, so the limits are those of a flood, not of a person.
 *
 * Filing is slowed, never refused for good: the decree lets a user file again without limit. Within `free` filings a minute
 * and an hour nothing is asked. Beyond that a filing needs a proof of work, which scripts do unseen in a second; without
 * scripts one filing passes each `slowSeconds` and the others are told how long to wait.
 *
 * Tracking counts every try and gives the right ones back. When wrong tries pour in from everywhere (`alarm` in all), each
 * client is left `strict` of them: guessing on many references from many places stays as slow as on one.
 */
export const FLOOD_POLICY = {
  filing: {
    free: [
      { hits: 400, seconds: 60 },
      { hits: 3600, seconds: 3600 },
    ],
    slowSeconds: 20,
  },
  // Programs file for many people. A request from this machine itself is the operator's or a proxy's that does not say whom
  // it serves (TRUSTED_PROXIES): it is nobody's flood.
  api: { limit: 1200, seconds: 60 },
  upload: { limit: 300, seconds: 3600 },
  // Additions, re-submissions: each reaches a body.
  followUp: { limit: 60, seconds: 3600 },
  // Each text costs and rings at somebody's: few to one number, and few from one network that names many numbers.
  text: { perPhone: 3, perClient: 30, seconds: 3600 },
  tracking: { limit: 100, strict: 10, alarm: 3000, seconds: 600 },
} as const

export type TakeHit = (bucket: string, seconds: number) => Promise<Hits>

export type FilingPass =
  | { readonly pass: true }
  | { readonly pass: false; readonly retryAfter: number; readonly challenge: string }

export interface FilingGate {
  /** Lets a filing through or says how long to wait and what to solve instead. `proof` is an ALTCHA payload. */
  admit(client: string, proof: string | undefined): Promise<FilingPass>
}

/** The gate before every filing of the open web: form and API alike. */
export const createFilingGate = (deps: {
  readonly takeHit: TakeHit
  readonly proofOfWork: ProofOfWork
}): FilingGate => {
  const { free, slowSeconds } = FLOOD_POLICY.filing
  const isFree = async (client: string): Promise<boolean> => {
    const counts = await Promise.all(
      free.map(({ seconds }) => deps.takeHit(`filing-${seconds}:${client}`, seconds)),
    )
    return counts.every(({ count }, index) => count <= (free[index]?.hits ?? 0))
  }
  return {
    admit: async (client, proof) => {
      if (await isFree(client)) return { pass: true }
      if (proof !== undefined && (await deps.proofOfWork.accept(proof))) return { pass: true }
      const slow = await deps.takeHit(`filing-slow:${client}`, slowSeconds)
      if (slow.count === 1) return { pass: true }
      return { pass: false, retryAfter: slow.secondsLeft, challenge: await deps.proofOfWork.challenge() }
    },
  }
}
