import { getDomain } from 'tldts'
import type { Authentication, MailHeader } from '../../src/core/mail-message.ts'

/** What one method says about a message, in the words of RFC 8601. */
export interface Result {
  readonly method: string
  readonly value: string
  readonly properties: ReadonlyMap<string, string>
}

/** A structured header value without its comments, nested ones too. */
export const withoutComments = (text: string): string => {
  let depth = 0
  let out = ''
  for (const letter of text) {
    if (letter === '(') depth += 1
    else if (letter === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) out += letter
  }
  return out
}

const resultOf = (clause: string): Result | undefined => {
  const [, method = '', value = '', rest = ''] =
    /^\s*([a-z-]+)(?:\/\d+)?\s*=\s*([a-z]+)\b(.*)$/is.exec(clause) ?? []
  if (method === '') return undefined
  const properties = [...rest.matchAll(/([a-z]+\.[a-z-]+)\s*=\s*"?([^\s";]+)"?/gi)].map(
    ([, name = '', given = '']) => [name.toLowerCase(), given.toLowerCase()] as const,
  )
  return { method: method.toLowerCase(), value: value.toLowerCase(), properties: new Map(properties) }
}

/**
 * The results our own host stamped (RFC 8601). It stamps above everything that came with the message: a header with its name
 * further down, below a trace line, was written by the sender.
 */
const stampedBy = (headers: readonly MailHeader[], host: string): Result[] => {
  const results: Result[] = []
  for (const { name, value } of headers) {
    if (name === 'received' && results.length > 0) break
    if (name !== 'authentication-results') continue
    const [id = '', ...clauses] = withoutComments(value).split(';')
    if (id.trim().split(/\s/)[0]?.toLowerCase() !== host.toLowerCase()) continue
    results.push(...clauses.map(resultOf).filter((result) => result !== undefined))
  }
  return results
}

/** What follows the last @, lower case; a domain alone stays one. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** One organisation's: the same name right below a public suffix such as gov.ma (RFC 7489, 3.1 "relaxed" and 3.2). */
const isAligned = (domain: string, from: string): boolean => {
  const organisation = getDomain(domain)
  return organisation !== null && organisation === getDomain(from)
}

const vouches = (result: Result, from: string): boolean => {
  if (result.value !== 'pass') return false
  const property = (name: string) => domainOf(result.properties.get(name) ?? '')
  if (result.method === 'dmarc') return [from, ''].includes(property('header.from'))
  if (result.method === 'dkim') return isAligned(property('header.d') || property('header.i'), from)
  return result.method === 'spf' && isAligned(property('smtp.mailfrom'), from)
}

/** Whether the domain of From stands behind a message for which methods gave these results. */
export const weigh = (results: readonly Result[], from: string): Authentication => {
  const dmarc = results.find(({ method }) => method === 'dmarc')
  if (dmarc?.value === 'fail') return 'failed'
  if (results.some((result) => vouches(result, from))) return 'passed'
  return results.some(({ method, value }) => ['spf', 'dkim'].includes(method) && /fail/.test(value))
    ? 'failed'
    : 'none'
}

/** Whether the configured host gave any result: its word stands then, and nobody else is asked. */
export const isStamped = (headers: readonly MailHeader[], host: string | undefined): boolean =>
  host !== undefined && stampedBy(headers, host).length > 0

/**
 * Whether the sender's domain stands behind the address in From, by the word of the configured host alone. Without a host, or
 * when it said nothing, `none`: From then proves nothing by itself.
 */
export const authenticate = (
  headers: readonly MailHeader[],
  fromAddress: string,
  host: string | undefined,
): Authentication => (host === undefined ? 'none' : weigh(stampedBy(headers, host), domainOf(fromAddress)))
