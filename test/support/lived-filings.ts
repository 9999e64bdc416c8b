/** One pass of a filing as whoever acted knows it. */
export interface LivedRound {
  readonly opened: Date
  reviewed?: Date
  refused?: boolean
  undirected?: boolean
  answered?: Date
  outcome?: string
  withdrawn?: Date
  merged?: { readonly into: Lived; readonly at: Date; readonly intoRound: number }
  satisfied?: boolean
  /** The legal dates as they were told. */
  reviewBy: string
  answerBy: string
}

/** A filing and what was done with it, in memory: the truth that numbers are held against. */
export interface Lived {
  readonly id: string
  readonly reference: string
  body: string
  readonly kind: string
  readonly channel: string
  transferred: boolean
  readonly rounds: [LivedRound, ...LivedRound[]]
}

export const dayOf = (at: Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Africa/Casablanca' }).format(at)
const daysBetween = (from: string, until: string): number =>
  Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000)

export const present = ({ rounds }: Lived): LivedRound => rounds.at(-1) ?? rounds[0]
export const isRunning = (one: Lived): boolean => {
  const { answered, refused, withdrawn, merged } = present(one)
  return !(answered || refused || withdrawn || merged)
}

const later = (a: Date, b: Date): Date => (a > b ? a : b)

/** The answer that somebody got who was merged: the other's, while they had part in it, or one of their own later rounds. */
const givenTo = ({ rounds: [first, ...own] }: Lived): LivedRound | undefined => {
  const left = own[0]?.opened
  const others = first.merged?.into.rounds.slice(first.merged.intoRound - 1) ?? []
  return [...others.filter(({ answered }) => answered && (!left || answered <= left)), ...own]
    .filter(({ answered }) => answered)
    .toSorted((a, b) => Number(a.answered) - Number(b.answered))[0]
}

/** How the first pass ended, by the published words. */
const endOf = (one: Lived) => {
  const [first] = one.rounds
  const given = first.merged ? givenTo(one) : undefined
  const answered =
    first.answered ?? (given?.answered && first.merged ? later(given.answered, first.merged.at) : undefined)
  if (answered) return { ending: 'answered', on: dayOf(answered), given } as const
  if (first.refused && first.reviewed)
    return { ending: 'refused', on: dayOf(first.reviewed), given: undefined } as const
  if (first.withdrawn && !first.merged)
    return { ending: 'withdrawn', on: dayOf(first.withdrawn), given: undefined } as const
  return { ending: 'open', on: undefined, given: undefined } as const
}

/** Every number of the tiles and of the tables that are checked, counted by hand on a day. */
export const truthOf = (all: readonly Lived[], today: string): Record<string, number> => {
  const facts = all.map((one) => ({ one, first: one.rounds[0], ...endOf(one) }))
  type Fact = (typeof facts)[number]
  const ended = ({ ending }: Fact) => ending === 'answered' || ending === 'refused'
  const owed = ({ ending }: Fact) => ending === 'answered' || ending === 'open'
  const due = (fact: Fact) => owed(fact) && fact.first.answerBy < today
  const settled = (fact: Fact) => ended(fact) && daysBetween(fact.on ?? '', today) > 30
  const reviewDue = (fact: Fact) => fact.ending !== 'withdrawn' && fact.first.reviewBy < today
  const looked = ({ first }: Fact) => first.reviewed ?? first.merged?.at
  const lastAnswer = ({ one, given }: Fact) => one.rounds.findLast(({ answered }) => answered) ?? given
  const opinion = (fact: Fact) => {
    const own = fact.one.rounds.findLast(({ answered }) => answered)
    return own ? own.satisfied : fact.given && fact.first.satisfied
  }
  const runsOut = (one: Lived) => (present(one).reviewed ? present(one).answerBy : present(one).reviewBy)
  const n = (test: (fact: Fact) => unknown) => facts.filter(test).length
  return {
    received: all.length,
    open: n(({ one }) => isRunning(one)),
    overdue: n(({ one }) => isRunning(one) && runsOut(one) < today),
    due: n(due),
    due_answered: n((fact) => due(fact) && fact.ending === 'answered'),
    due_in_time: n(
      (fact) => due(fact) && fact.ending === 'answered' && (fact.on ?? '') <= fact.first.answerBy,
    ),
    settled: n(settled),
    settled_renewed: n((fact) => settled(fact) && fact.one.rounds.length > 1),
    renewed_soon: n((fact) => {
      const again = fact.one.rounds[1]
      return ended(fact) && again && daysBetween(fact.on ?? '', dayOf(again.opened)) <= 15
    }),
    review_due: n(reviewDue),
    review_in_time: n((fact) => {
      const at = looked(fact)
      return reviewDue(fact) && at && dayOf(at) <= fact.first.reviewBy
    }),
    admissible: n(({ first }) => first.reviewed && !first.refused),
    refused: n(({ ending }) => ending === 'refused'),
    review_withdrawn: n(({ ending, first }) => ending === 'withdrawn' && !first.reviewed),
    review_joined: n(({ first }) => first.merged && !first.reviewed),
    review_pending: n(({ ending, first }) => ending === 'open' && !first.reviewed && !first.merged),
    refused_undirected: n(({ ending, first }) => ending === 'refused' && first.undirected),
    transferred: n(({ one }) => one.transferred),
    granted: n((fact) => lastAnswer(fact)?.outcome === 'granted'),
    explained: n((fact) => lastAnswer(fact)?.outcome === 'explained'),
    rated: n((fact) => opinion(fact) !== undefined),
    satisfied: n((fact) => opinion(fact) === true),
  }
}

/** The share answered within so many days: Kaplan and Meier by hand, day after day, over single lives. */
export const answeredWithin = (all: readonly Lived[], today: string, limit: number): number => {
  const lives = all.flatMap((one) => {
    const { ending, on } = endOf(one)
    const days = daysBetween(dayOf(one.rounds[0].opened), on ?? today)
    return ending === 'refused' ? [] : [{ days, answered: ending === 'answered' }]
  })
  return Array.from({ length: limit + 1 }, (_, day) => day).reduce((waiting, day) => {
    const atRisk = lives.filter(({ days }) => days >= day).length
    const answered = lives.filter((life) => life.days === day && life.answered).length
    return atRisk === 0 ? waiting : waiting * (1 - answered / atRisk)
  }, 1)
}
