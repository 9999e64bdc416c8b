import type { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import type { NewId } from '../src/core/clock.ts'
import type { DeliveryError } from '../src/core/delivery.ts'
import { cleanMediaType } from '../src/core/file-name.ts'
import type { ObjectStore, StoredObject } from '../src/core/object-store.ts'
import type { OutboundGuard } from '../src/platform/outbound-guard.ts'

export interface RemoteSource {
  /** `name`, `name:port`, `*.name` for all below a name, or `*` for whatever the guard lets pass (never with credentials). */
  readonly hosts: readonly string[]
  /** Basic credentials, for the host that was asked and for no other. */
  readonly credentials?: { readonly user: string; readonly password: string }
}

export interface FetchRemoteDeps {
  readonly guard: Pick<OutboundGuard, 'checkUrl' | 'dispatcher'>
  readonly store: ObjectStore
  readonly newId: NewId
  readonly source: RemoteSource
}

export type Fetched =
  | { readonly ok: true; readonly object: StoredObject; readonly declaredType: string }
  | { readonly ok: false; readonly error: DeliveryError }

const MOST_REDIRECTS = 5
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
/** Not there yet, or not now. */
const PASSING: readonly number[] = [401, 404, 408, 409, 423, 425, 429]

const refused = (code: string, message: string, retryable = false): Fetched => ({
  ok: false,
  error: { code, message, retryable },
})

/** Whether a URL's host is one of those configured. */
export const isAllowedHost = (url: URL, hosts: readonly string[]): boolean =>
  hosts.some((allowed) => {
    if (allowed === '*') return true
    if (allowed.startsWith('*.')) return url.hostname.endsWith(allowed.slice(1))
    return allowed === url.hostname || allowed === url.host
  })

/** The URL when it may be asked: a configured host, and an address and scheme that the guard lets pass. */
const admitted = ({ guard, source }: FetchRemoteDeps, text: string): URL | undefined => {
  const verdict = guard.checkUrl(text)
  return verdict.ok && isAllowedHost(verdict.url, source.hosts) ? verdict.url : undefined
}

const authorization = ({ source }: FetchRemoteDeps): Record<string, string> => {
  if (source.credentials === undefined) return {}
  const { user, password } = source.credentials
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

type Answer = Dispatcher.ResponseData

const single = (value: string | string[] | undefined): string =>
  String(Array.isArray(value) ? value[0] : (value ?? ''))

/** Follows redirects by itself, because each target has to be judged before it is asked. */
const ask = async (
  deps: FetchRemoteDeps,
  start: string,
  signal: AbortSignal,
): Promise<Answer | Extract<Fetched, { ok: false }>> => {
  let url = admitted(deps, start)
  const origin = url?.origin
  for (let hops = 0; url !== undefined && hops <= MOST_REDIRECTS; hops += 1) {
    const answer = await request(url, {
      dispatcher: deps.guard.dispatcher,
      signal,
      headers: url.origin === origin && hops === 0 ? authorization(deps) : {},
    })
    if (!REDIRECTS.includes(answer.statusCode)) return answer
    await answer.body.dump()
    const target = single(answer.headers['location'])
    url = URL.canParse(target, url.href) ? admitted(deps, new URL(target, url.href).href) : undefined
  }
  const told = url === undefined ? 'forbidden_address' : 'too_many_redirects'
  return refused(told, 'The address, or one it leads to, is not a configured host.') as Extract<
    Fetched,
    { ok: false }
  >
}

const failureOf = (status: number): Fetched =>
  refused(
    status === 404 ? 'media_not_ready' : `http_${status}`,
    `The provider answered HTTP ${status}.`,
    status >= 500 || PASSING.includes(status),
  )

const keep = async (
  deps: FetchRemoteDeps,
  answer: Answer,
  limit: { maxBytes: number; signal: AbortSignal },
): Promise<Fetched> => {
  const put = await deps.store.put(`originals/${deps.newId()}`, answer.body as Readable, limit)
  if (!put.ok) return refused('file_too_large', 'The file is larger than the limit.')
  if (put.object.bytes > 0)
    return {
      ok: true,
      object: put.object,
      declaredType: cleanMediaType(single(answer.headers['content-type'])),
    }
  await deps.store.delete(put.object.key)
  return refused('media_not_ready', 'The file is empty so far.', true)
}

/**
 * Streams a file of a provider into the store. Each address on the way must be a configured host that the guard lets pass;
 * credentials go to the first alone. What is not there yet is a retryable error; the content type comes back as a claim.
 */
export const fetchRemote = async (
  deps: FetchRemoteDeps,
  url: string,
  limit: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Fetched> => {
  try {
    return await fetchOnce(deps, url, limit)
  } catch (error) {
    return (error as { code?: unknown }).code === 'FORBIDDEN_ADDRESS'
      ? refused('forbidden_address', 'The host points to a place that may not be reached.')
      : refused('unreachable', 'The file could not be brought over.', true)
  }
}

const fetchOnce = async (
  deps: FetchRemoteDeps,
  url: string,
  limit: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Fetched> => {
  const answer = await ask(deps, url, limit.signal)
  if ('ok' in answer) return answer
  if (answer.statusCode === 200) {
    if (
      Number(single(answer.headers['content-length'])) <= limit.maxBytes ||
      !answer.headers['content-length']
    )
      return keep(deps, answer, limit)
    answer.body.destroy()
    return refused('file_too_large', 'The file is larger than the limit.')
  }
  await answer.body.dump()
  return failureOf(answer.statusCode)
}

export type FetchRemote = (url: string, signal: AbortSignal) => Promise<Fetched>
