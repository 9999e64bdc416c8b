import type { Database } from '../../src/db/client.ts'

/** Bends the policy that stands, as nobody can in the house: versions that were written stay as they were. */
export const bendPolicy = ({ sql }: Pick<Database, 'sql'>, rules: object): Promise<unknown> =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update deadline_policies set rules = rules || ${JSON.stringify(rules)}::text::jsonb`
  })
