/** One door of the officials: who gets past it. The others get 401, 403 or 404, or the sign-in page. */
export interface Door {
  readonly may: readonly string[]
  /** The form or JSON of a request in which nothing is wrong but who asks; `{…}` are objects of A (house.ts). */
  readonly says?: Readonly<Record<string, unknown>>
  /** The address with A's objects in place of its parameters; absent: `{reference}`, or nothing to fill. */
  readonly at?: string
}

export const SUPERVISOR = ['ministry-supervisor']
export const OF_A = ['A.manager', 'A.agent']
export const MANAGERS = ['A.manager', 'B.manager']
export const WATCH = [...SUPERVISOR, 'auditor']
/** Who may read what lies with body A. */
export const READ = [...WATCH, ...OF_A]
export const RAW = [...WATCH, 'A.manager']
/** Whoever works at the desk with complaints, of whatever body. */
export const DESK = [...READ, 'B.manager', 'A.trainee']
export const EVERYONE = [...DESK, 'A.clerk']
export const COUNTERS = ['A.clerk', ...MANAGERS]
export const NUMBERS = [...READ, 'B.manager']
/** Who has any token: what one may undo is sealed to whoever did it. */
export const HOLDERS = [...EVERYONE, 'A.body', 'B.body']
export const ANYBODY = [...EVERYONE, 'nobody']

export const YES = { ours: 'yes', public_service: 'yes', no_court: 'yes', understandable: 'yes', new: 'yes' }
export const CHECKS = { ours: true, public_service: true, no_court: true, understandable: true, new: true }
export const WHY = { reason: 'inspection' }
export const MOVE = { administration: 'ONEE', reason: 'Mauvaise porte' }
export const NAMES = { names: { ar: 'يوم', fr: 'Jour' } }

export const MEASURE = {
  cause: 'delay',
  ar: 'شباك آخر',
  fr: 'Un guichet de plus',
  owner: 'Direction',
  dueOn: '2026-06-30',
  state: 'planned',
}
export const YEAR = { opensOn: '2028-01-02', dueOn: '2028-02-02', synthesisOn: '2028-03-02' }
export const RULES = {
  reviewDays: 15,
  answerDays: 60,
  dayKind: 'calendar',
  rollOver: false,
  countFilingDay: false,
  silentClosureDays: 40,
  reviewSilence: 'admissible',
  reminderDays: [3],
  escalationDays: [0, 7],
  informationClock: 'runs',
  informationDays: 15,
  absentDays: 5,
}
