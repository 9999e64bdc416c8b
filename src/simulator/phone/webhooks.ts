import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PhoneState } from './state.ts'

export interface WebhookDeps {
  readonly state: PhoneState
  /** The base that URLs are made of and signed over. */
  readonly publicUrl: string
  /** Where that base is reached from here; the public URL itself when absent. */
  readonly deliverTo?: string
}

export interface WebhookAnswer {
  /** 0: nobody answered. */
  readonly status: number
  readonly body: string
  readonly tookMs: number
}

/** The provider waits this long for an answer. */
const PATIENCE_MS = 15_000

/** HMAC-SHA1 over the URL and all fields in the order of their names, as the provider documents it. */
export const signatureOf = (
  token: string,
  url: string,
  fields: ReadonlyMap<string, string | readonly string[]>,
): string => {
  const sorted = [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const pairs = sorted.flatMap(([name, values]) => [values].flat().map((value) => name + value))
  const signed = url + pairs.join('')
  return createHmac('sha1', token).update(signed, 'utf8').digest('base64')
}

/** Posts a signed form to the gateway. Never rejects: a provider that is not answered notes it and goes on. */
export const postWebhook = async (
  { state, publicUrl, deliverTo = publicUrl }: WebhookDeps,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<WebhookAnswer> => {
  const all = new Map(Object.entries(fields))
  const start = performance.now()
  const tookMs = () => Math.round(performance.now() - start)
  try {
    const answer = await fetch(url.replace(publicUrl, deliverTo), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-twilio-signature': signatureOf(state.account.token, url, all),
        'user-agent': 'TwilioProxy/1.1',
      },
      body: new URLSearchParams([...all]).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return { status: answer.status, body: await answer.text(), tookMs: tookMs() }
  } catch {
    return { status: 0, body: '', tookMs: tookMs() }
  }
}

/**
 * Posts a message's or status's webhook with the misbehaviour that is switched on. Resolves with what the gateway answered,
 * one entry a copy; empty when it was dropped.
 */
export const misbehave = async (
  { state: { misbehaviour } }: WebhookDeps,
  post: () => Promise<WebhookAnswer>,
): Promise<readonly WebhookAnswer[]> => {
  if (misbehaviour.drop) return []
  if (misbehaviour.delay > 0) await sleep(misbehaviour.delay * 1000)
  return Promise.all(misbehaviour.duplicate ? [post(), post()] : [post()])
}
