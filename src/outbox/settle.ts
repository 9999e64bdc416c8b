import type { DeliveryResult } from '../core/delivery.ts'
import type { Sql } from '../db/client.ts'
import { RHYTHM, type Rhythm, waitAfter } from './backoff.ts'
import type { Claimed } from './claim.ts'
import { LANES } from './lanes.ts'

/** One try that has ended. */
export interface Ended {
  readonly message: Claimed
  readonly result: DeliveryResult
  readonly startedAt: Date
  readonly tookMs: number
}

export type Fate = 'done' | 'again' | 'dead'

const rhythmOf = ({ topic }: Claimed): Rhythm => LANES[topic].rhythm ?? RHYTHM

/** What becomes of a message: an error that may pass is tried again until the tries are used up. */
export const fateOf = ({ message, result }: Pick<Ended, 'message' | 'result'>): Fate => {
  if (result.ok) return 'done'
  return result.error.retryable && message.tries < rhythmOf(message).attempts ? 'again' : 'dead'
}

const settlementOf = (ended: Ended, now: Date) => {
  const { message, result, startedAt, tookMs } = ended
  const fate = fateOf(ended)
  const wait = result.ok
    ? 0
    : waitAfter(message.tries, result.error.retryAfter, Math.random, rhythmOf(message))
  return {
    id: message.id,
    attempt: message.attempt,
    at: startedAt,
    tookMs,
    ok: result.ok,
    error: result.ok ? null : result.error,
    providerId: result.ok ? (result.providerId ?? null) : null,
    settledAt: fate === 'done' ? now : null,
    deadAt: fate === 'dead' ? now : null,
    dueAt: fate === 'again' ? new Date(now.getTime() + wait * 1000) : null,
  }
}

/**
 * Writes the ends of many tries in one statement, each with its line in the attempts. What another worker has taken over in
 * the meantime keeps that worker's lease; its attempt is still noted.
 */
export const settleMessages = async (
  sql: Sql,
  worker: string,
  batch: readonly Ended[],
  now: Date,
): Promise<void> => {
  const settlements = JSON.stringify(batch.map((ended) => settlementOf(ended, now)))
  await sql`
    with ended as (
      select * from jsonb_to_recordset(${settlements}::text::jsonb) as e (
        id uuid, attempt integer, at timestamptz, "tookMs" integer, ok boolean, error jsonb, "providerId" text,
        "settledAt" timestamptz, "deadAt" timestamptz, "dueAt" timestamptz)
    ), noted as (
      insert into outbox_attempts (message_id, number, at, took_ms, ok, error)
      select id, attempt, at, "tookMs", ok, error from ended
      where exists (select from outbox_messages where outbox_messages.id = ended.id)
      on conflict do nothing
    )
    update outbox_messages message
    set leased_until = null, leased_by = null, settled_at = "settledAt", dead_at = "deadAt",
        due_at = coalesce("dueAt", due_at), provider_id = coalesce("providerId", provider_id), last_error = error
    from ended where message.id = ended.id and message.leased_by = ${worker}`
}
