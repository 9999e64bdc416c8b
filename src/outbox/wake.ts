import type { Topic } from '../core/topics.ts'
import type { Sql } from '../db/client.ts'

/** Makes messages that wait for their next try due now: what they waited for has happened. */
export const wakeMessages = async (sql: Sql, topic: Topic, key: string, now: Date): Promise<void> => {
  await sql`
    with woken as (
      update outbox_messages set due_at = ${now}
      where topic = ${topic} and key = ${key} and settled_at is null and dead_at is null and leased_until is null
        and due_at > ${now}
      returning 1
    )
    select pg_notify('outbox', '') where exists (select from woken)`
}
