import type { ClosedReason, Ground, Status } from '../core/complaint.ts'
import type { AnswerOutcome, ReferralState } from '../core/referral.ts'
import type { Chance } from './random.ts'

const DAY_MS = 86_400_000

export interface SeedEvent {
  readonly at: Date
  readonly round: number
  readonly event: string
}

export interface SeedRound {
  readonly number: number
  readonly openedAt: Date
  reviewedAt?: Date
  outcome?: 'admissible' | 'inadmissible'
  answeredAt?: Date
  answerOutcome?: AnswerOutcome
  satisfied?: boolean
  closedAt?: Date
  referral?: { state: ReferralState; deliveredAt: Date; acceptedAt?: Date; settledAt?: Date }
}

/** What became of one filing until now. */
export interface Story {
  status: Status
  closedReason?: ClosedReason
  ground?: Ground
  readonly rounds: SeedRound[]
  readonly events: SeedEvent[]
  /** The last thing that happened. */
  updatedAt: Date
}

interface Telling {
  readonly chance: Chance
  readonly now: Date
  readonly story: Story
}

const later = (at: Date, days: number): Date => new Date(at.getTime() + days * DAY_MS)

/** Notes what happened at an instant; false when that instant is still to come, and the story stands where it was. */
const happen = ({ now, story }: Telling, at: Date, event: string, status?: Status): boolean => {
  if (at > now) return false
  story.events.push({ at, round: story.rounds.length, event })
  if (status !== undefined) story.status = status
  story.updatedAt = at
  return true
}

const REFUSALS = {
  before_court: 4,
  private_dispute: 3,
  unintelligible: 2,
  other_authority: 1,
  insult: 1,
  duplicate: 1,
} as const satisfies Partial<Record<Ground, number>>

const close = (telling: Telling, round: SeedRound, at: Date, reason: ClosedReason): void => {
  if (!happen(telling, at, reason === 'withdrawn' ? 'withdrawn' : 'closed', 'closed')) return
  telling.story.closedReason = reason
  round.closedAt = at
}

/** The formal review (15 days by law; one in twelve comes late). Gives the day it was found admissible. */
const review = (telling: Telling, round: SeedRound, from: Date): Date | undefined => {
  const { chance, story } = telling
  const { referral } = round
  const at = later(from, chance.happens(0.08) ? chance.between(16, 26) : chance.between(0.3, 13))
  if (!happen(telling, later(from, 0.2), 'review_started', 'formal_review') || referral === undefined)
    return undefined
  if (chance.happens(0.05)) {
    const asked = later(from, 3)
    if (!happen(telling, asked, 'information_requested', 'information_requested')) return undefined
    if (!happen(telling, later(asked, chance.between(1, 9)), 'information_received', 'formal_review'))
      return undefined
  }
  const refused = chance.happens(0.09)
  if (
    !happen(
      telling,
      at > story.updatedAt ? at : later(story.updatedAt, 1),
      refused ? 'inadmissible' : 'admissible',
    )
  )
    return undefined
  const reviewedAt = story.updatedAt
  Object.assign(round, { reviewedAt, outcome: refused ? 'inadmissible' : 'admissible' })
  if (refused) {
    story.status = 'closed'
    story.closedReason = 'inadmissible'
    story.ground = chance.weighted(REFUSALS)
    round.closedAt = reviewedAt
    round.referral = { ...referral, state: 'refused', settledAt: reviewedAt }
    return undefined
  }
  story.status = 'admissible'
  round.referral = { ...referral, state: 'accepted', acceptedAt: reviewedAt }
  return reviewedAt
}

/** The answer (60 days after the review): most in time, some late, a few never. */
const answer = (telling: Telling, round: SeedRound, from: Date): Date | undefined => {
  const { chance, story } = telling
  if (!happen(telling, later(from, chance.between(1, 8)), 'in_progress', 'in_progress')) return undefined
  if (chance.happens(0.07)) return undefined
  const days = chance.happens(0.17) ? chance.between(61, 110) : chance.between(9, 58)
  const at = later(from, days)
  if (at > telling.now && later(at, -4) < telling.now) story.status = 'answer_in_approval'
  if (!happen(telling, at, 'answered', 'answered')) return undefined
  round.answeredAt = at
  round.answerOutcome = chance.weighted({ granted: 5, partly_granted: 2, not_granted: 2, explained: 2 })
  if (round.referral) round.referral = { ...round.referral, state: 'answered', settledAt: at }
  return at
}

const openRound = (telling: Telling, at: Date): SeedRound => {
  const round: SeedRound = { number: telling.story.rounds.length + 1, openedAt: at }
  telling.story.rounds.push(round)
  return round
}

/** One pass of the circuit, and the next when the answer did not satisfy. */
const passCircuit = (telling: Telling, round: SeedRound, referredAt: Date): void => {
  const { chance } = telling
  if (!happen(telling, referredAt, 'referred')) return
  round.referral = { state: 'delivered', deliveredAt: later(referredAt, 0.001) }
  if (chance.happens(0.02)) {
    close(telling, round, later(referredAt, chance.between(1, 6)), 'withdrawn')
    return
  }
  const admittedAt = review(telling, round, referredAt)
  const answeredAt = admittedAt && answer(telling, round, admittedAt)
  if (answeredAt === undefined) return
  const heard = later(answeredAt, chance.between(1, 12))
  const voice = chance.weighted({
    satisfied: 48,
    silent: 38,
    again: telling.story.rounds.length < 4 ? 11 : 0,
  })
  if (voice === 'again' && heard <= telling.now) {
    round.satisfied = false
    round.closedAt = heard
    const next = openRound(telling, heard)
    happen(telling, heard, 'resubmitted', 'received')
    passCircuit(telling, next, later(heard, 0.002))
  } else if (voice === 'satisfied' && heard <= telling.now) {
    round.satisfied = true
    close(telling, round, heard, 'satisfied')
  } else if (voice === 'silent') close(telling, round, later(answeredAt, 30), 'silent')
}

/** Tells what became of a filing. `way`: it named its body, waited in triage first, or lies outside the law. */
export const tellStory = (
  chance: Chance,
  filing: { receivedAt: Date; now: Date; way: 'named' | 'unknown' | 'outside' },
): Story => {
  const { receivedAt, now, way } = filing
  const story: Story = { status: 'received', rounds: [], events: [], updatedAt: receivedAt }
  const telling = { chance, now, story }
  const round = openRound(telling, receivedAt)
  happen(telling, receivedAt, 'received')
  if (way === 'outside') {
    Object.assign(round, { outcome: 'inadmissible', reviewedAt: later(receivedAt, 0.001) })
    happen(telling, later(receivedAt, 0.001), 'outside_scope')
    story.ground = 'national_defence'
    close(telling, round, later(receivedAt, 0.002), 'inadmissible')
    return story
  }
  if (way === 'named') {
    passCircuit(telling, round, later(receivedAt, 0.001))
    return story
  }
  story.status = 'triage'
  const decided = later(receivedAt, chance.between(0.1, 5))
  if (happen(telling, decided, 'triaged', 'received')) passCircuit(telling, round, later(decided, 0.001))
  return story
}
