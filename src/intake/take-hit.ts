import type { Clock } from '../core/clock.ts'
import type { Sql } from '../db/client.ts'

export interface HitDeps {
  readonly sql: Sql
  readonly clock: Clock
}

const windowOf = (now: Date, seconds: number): Date =>
  new Date(Math.floor(now.getTime() / (seconds * 1000)) * seconds * 1000)

export interface Hits {
  /** Hits of the running window, this one included. */
  readonly count: number
  /** Seconds until the next window. */
  readonly secondsLeft: number
}

/**
 * Counts one hit on a bucket in a fixed window, atomically over all replicas. A bucket's name holds no personal data.
 */
export const takeHit = async ({ sql, clock }: HitDeps, bucket: string, seconds: number): Promise<Hits> => {
  const now = clock.now()
  const start = windowOf(now, seconds)
  const [row] = await sql<{ hits: number }[]>`
    insert into rate_windows (bucket, window_start, hits) values (${bucket}, ${start}, 1)
    on conflict (bucket, window_start) do update set hits = rate_windows.hits + 1
    returning hits`
  return {
    count: row?.hits ?? 1,
    secondsLeft: Math.ceil((start.getTime() + seconds * 1000 - now.getTime()) / 1000),
  }
}

/** Takes a hit back that turned out innocent: it is counted first, so that a hundred at once cannot slip through. */
export const returnHit = async ({ sql, clock }: HitDeps, bucket: string, seconds: number): Promise<void> => {
  await sql`update rate_windows set hits = greatest(hits - 1, 0)
    where bucket = ${bucket} and window_start = ${windowOf(clock.now(), seconds)}`
}

const A_DAY_MS = 24 * 3600 * 1000

/** Removes what counts no more: windows, code counters and spent proofs older than a day. For the minute's sweep. */
export const sweepHits = async ({ sql, clock }: HitDeps): Promise<void> => {
  const before = new Date(clock.now().getTime() - A_DAY_MS)
  await sql`delete from rate_windows where window_start < ${before}`
  await sql`delete from code_locks where updated_at < ${before}`
  await sql`delete from used_proofs where used_at < ${before}`
}
