/**
 * What is counted, each as a condition on `complaint_facts f` (migrations/0044_office_clock.sql) in SQL that people read. The kept
 * sums, the lists behind a number and the published definitions are all made from these lines, so they cannot differ.
 *
 * `f.as_of` is the office day the numbers speak of. `f.ending` tells how the first pass through the circuit ended: answered,
 * refused at the formal review, withdrawn (closed without either), or open.
 * What was merged into another filing is one filing all the same: answered on the day the other is, by its own dates, open until then.
 */
export const MEASURES = {
  received: 'true',
  /** A legal date runs now, in whichever round. */
  open: `f.status not in ('answered', 'closed')`,
  overdue: 'f.running_due_on < f.as_of',
  answered: `f.ending = 'answered'`,
  waiting: `f.ending = 'open'`,
  refused: `f.ending = 'refused'`,
  withdrawn: `f.ending = 'withdrawn'`,
  admissible: `f.review_outcome = 'admissible'`,
  // With the two above they are everything received: each filing stands in one line of the formal review.
  review_withdrawn: `f.review_outcome is null and f.ending = 'withdrawn'`,
  review_joined: 'f.review_outcome is null and f.joined',
  review_pending: `f.review_outcome is null and f.ending = 'open' and not f.joined`,
  // The formal review is owed until it is made, unless the person takes the complaint back.
  review_due: `f.review_due_on < f.as_of and f.ending <> 'withdrawn'`,
  review_in_time: `f.review_due_on < f.as_of and f.ending <> 'withdrawn' and f.reviewed_in_time`,
  // An answer is owed to what was not refused and not withdrawn. Only those whose legal date has passed are judged: neither a
  // quick answer nor a young complaint makes the newest months look better than they will be.
  due: `f.ending in ('answered', 'open') and f.answer_due_on < f.as_of`,
  due_answered: `f.ending = 'answered' and f.answer_due_on < f.as_of`,
  due_in_time: `f.ending = 'answered' and f.answer_due_on < f.as_of and f.answered_in_time`,
  not_due: `f.ending in ('answered', 'open') and f.answer_due_on >= f.as_of`,
  // Who was not content has had thirty days to say so.
  settled: `f.ending in ('answered', 'refused') and f.ended_on < f.as_of - 30`,
  settled_renewed: `f.ending in ('answered', 'refused') and f.ended_on < f.as_of - 30 and f.round > 1`,
  renewed: 'f.round > 1',
  renewed_soon: `f.ending in ('answered', 'refused') and f.renewed_on <= f.ended_on + 15`,
  ended: `f.ending in ('answered', 'refused')`,
  ended_last_days: `f.ending in ('answered', 'refused') and f.ended_on between f.answer_due_on - 2 and f.answer_due_on`,
  refused_undirected: 'f.undirected',
  granted: `f.answer_outcome = 'granted'`,
  partly_granted: `f.answer_outcome = 'partly_granted'`,
  not_granted: `f.answer_outcome = 'not_granted'`,
  explained: `f.answer_outcome = 'explained'`,
  rated: 'f.satisfied is not null',
  satisfied: 'f.satisfied',
  transferred: 'f.transferred',
  receipt_failed: 'f.receipt_failed',
  /** May be counted otherwise on a later day though nothing happens to it. */
  moving: `f.status not in ('answered', 'closed') or f.ending = 'open' or f.answer_due_on >= f.as_of
    or f.review_due_on >= f.as_of or (f.ending in ('answered', 'refused') and f.ended_on >= f.as_of - 30)`,
} as const satisfies Readonly<Record<string, string>>

export type Measure = keyof typeof MEASURES
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[]
export type Counts = Readonly<Record<Measure, number>>

export const isMeasure = (name: string): name is Measure => Object.hasOwn(MEASURES, name)

/** Days from filing to the end of the first pass or, while it is open, until now: by what happened to it. */
export const DAY_LISTS = {
  answered_days: 'answered',
  waiting_days: 'waiting',
  withdrawn_days: 'withdrawn',
} as const satisfies Readonly<Record<string, Measure>>

/** More than that, which is ninety years, is counted as that. */
export const MOST_DAYS = 32_767

/** Those days in SQL, of a fact and of a complaint that was counted; `asOf`, in SQL too, is the day the numbers speak of. */
export const daysIn = (asOf: string): string =>
  `least(coalesce(f.ended_on, ${asOf}) - f.received_on, ${MOST_DAYS})`

/** What complaints are told apart by beside the keys of the cells. */
export const DIMENSIONS = {
  service: 'f.service_id::text',
  cause: 'f.cause',
  region: 'f.region',
  ground: 'f.ground',
  ended_on: 'f.ended_on::text',
} as const
export type Dimension = keyof typeof DIMENSIONS

/** What any group of complaints is judged by, and whether that can still change. */
export const JUDGING = [
  'received',
  'due',
  'due_answered',
  'due_in_time',
  'not_due',
] as const satisfies Measure[]
export type JudgingMeasure = (typeof JUDGING)[number]

/** What a breakdown counts of each value. */
export const BREAKDOWN_MEASURES = [
  'received',
  'due',
  'due_answered',
  'due_in_time',
  'renewed',
  'ended_last_days',
] as const satisfies readonly Measure[]
export type BreakdownMeasure = (typeof BREAKDOWN_MEASURES)[number]
