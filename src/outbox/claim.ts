import type { Topic, Topics } from '../core/topics.ts'
import type { Sql } from '../db/client.ts'
import { RHYTHM } from './backoff.ts'

export interface Claimed {
  readonly id: string
  readonly topic: Topic
  readonly key: string
  readonly payload: Topics[Topic]
  readonly complaintId: string | null
  /** 1 for the first try; the number it has in the list of attempts. */
  readonly attempt: number
  /** Tries since the message was made, or since a person sent it again: the backoff counts these. */
  readonly tries: number
}

export interface ClaimOptions {
  readonly worker: string
  readonly topic: Topic
  readonly limit: number
  readonly placesPerKey: number
  /** Keys whose places are all taken in this process. */
  readonly fullKeys: readonly string[]
  /** Newest first, now and then: a backlog must not make the last person wait for all before them. */
  readonly newestFirst: boolean
  /** A message waits for those of its key that were due before it, whoever works on them. */
  readonly inOrder?: boolean
  readonly now: Date
}

/** How long a lease lives without a heartbeat; a killed worker's work is taken over after it. */
export const LEASE_SECONDS = 30

/** Rows looked at for each one taken, so that one key's crowd at the head leaves room to find others. */
const LOOK_AHEAD = 4

interface ClaimedRow {
  id: string
  key: string
  payload: Topics[Topic]
  complaint_id: string | null
  attempts: number
  forgiven: number
}

/**
 * Takes due messages of one topic under a lease. Workers pass over what another is taking. Leases run on the database's
 * clock, which all workers share; due times on the caller's.
 */
export const claimMessages = async (sql: Sql, options: ClaimOptions): Promise<Claimed[]> => {
  const { worker, topic, limit, placesPerKey, fullKeys, now } = options
  const order = options.newestFirst ? sql`due_at desc, id desc` : sql`due_at, id`
  const isNext = options.inOrder
    ? sql`and not exists (
        select from outbox_messages earlier
        where earlier.topic = message.topic and earlier.key = message.key and earlier.settled_at is null
          and earlier.dead_at is null and (earlier.due_at, earlier.id) < (message.due_at, message.id))`
    : sql``
  const rows = await sql<ClaimedRow[]>`
    with waiting as materialized (
      select id, key, due_at from outbox_messages message
      where topic = ${topic} and settled_at is null and dead_at is null and leased_until is null
        and due_at <= ${now} and not (key = any (${fullKeys as string[]})) ${isNext}
      order by ${order}
      limit ${limit * LOOK_AHEAD}
      for update skip locked
    ), ranked as (
      select id, row_number() over (partition by key order by ${order}) as place from waiting
    ), chosen as (
      select id from ranked where place <= ${placesPerKey} limit ${limit}
    )
    update outbox_messages message
    set leased_until = now() + make_interval(secs => ${LEASE_SECONDS}), leased_by = ${worker}, attempts = attempts + 1
    from chosen where message.id = chosen.id
    returning message.id, key, payload, complaint_id, attempts, forgiven`
  return rows.map(({ id, key, payload, complaint_id, attempts, forgiven }) => ({
    id,
    topic,
    key,
    payload,
    complaintId: complaint_id,
    attempt: attempts,
    tries: attempts - forgiven,
  }))
}

/**
 * Says that this worker still works on these messages: they stay its own for another lease. Others that bear its name, as
 * after a claim whose answer was lost or an end that could not be written, run out.
 */
export const renewLeases = async (sql: Sql, worker: string, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await sql`
    update outbox_messages set leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    where id = any (${ids as string[]}::uuid[]) and leased_by = ${worker} and leased_until is not null`
}

/** Gives back what this worker holds, at its orderly stop. */
export const releaseLeases = async (sql: Sql, worker: string): Promise<void> => {
  await sql`
    update outbox_messages set leased_until = null, leased_by = null
    where leased_by = ${worker} and leased_until is not null`
}

/**
 * Gives back what workers held that are heard of no more. A message that took its worker down at every try ends as a dead
 * letter, where a person sees it.
 */
export const takeOverLostLeases = async (sql: Sql, now: Date): Promise<number> => {
  const lost = { code: 'worker_lost', message: 'the worker ended in the middle of the work', retryable: true }
  const { count } = await sql`
    update outbox_messages
    set leased_until = null, leased_by = null, last_error = ${JSON.stringify(lost)}::text::jsonb,
        dead_at = case when attempts - forgiven >= ${RHYTHM.attempts} then ${now}::timestamptz end
    where leased_until < now()`
  return count
}
