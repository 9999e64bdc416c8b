import type { Sql } from '../db/client.ts'

/**
 * Mails one address may get. Anyone can type anyone's address into an open form, so the form must be no weapon (P25);
 * the longer limit also ends a duel of two responders (P23).
 */
const LIMITS = [
  { seconds: 3600, mails: 5 },
  { seconds: 24 * 3600, mails: 10 },
] as const

/** Grain of the count. Windows as fine as this slide: no hour holds more than the limit, wherever it begins. */
const GRAIN_MS = 60_000

export type MailPlace = { readonly ok: true } | { readonly ok: false; readonly retryAfter: number }

interface Window {
  readonly window_start: Date
  readonly hits: number
}

/** Seconds until the limit has a place again; 0 when it has one now. */
const waitFor = (windows: readonly Window[], limit: (typeof LIMITS)[number], now: number): number => {
  const within = windows.filter(({ window_start }) => window_start.getTime() > now - limit.seconds * 1000)
  let over = within.reduce((sum, { hits }) => sum + hits, 0) - limit.mails + 1
  for (const { window_start, hits } of within) {
    if (over <= 0) break
    over -= hits
    if (over <= 0) return Math.ceil((window_start.getTime() + limit.seconds * 1000 - now) / 1000)
  }
  return 0
}

/**
 * Takes a place for one mail to an address, counted over all replicas. The bucket is a keyed hash: the counter says nothing
 * about who was written to. A place is taken for a try, because a failed try may have been delivered.
 */
export const takeMailPlace = async (sql: Sql, bucket: string, at: Date): Promise<MailPlace> => {
  const now = at.getTime()
  const window = new Date(Math.floor(now / GRAIN_MS) * GRAIN_MS + GRAIN_MS)
  const longest = Math.max(...LIMITS.map(({ seconds }) => seconds))
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${bucket}, 0))`
    const windows = await tx<Window[]>`
      select window_start, hits from rate_windows
      where bucket = ${bucket} and window_start > ${new Date(now - longest * 1000)} order by window_start`
    const retryAfter = Math.max(...LIMITS.map((limit) => waitFor(windows, limit, now)))
    if (retryAfter > 0) return { ok: false as const, retryAfter }
    await tx`
      insert into rate_windows (bucket, window_start, hits) values (${bucket}, ${window}, 1)
      on conflict (bucket, window_start) do update set hits = rate_windows.hits + 1`
    return { ok: true as const }
  })
}
