import { Temporal } from 'temporal-polyfill'

/** The rules of one policy version. Sources differ on them, so they are rows, never constants. */
export interface PolicyRules {
  /** Days of the formal review (examen de forme); decree 2-17-265: 15. */
  readonly reviewDays: number
  /** Days of the answer, after the last day of the review: 60, so 75 from filing. */
  readonly answerDays: number
  readonly dayKind: 'calendar' | 'working'
  /** A last day that is no working day moves to the next one. */
  readonly rollOver: boolean
  /** Whether the day of filing is the first day. */
  readonly countFilingDay: boolean
}

export interface Policy {
  readonly version: number
  readonly rules: PolicyRules
}

/** Days the offices are closed, as YYYY-MM-DD. */
export type Holidays = ReadonlySet<string>

export interface Deadline {
  readonly kind: 'review' | 'answer'
  /** The last day, YYYY-MM-DD in the office's zone. */
  readonly dueOn: string
  /** The instant that day ends there. */
  readonly dueAt: Date
  readonly policyVersion: number
}

export interface Deadlines {
  readonly review: Deadline
  readonly answer: Deadline
}

/** A time in which the clock stood still: from the day after `from` to the day of `until`, both in the office's zone. */
export interface Pause {
  readonly from: Date
  readonly until: Date
}

/** What the dates of a round were counted from. */
export interface Counting {
  readonly openedAt: Date
  readonly rules: PolicyRules
  readonly policyVersion: number
  /** Days on which the clock stood still. */
  readonly stoppedDays: number
  /** What the complainant is asked now: its last day, and whether the clock stands still meanwhile. */
  readonly asked: { readonly answerOn: string; readonly stopsClock: boolean } | null
}

const isWorkingDay = (day: Temporal.PlainDate, holidays: Holidays): boolean =>
  day.dayOfWeek < 6 && !holidays.has(day.toString())

/** Whether a day is one of those that are counted. */
type Counts = (day: Temporal.PlainDate) => boolean

const addDays = (from: Temporal.PlainDate, count: number, counts: Counts): Temporal.PlainDate => {
  let day = from
  for (let left = count; left > 0; ) {
    day = day.add({ days: 1 })
    if (counts(day)) left -= 1
  }
  return day
}

const countsBy = (
  { dayKind }: Pick<PolicyRules, 'dayKind'>,
  holidays: Holidays,
  stopped: readonly (readonly [string, string])[] = [],
): Counts => {
  const runs = (day: Temporal.PlainDate): boolean =>
    stopped.every(([from, until]) => day.toString() <= from || day.toString() > until)
  return (day) => (dayKind === 'calendar' || isWorkingDay(day, holidays)) && runs(day)
}

const rolled = (day: Temporal.PlainDate, rules: PolicyRules, holidays: Holidays) => {
  let last = day
  while (rules.rollOver && !isWorkingDay(last, holidays)) last = last.add({ days: 1 })
  return last
}

const startOfDay = (day: Temporal.PlainDate, zone: string): Date =>
  new Date(day.toZonedDateTime(zone).epochMilliseconds)

const endOfDay = (day: Temporal.PlainDate, zone: string): Date => startOfDay(day.add({ days: 1 }), zone)

/** The day an instant belongs to in a zone, YYYY-MM-DD. */
export const officeDay = (instant: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()

/** An office day with its first instant and the first after it. */
export interface OfficeDay {
  /** YYYY-MM-DD. */
  readonly day: string
  readonly from: Date
  readonly until: Date
}

/**
 * The office days `from`…`to` (YYYY-MM-DD, both included). The database is given these instants and no zone: its rules of a
 * zone may be older than ours (Morocco changes them at short notice), and one event must not lie in two days.
 */
export const officeDays = (from: string, to: string, zone: string): OfficeDay[] => {
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)]
  const count = Math.max(0, first.until(last).days + 1)
  return Array.from({ length: count }, (_, nth) => {
    const day = first.add({ days: nth })
    return { day: day.toString(), from: startOfDay(day, zone), until: endOfDay(day, zone) }
  })
}

/**
 * The two legal dates of a round opened at an instant. Counted in office days, so a clock change (Morocco leaves UTC+1
 * during Ramadan) never moves a date. Days in `pauses` are not counted.
 */
export const deadlinesOf = (
  openedAt: Date,
  policy: Policy,
  holidays: Holidays,
  zone: string,
  pauses: readonly Pause[] = [],
): Deadlines => {
  const { rules, version } = policy
  const filed = Temporal.PlainDate.from(officeDay(openedAt, zone))
  const start = rules.countFilingDay ? filed.subtract({ days: 1 }) : filed
  const stopped = pauses.map(({ from, until }) => [officeDay(from, zone), officeDay(until, zone)] as const)
  const counts = countsBy(rules, holidays, stopped)
  const reviewEnd = addDays(start, rules.reviewDays, counts)
  const answerEnd = addDays(reviewEnd, rules.answerDays, counts)
  const deadline = (kind: 'review' | 'answer', day: Temporal.PlainDate): Deadline => {
    const last = rolled(day, rules, holidays)
    return { kind, dueOn: last.toString(), dueAt: endOfDay(last, zone), policyVersion: version }
  }
  return { review: deadline('review', reviewEnd), answer: deadline('answer', answerEnd) }
}

/** The last day on which someone who is asked something at an instant may answer it, `days` of the policy's days later. */
export const answerUsBy = (
  askedAt: Date,
  { rules, days }: { readonly rules: PolicyRules; readonly days: number },
  holidays: Holidays,
  zone: string,
): Pick<Deadline, 'dueOn' | 'dueAt'> => {
  const asked = Temporal.PlainDate.from(officeDay(askedAt, zone))
  const last = rolled(addDays(asked, days, countsBy(rules, holidays)), rules, holidays)
  return { dueOn: last.toString(), dueAt: endOfDay(last, zone) }
}

/** The beginning of the office day that lies so many working days before an instant's. */
export const runningSince = (now: Date, workingDays: number, holidays: Holidays, zone: string): Date => {
  let day = Temporal.PlainDate.from(officeDay(now, zone))
  for (let left = workingDays; left > 0; ) {
    day = day.subtract({ days: 1 })
    if (isWorkingDay(day, holidays)) left -= 1
  }
  return startOfDay(day, zone)
}

/** Clocks differ from UTC by whole quarters of an hour, so the instants of one quarter share their office day. */
const QUARTER_MS = 15 * 60_000

/** `deadlinesOf` for a door where many rounds open at once: the last answer serves the rest of its quarter of an hour. */
export const createDeadlineTable = (zone: string) => {
  let known: { quarter: number; policy: Policy; holidays: Holidays; deadlines: Deadlines } | undefined
  return (openedAt: Date, policy: Policy, holidays: Holidays): Deadlines => {
    const quarter = Math.floor(openedAt.getTime() / QUARTER_MS)
    if (known?.quarter !== quarter || known.policy !== policy || known.holidays !== holidays)
      known = { quarter, policy, holidays, deadlines: deadlinesOf(openedAt, policy, holidays, zone) }
    return known.deadlines
  }
}
