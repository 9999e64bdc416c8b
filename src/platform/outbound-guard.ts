import dns from 'node:dns'
import { BlockList, isIP, type LookupFunction, type Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'

/**
 * Keeps calls to addresses that others typed away from our own networks. The text of a URL is judged at save; what counts
 * is judged at connect, on the very address the socket goes to, so that a name that changes between the two gains nothing.
 */
export interface OutboundGuard {
  /** Judges what can be judged without asking anyone. */
  checkUrl(url: string): UrlVerdict
  /** For undici: resolves, verifies, connects; refuses with a ForbiddenAddress. */
  readonly dispatcher: Dispatcher
  /** dns.lookup that gives only addresses that may be reached (for sockets other than undici's). */
  readonly lookup: LookupFunction
  close(): Promise<void>
}

export type UrlVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: UrlRefusal }

export type UrlRefusal = 'malformed' | 'scheme' | 'credentials' | 'port' | 'plain_http' | 'address'

export class ForbiddenAddress extends Error {
  readonly code = 'FORBIDDEN_ADDRESS'
  constructor() {
    super('The address points to a place that outbound calls may not reach.')
    this.name = 'ForbiddenAddress'
  }
}

/** IANA special-purpose registry: everything in IPv4 that is not a public unicast address. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]
/** IPv6 is the other way round: only 2000::/3 is public; mapped, NAT64, unique-local and link-local lie outside it. */
const GLOBAL_V6 = '2000::/3'
/** Inside it: protocol assignments with Teredo, documentation, and 6to4, which carries any IPv4 address. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/**
 * Names that never lead to the public Internet, refused at save where no private network is allowed. One without a dot is
 * looked for in the search domains of our own network.
 */
const PRIVATE_NAMES =
  /^[^.]+$|\.(?:svc|local|internal|intranet|lan|home|corp|localdomain|arpa|onion|invalid)$/

const blockList = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list
}

const forbiddenV4 = blockList(NOT_PUBLIC_V4)
const globalV6 = blockList([GLOBAL_V6])
const forbiddenV6 = blockList(NOT_PUBLIC_V6)

const isPublic = (address: string): boolean =>
  isIP(address) === 4
    ? !forbiddenV4.check(address, 'ipv4')
    : globalV6.check(address, 'ipv6') && !forbiddenV6.check(address, 'ipv6')

const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '')

const CONNECT_MS = 10_000

const originOf = ({ protocol, hostname, port }: buildConnector.Options): string => {
  const host = hostname.includes(':') ? `[${unbracketed(hostname)}]` : hostname
  const text = `${protocol}//${host}${port ? `:${port}` : ''}`
  return URL.canParse(text) ? new URL(text).origin : ''
}

/** The addresses a name stands for without asking DNS; RFC 6761 binds localhost to loopback. */
const knownAddresses = (hostname: string): readonly string[] => {
  const host = unbracketed(hostname).replace(/\.$/, '').toLowerCase()
  if (isIP(host) !== 0) return [host]
  return host === 'localhost' || host.endsWith('.localhost') ? ['127.0.0.1', '::1'] : []
}

/** 443, 80 and the unprivileged ones: nothing that speaks SMTP, SSH or DNS is offered an HTTP request. */
const isOpenPort = (url: URL): boolean => url.port === '' || url.port === '80' || Number(url.port) >= 1024

type Permits = (address: string) => boolean

const verifiedLookup = (permits: Permits, resolve: typeof dns.lookup): LookupFunction =>
  ((hostname: string, options: dns.LookupOptions, callback: (...args: unknown[]) => void) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error)
      const reachable = (addresses as dns.LookupAddress[]).filter(({ address }) => permits(address))
      const [first] = reachable
      if (first === undefined) return callback(new ForbiddenAddress())
      if (options.all) return callback(null, reachable)
      callback(null, first.address, first.family)
    })
  }) as LookupFunction

const guardedConnector = (permits: Permits, lookup: LookupFunction): buildConnector.connector => {
  const connect = buildConnector({
    lookup,
    timeout: CONNECT_MS,
    allowH2: false,
  } as buildConnector.BuildOptions)
  return (options, callback) => {
    // A socket to a literal address never asks `lookup`.
    const known = knownAddresses(options.hostname)
    if (known.length > 0 && !known.some(permits)) return callback(new ForbiddenAddress(), null)
    connect(options, (error, socket) => {
      if (error) return callback(error, null)
      const open = socket as Socket
      if (permits(open.remoteAddress ?? '')) return callback(null, open)
      open.destroy()
      callback(new ForbiddenAddress(), null)
    })
  }
}

/**
 * Builds the guard. `allow` names networks (CIDR) that are reachable although they are not public; only they may be spoken
 * to without TLS. `within` are addresses of our own, reachable below exactly what is written: the demo body of the gateway.
 * `resolve` replaces dns.lookup in tests.
 */
export const createOutboundGuard = (options: {
  readonly allow: readonly string[]
  readonly within?: readonly string[]
  readonly resolve?: typeof dns.lookup
}): OutboundGuard => {
  const within = options.within ?? []
  const origins = new Set(within.map((prefix) => new URL(prefix).origin))
  const allowed = blockList(options.allow)
  const isAllowed: Permits = (address) =>
    isIP(address) !== 0 && allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  const permits: Permits = (address) => isIP(address) !== 0 && (isAllowed(address) || isPublic(address))
  const resolve = options.resolve ?? dns.lookup
  const lookup = verifiedLookup(permits, resolve)
  const secure = guardedConnector(permits, lookup)
  const plain = guardedConnector(isAllowed, verifiedLookup(isAllowed, resolve))
  const trusted = buildConnector({ timeout: CONNECT_MS })
  const connectorTo = (target: buildConnector.Options): buildConnector.connector => {
    if (origins.has(originOf(target))) return trusted
    return target.protocol === 'https:' ? secure : plain
  }
  const dispatcher = new Agent({
    connect: (target, callback) => connectorTo(target)(target, callback),
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    keepAliveTimeout: 10_000,
  })
  return {
    checkUrl: (text) => {
      if (!URL.canParse(text)) return { ok: false, reason: 'malformed' }
      const url = new URL(text)
      if (within.some((prefix) => url.href.startsWith(prefix))) return { ok: true, url }
      const reason = refusal(url, permits, isAllowed, options.allow.length > 0)
      return reason === undefined ? { ok: true, url } : { ok: false, reason }
    },
    dispatcher,
    lookup,
    close: () => dispatcher.close(),
  }
}

const refusal = (
  url: URL,
  permits: Permits,
  isAllowed: Permits,
  privateNames: boolean,
): UrlRefusal | undefined => {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme'
  if (url.username !== '' || url.password !== '') return 'credentials'
  if (!isOpenPort(url)) return 'port'
  const known = knownAddresses(url.hostname)
  if (known.length > 0 && !known.some(permits)) return 'address'
  if (known.length === 0 && !privateNames && PRIVATE_NAMES.test(url.hostname.replace(/\.$/, '')))
    return 'address'
  // A name is judged at connect, where plain HTTP meets the allowed networks only; without any, no name can pass.
  const mayBePlain = known.length > 0 ? known.some(isAllowed) : privateNames
  return url.protocol === 'http:' && !mayBePlain ? 'plain_http' : undefined
}
