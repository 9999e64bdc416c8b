import { desc } from 'drizzle-orm'
import { z } from 'zod'
import type { Clock, NewId } from '../core/clock.ts'
import { deadlinesOf, officeDay, officeDays } from '../core/deadlines.ts'
import { AppError } from '../core/errors.ts'
import { handlingRules } from '../core/handling-rules.ts'
import type { Database } from '../db/client.ts'
import { deadlinePolicies } from '../db/schema/index.ts'
import { readHolidays } from '../deadlines/recount-round.ts'
import { appendAudit } from './audit.ts'
import { type Actor, requireRight } from './rights.ts'

export interface PolicyDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly officeZone: string
}

const days = (most: number) => z.int().min(1).max(most)
const daysList = z.array(z.int().min(0).max(90)).max(5)

/** All that a policy of the legal dates says. */
export const policyRules = z.object({
  reviewDays: days(90),
  answerDays: days(365),
  dayKind: z.enum(['calendar', 'working']),
  rollOver: z.boolean().describe('A last day on which offices are closed moves to the next open one'),
  countFilingDay: z.boolean(),
  silentClosureDays: days(365),
  reviewSilence: z.enum(['admissible', 'escalate']),
  reminderDays: daysList.describe('Days before a legal date'),
  escalationDays: z.array(z.int().min(0).max(90)).length(2).describe('Manager, ministry'),
  informationClock: z.enum(['runs', 'stops']),
  informationDays: days(90),
  absentDays: days(60),
})
export type PolicyWords = z.output<typeof policyRules>
export type PolicyRule = keyof PolicyWords
export const POLICY_RULES = Object.keys(policyRules.shape) as readonly PolicyRule[]

/** One version of the policy, with what it changed of the one before. */
export interface PolicyVersion {
  readonly version: number
  /** The office day from which filings are held to it. */
  readonly from: string
  readonly state: 'past' | 'now' | 'coming'
  readonly rules: PolicyWords
  readonly changed: readonly PolicyRule[]
}

const changedIn = (before: PolicyWords | undefined, after: PolicyWords): readonly PolicyRule[] =>
  before === undefined
    ? []
    : POLICY_RULES.filter((rule) => JSON.stringify(before[rule]) !== JSON.stringify(after[rule]))

/** Every version of the policy, the newest first. */
export const listPolicies = async (deps: PolicyDeps, actor: Actor): Promise<readonly PolicyVersion[]> => {
  requireRight(actor, 'policy.write')
  const rows = await deps.db.orm.select().from(deadlinePolicies).orderBy(desc(deadlinePolicies.version))
  const now = deps.clock.now()
  const inForce = rows.find(({ validFrom }) => validFrom <= now)?.version ?? 0
  // A version that is silent on something means the default.
  const words = rows.map(({ rules }) => policyRules.parse({ ...handlingRules({ rules }), ...rules }))
  return rows.map(({ version, validFrom }, at) => {
    const rules = words[at] as PolicyWords
    return {
      version,
      from: officeDay(validFrom, deps.officeZone),
      state: version === inForce ? 'now' : version < inForce ? 'past' : 'coming',
      rules,
      changed: changedIn(words[at + 1], rules),
    }
  })
}

/** What new rules would change: which of them, and the legal dates of a complaint filed at this moment before and after. */
export interface PolicyEffect {
  readonly changed: readonly PolicyRule[]
  readonly before: PolicyDates
  readonly after: PolicyDates
}
export interface PolicyDates {
  readonly reviewBy: string
  readonly answerBy: string
}

/** Compares new rules with the newest version. */
export const foreseePolicy = async (
  deps: PolicyDeps,
  actor: Actor,
  rules: PolicyWords,
): Promise<PolicyEffect> => {
  const [newest] = await listPolicies(deps, actor)
  if (newest === undefined) throw new AppError('conflict')
  const holidays = await readHolidays(deps.db.orm)
  const datesBy = (said: PolicyWords): PolicyDates => {
    const policy = { version: 0, rules: said }
    const { review, answer } = deadlinesOf(deps.clock.now(), policy, holidays, deps.officeZone)
    return { reviewBy: review.dueOn, answerBy: answer.dueOn }
  }
  return { changed: changedIn(newest.rules, rules), before: datesBy(newest.rules), after: datesBy(rules) }
}

const refuse = (field: string, code: string) => new AppError('validation', { fields: [{ field, code }] })

/**
 * Adds a version that starts on a day to come. What was filed before is held to the version it was filed under. Throws
 * `validation` naming `from` (not after today and after every other version) or `rules` (nothing would change).
 */
export const addPolicy = async (
  deps: PolicyDeps,
  actor: Actor,
  { from, rules }: { readonly from: string; readonly rules: PolicyWords },
): Promise<{ version: number }> => {
  const { changed } = await foreseePolicy(deps, actor, rules)
  if (changed.length === 0) throw refuse('rules', 'unchanged')
  const now = deps.clock.now()
  const [first] = officeDays(from, from, deps.officeZone)
  const validFrom = first?.from ?? now
  return deps.db.orm.transaction(async (tx) => {
    // Two who add at once: the second sees the first's version, or fails on its number.
    const [newest] = await tx
      .select()
      .from(deadlinePolicies)
      .orderBy(desc(deadlinePolicies.version))
      .limit(1)
      .for('update')
    if (newest === undefined || validFrom <= now || validFrom <= newest.validFrom)
      throw refuse('from', 'too_early')
    const version = newest.version + 1
    const facts = { version, from, changed }
    await tx.insert(deadlinePolicies).values({ version, validFrom, rules, addedBy: actor.id, addedAt: now })
    await appendAudit(tx, deps, 'ministry', {
      actor: actor.id,
      action: 'policy.write',
      subject: String(version),
      facts,
    })
    return { version }
  })
}
