import type { Secrets } from '../core/secrets.ts'
import type { Sql, SqlTx } from '../db/client.ts'

export interface MailLimit {
  readonly seconds: number
  readonly mails: number
}

/**
 * Mails one address may get. Anyone can type anyone's address into an open form, so the form must be no weapon (P25);
 * the longer limit also ends a duel of two responders (P23).
 */
const PER_ADDRESS: readonly MailLimit[] = [
  { seconds: 3600, mails: 5 },
  { seconds: 24 * 3600, mails: 10 },
]

/** Acknowledgments one sender of mail gets (ux G39). */
const PER_SENDER: readonly MailLimit[] = [{ seconds: 24 * 3600, mails: 3 }]

/** Acknowledgments of the same words to the same sender. */
const PER_WORDS: readonly MailLimit[] = [{ seconds: 24 * 3600, mails: 1 }]

/** Grain of the count. Windows as fine as this slide: no hour holds more than the limit, wherever it begins. */
const GRAIN_MS = 60_000

export type MailPlace = { readonly ok: true } | { readonly ok: false; readonly retryAfter: number }

/** What a mail counts against. The bucket is a keyed hash: the counter says nothing about who was written to. */
export interface MailBucket {
  readonly bucket: string
  readonly limits: readonly MailLimit[]
}

/** What every mail to one address counts against, whoever asked for it. */
export const mailPlaceOf = (secrets: Pick<Secrets, 'mac'>, email: string): MailBucket => ({
  bucket: `mail:${secrets.mac('mail-place', email.toLowerCase())}`,
  limits: PER_ADDRESS,
})

/** Acknowledgments to one sender of mail. */
export const senderPlaceOf = (secrets: Pick<Secrets, 'mac'>, email: string): MailBucket => ({
  bucket: `mail:${secrets.mac('mail-sender', email.toLowerCase())}`,
  limits: PER_SENDER,
})

/** Acknowledgments of the same words (a digest of them) to the same sender. */
export const wordsPlaceOf = (secrets: Pick<Secrets, 'mac'>, email: string, words: string): MailBucket => ({
  bucket: `mail:${secrets.mac('mail-words', `${email.toLowerCase()}:${words}`)}`,
  limits: PER_WORDS,
})

interface Window {
  readonly window_start: Date
  readonly hits: number
}

/** Seconds until the limit has a place again; 0 when it has one now. */
const waitFor = (windows: readonly Window[], limit: MailLimit, now: number): number => {
  const within = windows.filter(({ window_start }) => window_start.getTime() > now - limit.seconds * 1000)
  let over = within.reduce((sum, { hits }) => sum + hits, 0) - limit.mails + 1
  for (const { window_start, hits } of within) {
    if (over <= 0) break
    over -= hits
    if (over <= 0) return Math.ceil((window_start.getTime() + limit.seconds * 1000 - now) / 1000)
  }
  return 0
}

const waitOf = async (tx: SqlTx, { bucket, limits }: MailBucket, now: number): Promise<number> => {
  const longest = Math.max(...limits.map(({ seconds }) => seconds))
  const windows = await tx<Window[]>`
    select window_start, hits from rate_windows
    where bucket = ${bucket} and window_start > ${new Date(now - longest * 1000)} order by window_start`
  return Math.max(...limits.map((limit) => waitFor(windows, limit, now)))
}

const hit = (tx: SqlTx, bucket: string, window: Date) => tx`
  insert into rate_windows (bucket, window_start, hits) values (${bucket}, ${window}, 1)
  on conflict (bucket, window_start) do update set hits = rate_windows.hits + 1`

/**
 * Takes a place in every bucket for one mail, or in none of them, counted over all replicas. The mail keeps its place for a
 * day (`holder`): a server that is away for a while must not use up what a person may get.
 */
export const takeMailPlace = async (
  sql: Sql,
  holder: string,
  buckets: readonly MailBucket[],
  at: Date,
): Promise<MailPlace> => {
  const now = at.getTime()
  const window = new Date(Math.floor(now / GRAIN_MS) * GRAIN_MS + GRAIN_MS)
  const held = `mail-place:${holder}`
  const names = buckets.map(({ bucket }) => bucket).toSorted()
  return await sql.begin(async (tx) => {
    for (const name of names) await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`
    const [place] = await tx`select true from rate_windows where bucket = ${held} limit 1`
    if (place !== undefined) return { ok: true as const }
    let retryAfter = 0
    for (const each of buckets) retryAfter = Math.max(retryAfter, await waitOf(tx, each, now))
    if (retryAfter > 0) return { ok: false as const, retryAfter }
    for (const name of [...names, held]) await hit(tx, name, window)
    return { ok: true as const }
  })
}
