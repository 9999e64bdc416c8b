import type { Topic } from '../core/topics.ts'
import type { Sql } from '../db/client.ts'

/** Makes messages that wait for their next try due now: what they waited for has happened. */
export const wakeMessages = async (sql: Sql, topic: Topic, key: string, now: Date): Promise<void> => {
  const { count } = await sql`
    update outbox_messages set due_at = ${now}
    where topic = ${topic} and key = ${key} and settled_at is null and dead_at is null and leased_until is null
      and due_at > ${now}`
  // After the commit, as in wake-relays.ts.
  if (count > 0) await sql`select pg_notify('outbox', '')`
}
