import type { HitDeps } from './take-hit.ts'

/** Spends a proof of work by the hash of its challenge. False: it was spent before, here or on another replica. */
export const spendProof = async ({ sql, clock }: HitDeps, challengeSha256: string): Promise<boolean> => {
  const rows = await sql`insert into used_proofs (challenge_sha256, used_at)
    values (${challengeSha256}, ${clock.now()}) on conflict do nothing returning challenge_sha256`
  return rows.length === 1
}
