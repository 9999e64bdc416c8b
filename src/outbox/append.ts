import { sql } from 'drizzle-orm'
import type { NewId } from '../core/clock.ts'
import type { OutboxMessage } from '../core/topics.ts'
import type { Tx } from '../db/client.ts'
import { outboxMessages } from '../db/schema/index.ts'

/**
 * Writes what must happen next in the transaction that made it necessary. A dedupe key that exists is left alone.
 * The relay is woken when the transaction commits.
 */
export const appendMessages = async (
  tx: Tx,
  deps: { newId: NewId; now: Date },
  messages: readonly OutboxMessage[],
): Promise<void> => {
  if (messages.length === 0) return
  const rows = messages.map((message) => ({
    id: deps.newId(),
    topic: message.topic,
    key: message.key,
    payload: message.payload,
    dedupeKey: message.dedupeKey,
    complaintId: message.complaintId ?? null,
    createdAt: deps.now,
    dueAt: message.dueAt ?? deps.now,
  }))
  await tx.insert(outboxMessages).values(rows).onConflictDoNothing({ target: outboxMessages.dedupeKey })
  await tx.execute(sql`select pg_notify('outbox', '')`)
}
