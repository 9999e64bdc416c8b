/** Decree 2-17-265: a user may complain, remark or suggest. The three are counted apart everywhere. */
export const KINDS = ['complaint', 'observation', 'suggestion'] as const
export type Kind = (typeof KINDS)[number]

/** The six states a citizen is shown, with the same words on every channel. */
export const CITIZEN_STATES = [
  'received',
  'being_checked',
  'waiting_for_you',
  'with_office',
  'answered',
  'closed',
] as const
export type CitizenState = (typeof CITIZEN_STATES)[number]

/** Which legal date the citizen waits for in a state: the formal review, the answer, or none. */
export type AwaitedDate = 'review' | 'answer' | 'none'

interface StatusRule {
  readonly citizen: CitizenState
  readonly awaits: AwaitedDate
  readonly next: readonly Status[]
}

/**
 * Every internal status with what the citizen sees and where it may go. `closed` leads back to `received` because
 * re-submission is open without limit (decree 2-17-265): the same complaint, a new round.
 */
export const STATUSES = {
  received: {
    citizen: 'received',
    awaits: 'review',
    next: ['triage', 'formal_review', 'admissible', 'closed'],
  },
  // Once triage has found the body, the complaint waits for it as one that named it does.
  triage: {
    citizen: 'received',
    awaits: 'review',
    next: ['received', 'formal_review', 'admissible', 'closed'],
  },
  formal_review: {
    citizen: 'being_checked',
    awaits: 'review',
    next: ['formal_review', 'triage', 'information_requested', 'admissible', 'answered', 'closed'],
  },
  information_requested: {
    citizen: 'waiting_for_you',
    awaits: 'review',
    next: ['formal_review', 'admissible', 'answer_in_approval', 'answered', 'closed'],
  },
  admissible: {
    citizen: 'with_office',
    awaits: 'answer',
    next: [
      'triage',
      'formal_review',
      'information_requested',
      'in_progress',
      'answer_in_approval',
      'answered',
      'closed',
    ],
  },
  in_progress: {
    citizen: 'with_office',
    awaits: 'answer',
    next: ['triage', 'formal_review', 'information_requested', 'answer_in_approval', 'answered', 'closed'],
  },
  answer_in_approval: {
    citizen: 'with_office',
    awaits: 'answer',
    // A misrouted complaint can be handed on even then: what waited is dropped.
    next: ['formal_review', 'in_progress', 'answered', 'closed'],
  },
  answered: { citizen: 'answered', awaits: 'none', next: ['received', 'closed'] },
  closed: { citizen: 'closed', awaits: 'none', next: ['received'] },
} as const satisfies Record<string, StatusRule>

export type Status =
  | 'received'
  | 'triage'
  | 'formal_review'
  | 'information_requested'
  | 'admissible'
  | 'in_progress'
  | 'answer_in_approval'
  | 'answered'
  | 'closed'

export const CLOSED_REASONS = ['satisfied', 'silent', 'withdrawn', 'inadmissible', 'merged'] as const
export type ClosedReason = (typeof CLOSED_REASONS)[number]

export const citizenState = (status: Status): CitizenState => STATUSES[status].citizen

/** The legal date that runs: once the review is made, whatever happens to the complaint, it is the answer's. */
export const runningDate = (status: Status, isReviewMet: boolean): AwaitedDate => {
  const { awaits } = STATUSES[status]
  return awaits === 'review' && isReviewMet ? 'answer' : awaits
}

/** True when the transition table allows `to` after `from`. */
export const mayBecome = (from: Status, to: Status): boolean =>
  (STATUSES[from].next as readonly Status[]).includes(to)

/** Refusal grounds of the formal review (default list; the ministry may edit the texts). "Not ours" is no ground: transfer. */
export const GROUNDS = [
  'before_court',
  'other_authority',
  'private_dispute',
  'national_defence',
  'insult',
  'unintelligible',
  'duplicate',
] as const
export type Ground = (typeof GROUNDS)[number]

/** The statuses a `state` filter means. A word that is both (`closed`) means the citizen's state, which is the wider. */
export const statusesOf = (state: string): Status[] => {
  const statuses = Object.keys(STATUSES) as Status[]
  if ((CITIZEN_STATES as readonly string[]).includes(state))
    return statuses.filter((status) => citizenState(status) === state)
  return statuses.filter((status) => status === state)
}
