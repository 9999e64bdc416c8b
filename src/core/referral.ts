/** A round forwarded to one administration. `refused`, `transferred` and `answered` are its ends. */
export const REFERRAL_STATES = [
  'queued',
  'delivered',
  'accepted',
  'refused',
  'transferred',
  'answered',
] as const
export type ReferralState = (typeof REFERRAL_STATES)[number]

/**
 * What may follow. A body that accepted has found the complaint admissible: it can no longer refuse it, only answer it or
 * transfer it. `queued` is left only by the proof that the body holds the dossier.
 */
const NEXT: Readonly<Record<ReferralState, readonly ReferralState[]>> = {
  queued: ['delivered', 'transferred'],
  delivered: ['accepted', 'refused', 'transferred', 'answered'],
  accepted: ['transferred', 'answered'],
  refused: [],
  transferred: [],
  answered: [],
}

export const referralMayBecome = (from: ReferralState, to: ReferralState): boolean => NEXT[from].includes(to)

/** What the body's answer gave the citizen; the sector reports count it. */
export const ANSWER_OUTCOMES = ['granted', 'partly_granted', 'not_granted', 'explained'] as const
export type AnswerOutcome = (typeof ANSWER_OUTCOMES)[number]
