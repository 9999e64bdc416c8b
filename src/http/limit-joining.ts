import type { FastifyRequest } from 'fastify'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Database } from '../db/client.ts'
import { takeHit } from '../intake/take-hit.ts'
import { clientKey } from './client-key.ts'

/** Requests to join that one client may make in an hour: anybody may ask. */
const ASKS = { limit: 5, seconds: 3600 } as const

/** Counts a request to join against its client, by form and by API together. Throws `too_many_requests`. */
export const limitJoining = async (
  { db, clock, secrets }: { db: Database; clock: Clock; secrets: Secrets },
  request: FastifyRequest,
): Promise<void> => {
  const bucket = `join:${clientKey(secrets, request.ip)}`
  const { count, secondsLeft } = await takeHit({ sql: db.sql, clock }, bucket, ASKS.seconds)
  if (count > ASKS.limit) throw new AppError('too_many_requests', { retryAfter: secondsLeft })
}
