import { request } from 'undici'
import type { Connector } from '../core/connector.ts'
import type { DeliveryError } from '../core/delivery.ts'
import type { OutboundGuard } from '../platform/outbound-guard.ts'
import { breakageOf, readLittle, refusalOf } from './outbound-answer.ts'
import { retryAfterSeconds } from './retry-after.ts'

export interface PostOptions {
  readonly guard: Pick<OutboundGuard, 'checkUrl' | 'dispatcher'>
  /** Milliseconds from the first byte sent to the last one read. */
  readonly timeout?: number
}

interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The time of the attempt, from which a `Retry-After` date is counted. */
  readonly at: Date
}

const TIMEOUT_MS = 30_000

/**
 * Posts to an address that a body gave us, behind the guard of outbound calls; no redirect is followed. Gives the first 64 KB of
 * a 2xx answer, or why there is none.
 */
export const postToBody = async (
  { guard, timeout = TIMEOUT_MS }: PostOptions,
  { url, headers: own, body: sent, at }: Post,
  signal: AbortSignal,
): Promise<{ ok: true; answer: string } | { ok: false; error: DeliveryError }> => {
  const verdict = guard.checkUrl(url)
  if (!verdict.ok) return { ok: false, error: breakageOf({ code: 'FORBIDDEN_ADDRESS' }, false) }
  const deadline = AbortSignal.timeout(timeout)
  try {
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      dispatcher: guard.dispatcher,
      signal: AbortSignal.any([signal, deadline]),
      headers: {
        'user-agent': 'Wasl',
        // Nothing is ever decompressed here; this only asks not to be sent it.
        'accept-encoding': 'identity',
        ...own,
      },
      body: sent,
    })
    // Of a refusal too: what was read leaves the connection fit to serve again.
    const answer = await readLittle(body)
    if (statusCode >= 200 && statusCode < 300) return { ok: true, answer }
    const wait = retryAfterSeconds(headers['retry-after'] as string | undefined, at)
    return { ok: false, error: refusalOf(statusCode, wait) }
  } catch (error) {
    return { ok: false, error: breakageOf(error, deadline.aborted) }
  }
}

/** Says at save that the guard will never let an address be called. */
export const refuseAddress = (
  { guard }: PostOptions,
  url: string,
): ReturnType<NonNullable<Connector['refuse']>> => {
  const verdict = guard.checkUrl(url)
  return verdict.ok ? undefined : { code: 'address_forbidden', detail: verdict.reason }
}
