import { Resolver } from 'node:dns/promises'
import type { Readable } from 'node:stream'
import type { AuthenticateResult, DNSResolver } from 'mailauth'
import type { Authentication, MailHeader, Original, ReadMail } from '../../src/core/mail-message.ts'
import { domainOf, type Result, weigh, withoutComments } from './authenticate.ts'
import { valuesOf } from './mail-headers.ts'

/** Asks DNS for the records of a name; rejects as `node:dns` does. */
export type AskDns = (name: string, type: string, signal: AbortSignal) => ReturnType<DNSResolver>

export interface SenderVerifierOptions {
  readonly askDns: AskDns
  /** The mail server whose own trace line names the client for SPF; absent: signatures alone are looked at. */
  readonly host: string | undefined
  /** All of one message: its bytes, its keys, its policies. In milliseconds. */
  readonly patienceMs?: number
}

export type VerifySender = (mail: ReadMail, original: Original) => Promise<Authentication>

const PATIENCE_MS = 5_000
const DNS_MS = 2_000
/** Each may name a key of its own to fetch; lists and forwarders on the way leave four or five. */
const SIGNATURES = 8

/** Asks the resolvers of this machine. */
export const askSystemDns: AskDns = async (name, type, signal) => {
  const resolver = new Resolver({ timeout: DNS_MS, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return (await resolver.resolve(name, type)) as string[]
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * MAIL FROM, where client and path are known from our own server: its line is the topmost Received, and the path stands above
 * it. Further down both are the sender's to write, and SPF over them would prove whatever the sender likes.
 */
const trustedPathOf = (headers: readonly MailHeader[], host: string | undefined): string | undefined => {
  const top = headers.findIndex(({ name }) => name === 'received')
  const [, by] = /^from\s+\S+\s+by\s+([^\s;]+)/i.exec(withoutComments(headers[top]?.value ?? '')) ?? []
  if (host === undefined || by?.toLowerCase() !== host.toLowerCase()) return undefined
  const [path = ''] = valuesOf(headers.slice(0, top), 'return-path')
  return /^<([^<>\s]+@[^<>\s]+)>$/.exec(path)?.[1]
}

const result = (method: string, value: string, property: string, of: string): Result => ({
  method,
  value,
  properties: new Map([[property, of]]),
})

/** What mailauth found as results to be weighed like those of a host; what DNS did not tell is neither good nor bad. */
const resultsOf = ({ dkim, spf, dmarc }: AuthenticateResult): Result[] => {
  const signatures = dkim.results.map(({ status, signingDomain = '' }) => {
    // With `l=` anyone may append words of his own below the signed ones.
    const counts = status.result !== 'pass' || (status.aligned && !status.underSized)
    return result('dkim', counts ? status.result : 'none', 'header.d', signingDomain)
  })
  const path = spf ? [result('spf', spf.status.result, 'smtp.mailfrom', spf.domain)] : []
  const found = [...signatures, ...path]
  if (!dmarc) return found
  const { status, alignment } = dmarc
  // A policy is only broken when both ways to keep it were looked at.
  const wasTried = path.length > 0 && found.every(({ value }) => value !== 'temperror')
  const counts = status.result === 'pass' ? alignment.spf.result || !alignment.dkim.underSized : wasTried
  return [
    ...found,
    result('dmarc', counts ? status.result : 'none', 'header.from', status.header?.from ?? ''),
  ]
}

/** More than one author, and the signed one need not be the one that is shown; what broke the reader is not for this thread. */
const isPlain = ({ headers, from, notes }: ReadMail): boolean =>
  from.length === 1 &&
  valuesOf(headers, 'from').length === 1 &&
  valuesOf(headers, 'dkim-signature').length <= SIGNATURES &&
  !notes.includes('unreadable')

/** Rejects when the signal aborts. */
const endOf = (signal: AbortSignal): Promise<never> => {
  const end = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // It may come when nobody waits for it any more.
  end.catch(() => undefined)
  return end
}

const examineWith = async (
  { askDns, host }: SenderVerifierOptions,
  mail: ReadMail,
  raw: Readable,
  signal: AbortSignal,
  end: Promise<never>,
): Promise<Authentication> => {
  // Takes a quarter of a second to load: only where it is used.
  const mailauth = await import('mailauth')
  const sender = trustedPathOf(mail.headers, host)
  const found = await mailauth.authenticate(raw, {
    resolver: (name, type) => Promise.race([askDns(name, type, signal), end]),
    ...(sender === undefined ? {} : { trustReceived: true, sender }),
    mta: 'wasl',
    // A body that is not the signed one is `fail` by the RFC, `neutral` without.
    strict: true,
    disableArc: true,
    disableBimi: true,
  })
  return weigh(resultsOf(found), domainOf(mail.from[0]?.address ?? ''))
}

/**
 * Verifies by the signatures in a message and by DNS that the domain of From stands behind it (DKIM, DMARC; SPF where our own
 * server told who the client was). `none` when DNS or the store do not answer in time. Throws only when the caller aborts.
 */
export const createSenderVerifier =
  (options: SenderVerifierOptions): VerifySender =>
  async (mail, { open, signal: caller }) => {
    if (!isPlain(mail)) return 'none'
    const signal = AbortSignal.any([caller, AbortSignal.timeout(options.patienceMs ?? PATIENCE_MS)])
    const end = endOf(signal)
    let raw: Readable | undefined
    const examine = async (): Promise<Authentication> => {
      raw = await open()
      // The store may break off, or answer too late, when nobody listens.
      raw?.on('error', () => undefined)
      if (signal.aborted) raw?.destroy()
      return raw === undefined ? 'none' : examineWith(options, mail, raw, signal, end)
    }
    try {
      return await Promise.race([examine(), end])
    } catch {
      caller.throwIfAborted()
      return 'none'
    } finally {
      raw?.destroy()
    }
  }
