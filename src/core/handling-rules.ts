import type { Policy } from './deadlines.ts'

/** What a policy says beside its dates. A version that is silent on one means the default; each is a row, never a constant. */
export interface HandlingRules {
  /** Days after an answer without a word from the complainant: closed as silent. Sending it again stays open. */
  readonly silentClosureDays: number
  /** A review that is not made in time: counted as admissible, or left open and brought before the ministry. */
  readonly reviewSilence: 'admissible' | 'escalate'
  /** Days before a legal date on which whoever handles the complaint is reminded. */
  readonly reminderDays: readonly number[]
  /** Days after a missed date: the manager first, then the ministry. */
  readonly escalationDays: readonly [manager: number, ministry: number]
  /** Whether the legal clocks stand still while the complainant is asked something. Sources differ: by default they run. */
  readonly informationClock: 'runs' | 'stops'
  /** Days the complainant has to answer; afterwards the body goes on with what it has. */
  readonly informationDays: number
  /** Working days without an act of whoever has it, after which a complaint goes back to the pool. */
  readonly absentDays: number
}

const DEFAULTS: HandlingRules = {
  silentClosureDays: 30,
  reviewSilence: 'escalate',
  reminderDays: [5, 2],
  escalationDays: [0, 5],
  informationClock: 'runs',
  informationDays: 15,
  absentDays: 5,
}

/** The handling rules of a policy version. */
export const handlingRules = ({ rules }: Pick<Policy, 'rules'>): HandlingRules => ({ ...DEFAULTS, ...rules })
