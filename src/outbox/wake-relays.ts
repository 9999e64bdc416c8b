import type { Sql } from '../db/client.ts'

/** Wake-ups within this time are one, in milliseconds. */
const TOGETHER_MS = 10

/**
 * Tells every relay that something was appended, after the commit and by a statement of its own: NOTIFY within a transaction
 * makes all commits queue behind one another, fsync included. A lost wake-up costs no more than the relay's next poll.
 */
export const createWaker = (sql: Sql): (() => void) => {
  let waking = false
  return () => {
    if (waking) return
    waking = true
    setTimeout(() => {
      waking = false
      sql`select pg_notify('outbox', '')`.catch(() => {})
    }, TOGETHER_MS).unref()
  }
}
