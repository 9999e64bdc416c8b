import type { Names } from '../core/locale.ts'
import { type Actor, requireRight } from '../staff/rights.ts'
import type { CountingDeps } from './refresh-cells.ts'

/** The bodies that take complaints, by code: what the number of affiliated bodies counts. */
export const listAffiliated = (
  { db: { sql } }: CountingDeps,
  actor: Actor,
): Promise<{ code: string; names: Names }[]> => {
  requireRight(actor, 'indicator.read')
  return sql<{ code: string; names: Names }[]>`
    select code, names from administrations where state = 'active' and outside_ground is null order by code`
}
