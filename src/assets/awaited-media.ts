import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Clock, NewId } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Database } from '../db/client.ts'
import { outboxMessages, remoteMedia } from '../db/schema/index.ts'
import { appendMessages } from '../outbox/append.ts'

/** A file that somebody sent and that we do not have: it still lies with a provider, or was given up there. */
export interface AwaitedMedia {
  readonly id: string
  readonly name: string
  readonly declaredType: string
  readonly channel: string
  readonly state: 'awaited' | 'missing'
  /** Why the last try failed; null before the first. */
  readonly reason: string | null
  readonly since: Date
}

/** Files of a complaint that are not here, oldest first. Before the first try the ledger alone knows whose they are. */
export const readAwaitedMedia = async (
  { orm }: Pick<Database, 'orm'>,
  complaintId: string,
): Promise<AwaitedMedia[]> => {
  const rows = await orm
    .select()
    .from(remoteMedia)
    .where(
      sql`state in ('waiting', 'gone') and (complaint_id = ${complaintId} or complaint_id is null and exists (
        select from ledger_entries l where l.channel = ${remoteMedia.channel}
          and l.external_id = ${remoteMedia.externalId} and l.complaint_id = ${complaintId}))`,
    )
    .orderBy(remoteMedia.createdAt, remoteMedia.position, remoteMedia.id)
  return rows.map(({ id, name, declaredType, channel, state, failure, createdAt }) => ({
    id,
    name,
    declaredType,
    channel,
    state: state === 'gone' ? 'missing' : 'awaited',
    reason: failure,
    since: createdAt,
  }))
}

/**
 * Has a file that was not to be had looked for again, now; what is being looked for is hurried. Throws `conflict` when it is
 * here by now, `not_found` when there is none.
 */
export const retryFetch = async (
  { db, clock, newId }: { readonly db: Pick<Database, 'orm'>; readonly clock: Clock; readonly newId: NewId },
  fetchId: string,
): Promise<void> => {
  const now = clock.now()
  await db.orm.transaction(async (tx) => {
    const [remote] = await tx.select().from(remoteMedia).where(eq(remoteMedia.id, fetchId)).for('update')
    if (remote === undefined) throw new AppError('not_found')
    if (remote.state !== 'waiting' && remote.state !== 'gone') throw new AppError('conflict')
    await tx.update(remoteMedia).set({ state: 'waiting', updatedAt: now }).where(eq(remoteMedia.id, fetchId))
    const hurried = await tx
      .update(outboxMessages)
      .set({ dueAt: now })
      .where(
        and(
          eq(outboxMessages.topic, 'media.fetch'),
          sql`${outboxMessages.payload} ->> 'fetchId' = ${fetchId}`,
          isNull(outboxMessages.settledAt),
          isNull(outboxMessages.deadAt),
        ),
      )
      .returning({ id: outboxMessages.id })
    if (hurried.length === 0)
      await appendMessages(tx, { newId, now }, [
        {
          topic: 'media.fetch',
          key: 'media.fetch',
          payload: { fetchId },
          dedupeKey: `fetch:${fetchId}:${newId()}`,
          ...(remote.complaintId === null ? {} : { complaintId: remote.complaintId }),
        },
      ])
    else await tx.execute(sql`select pg_notify('outbox', '')`)
  })
}
