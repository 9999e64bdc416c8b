/** The driver's and the operating system's words for a server that is not there: refused, stalled, gone in the middle. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_SOCKET_CLOSED',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])

/** SQLSTATE: connection, resources, a stop or a time-out; a lock not got in time; an idle transaction that was ended. */
const STATES = /^(08|53|57)...$|^55P03$|^25P03$/

/** Whether the database was away: nothing is wrong with what was asked, and it may be asked again. */
export const isAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code = String((error as { code?: unknown }).code ?? '')
  // drizzle wraps the driver's error.
  return CODES.has(code) || STATES.test(code) || isAway(error.cause)
}

/** Whether a connection broke that had been good: the next one may be good too. */
export const wasCut = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(CONNECTION_CLOSED|ECONNRESET|EPIPE|ERR_SOCKET_CLOSED|57P0[12])$/.test(
    String((error as { code?: unknown }).code ?? ''),
  ) ||
    wasCut(error.cause))
