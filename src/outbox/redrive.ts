import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { outboxMessages } from '../db/schema/index.ts'

/**
 * Puts a dead or waiting message before the relay again, now, with its tries counted anew; the history of tries stays.
 * Throws `not_found` for an unknown id and `conflict` for one already done.
 */
export const redrive = async (deps: { db: Database; clock: Clock }, id: string): Promise<void> => {
  const now = deps.clock.now()
  await deps.db.orm.transaction(async (tx) => {
    const moved = await tx
      .update(outboxMessages)
      .set({ deadAt: null, dueAt: now, forgiven: outboxMessages.attempts })
      .where(
        and(eq(outboxMessages.id, id), isNull(outboxMessages.settledAt), isNull(outboxMessages.leasedUntil)),
      )
      .returning({ id: outboxMessages.id })
    if (moved.length > 0) {
      await tx.execute(sql`select pg_notify('outbox', '')`)
      return
    }
    const [known] = await tx
      .select({ id: outboxMessages.id })
      .from(outboxMessages)
      .where(eq(outboxMessages.id, id))
    throw new AppError(known ? 'conflict' : 'not_found')
  })
}
