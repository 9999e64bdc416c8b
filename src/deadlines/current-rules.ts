import { desc, lte } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import type { Holidays, Policy } from '../core/deadlines.ts'
import type { Database } from '../db/client.ts'
import { deadlinePolicies, holidays } from '../db/schema/index.ts'

export interface DeadlineRules {
  readonly policy: Policy
  readonly holidays: Holidays
}

/** Reads the policy in force at the present instant and the offices' holidays. */
export const readDeadlineRules = async (deps: { db: Database; clock: Clock }): Promise<DeadlineRules> => {
  const { orm } = deps.db
  const [policy] = await orm
    .select({ version: deadlinePolicies.version, rules: deadlinePolicies.rules })
    .from(deadlinePolicies)
    .where(lte(deadlinePolicies.validFrom, deps.clock.now()))
    .orderBy(desc(deadlinePolicies.version))
    .limit(1)
  if (policy === undefined) throw new Error('no deadline policy is in force')
  const days = await orm.select({ day: holidays.day }).from(holidays)
  return { policy, holidays: new Set(days.map(({ day }) => day)) }
}

/** Holds the rules in memory for the acceptance path; `refresh` is called by the sweep of every minute. */
export const holdDeadlineRules = async (deps: { db: Database; clock: Clock }) => {
  let rules = await readDeadlineRules(deps)
  return {
    current: () => rules,
    refresh: async () => {
      rules = await readDeadlineRules(deps)
    },
  }
}
