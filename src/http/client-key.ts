import { isIPv6 } from 'node:net'
import type { Secrets } from '../core/secrets.ts'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const GROUPS = 8
/** A household or a phone holds a whole /64, so counting single IPv6 addresses would count nothing. */
const GROUPS_OF_A_CLIENT = 4

const expandedGroups = (address: string): string[] => {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length
  return [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after]
}

/** The network a request comes from: an IPv4 address, or the first half of an IPv6 one. */
export const clientNetwork = (ip: string): string => {
  const mapped = MAPPED.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(ip)) return ip
  const groups = expandedGroups(ip.split('%')[0] ?? ip).slice(0, GROUPS_OF_A_CLIENT)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** Whether a request comes from this very machine. */
export const isLoopback = (ip: string): boolean => /^(127\.|::1$|::ffff:127\.)/i.test(ip)

/**
 * The name under which a client is counted: keyed, so that the tables hold no address. `ip` is Fastify's `request.ip`, which
 * heeds X-Forwarded-For only from TRUSTED_PROXIES.
 */
export const clientKey = (secrets: Pick<Secrets, 'mac'>, ip: string): string =>
  secrets.mac('client', clientNetwork(ip)).slice(0, 22)
