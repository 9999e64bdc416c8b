import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../core/secrets.ts'

/** How long after filing the receipt's page shows the access code to the browser that filed, in seconds. */
export const CODE_GRANT_SECONDS = 15 * 60

const macOf = (secrets: Secrets, receiptId: string, until: number): string =>
  secrets.mac('receipt-code', `${receiptId}:${until}`)

/**
 * The value of the cookie given with the filing: for a quarter of an hour its browser sees the access code on the receipt's
 * page. The link alone never shows it, so a receipt that is passed on or left in a history does not give the code away.
 */
export const grantCode = (secrets: Secrets, receiptId: string, now: Date): string => {
  const until = Math.floor(now.getTime() / 1000) + CODE_GRANT_SECONDS
  return `${until}.${macOf(secrets, receiptId, until)}`
}

/** Whether a cookie's value lets this receipt's code be seen now. */
export const mayShowCode = (
  secrets: Secrets,
  receiptId: string,
  grant: string | undefined,
  now: Date,
): boolean => {
  const [, until = '', mac = ''] = /^(\d{1,12})\.([\w-]+)$/.exec(grant ?? '') ?? []
  if (until === '' || Number(until) * 1000 <= now.getTime()) return false
  const expected = Buffer.from(macOf(secrets, receiptId, Number(until)))
  const given = Buffer.from(mac)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
