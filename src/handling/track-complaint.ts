import { timingSafeEqual } from 'node:crypto'
import type { Clock, NewId } from '../core/clock.ts'
import { parseAccessCode, parseReference } from '../core/reference.ts'
import type { Database, Sql } from '../db/client.ts'
import { readTrackedComplaint, type TrackedComplaint } from './tracked-complaint.ts'

export interface TrackDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  /** What is stored of a code: accessCodeHash of src/intake/access-code.ts, bound to the secrets. */
  readonly accessCodeHash: (complaintId: string, code: string) => string
  /** Counts a try of a client before it is judged, and takes it back when it was right. */
  readonly tries: {
    take(client: string): Promise<{ readonly ok: true } | { readonly ok: false; readonly retryAfter: number }>
    giveBack(client: string): Promise<void>
  }
}

/** How a try ends. `wrong` says alike that there is no such complaint and that the code is another. */
export type Tracked =
  | { readonly outcome: 'found'; readonly complaintId: string; readonly complaint: TrackedComplaint }
  | { readonly outcome: 'reference_length' | 'reference_digit' | 'code' | 'wrong' | 'locked' }
  | { readonly outcome: 'too_many'; readonly retryAfter: number }

const WRONG_TRIES = 5
export const LOCK_SECONDS = 3600
/** Stands in for the complaint that is not there, so that a look-up costs the same. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

const lockEnd = (now: Date): Date => new Date(now.getTime() + LOCK_SECONDS * 1000)

/**
 * Takes one of the five tries of a reference, whether it exists or not, in one statement: of a hundred at once five are
 * judged. False: none is left and the hour runs.
 */
const takeTry = async (sql: Sql, reference: string, now: Date): Promise<boolean> => {
  const [row] = await sql<{ judged: boolean }[]>`
    insert into code_locks (reference, wrong, updated_at) values (${reference}, 1, ${now})
    on conflict (reference) do update set
      wrong = case when code_locks.locked_until <= ${now} then 1
                   else least(code_locks.wrong + 1, ${WRONG_TRIES + 1}) end,
      locked_until = case when code_locks.locked_until > ${now} then code_locks.locked_until end,
      updated_at = ${now}
    returning locked_until is null and wrong <= ${WRONG_TRIES} as judged`
  return row?.judged ?? false
}

/** Closes the way for an hour once the tries are spent; the citizen reads of it, once, in the timeline. */
const lockWhenSpent = async ({ db, newId }: TrackDeps, reference: string, now: Date): Promise<void> => {
  await db.sql`
    with locked as (
      update code_locks set locked_until = ${lockEnd(now)}
      where reference = ${reference} and locked_until is null and wrong >= ${WRONG_TRIES}
      returning reference
    )
    insert into complaint_events (id, complaint_id, round, at, event)
    select ${newId()}, complaints.id, complaints.round, ${now}, 'code_locked'
    from complaints join locked on locked.reference = complaints.reference`
}

const isRight = (stored: string, computed: string): boolean => {
  const [a, b] = [Buffer.from(stored), Buffer.from(computed)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Reads the hash and compares it: the same statement and the same work for a reference that does not exist. */
const judge = async (deps: TrackDeps, reference: string, code: string): Promise<string | undefined> => {
  const [row] = await deps.db.sql<{ id: string; access_code_hash: string }[]>`
    select id, access_code_hash from complaints where reference = ${reference}`
  const computed = deps.accessCodeHash(row?.id ?? NOBODY, code)
  const right = isRight(row?.access_code_hash ?? ' '.repeat(computed.length), computed)
  return right ? row?.id : undefined
}

/**
 * Shows a complaint to whoever holds its reference and access code, as typed. `client` names the network of the request.
 * Five wrong codes close a reference for an hour, also a reference that does not exist.
 */
export const trackComplaint = async (
  deps: TrackDeps,
  typed: { readonly reference: string; readonly code: string; readonly client: string },
): Promise<Tracked> => {
  const parsed = parseReference(typed.reference)
  if (!parsed.ok) return { outcome: parsed.reason === 'length' ? 'reference_length' : 'reference_digit' }
  const code = parseAccessCode(typed.code)
  if (code === undefined) return { outcome: 'code' }

  const allowed = await deps.tries.take(typed.client)
  if (!allowed.ok) return { outcome: 'too_many', retryAfter: allowed.retryAfter }
  const now = deps.clock.now()
  const isJudged = await takeTry(deps.db.sql, parsed.reference, now)
  const complaintId = isJudged ? await judge(deps, parsed.reference, code) : undefined
  if (complaintId === undefined) {
    await lockWhenSpent(deps, parsed.reference, now)
    return { outcome: isJudged ? 'wrong' : 'locked' }
  }
  await deps.db.sql`delete from code_locks where reference = ${parsed.reference} and locked_until is null`
  await deps.tries.giveBack(typed.client)
  const complaint = await readTrackedComplaint(deps, complaintId)
  return complaint ? { outcome: 'found', complaintId, complaint } : { outcome: 'wrong' }
}
