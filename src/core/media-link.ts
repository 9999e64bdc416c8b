import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secrets } from './secrets.ts'

/** A right to open one object until an instant: no session, no table, only the signature. */
export interface MediaLink {
  readonly object: 'original' | 'rendition'
  /** Id of the asset or of the rendition. */
  readonly id: string
  /** For whom it was made, e.g. `referral:<id>` or `citizen`: decides whether it still holds, and is named in the audit. */
  readonly scope: string
  readonly expiresAt: Date
}

const PURPOSE = 'media-link'

/** Gives the token that follows `/media/`. */
export const mediaToken = (secrets: Pick<Secrets, 'mac'>, link: MediaLink): string => {
  const seconds = Math.floor(link.expiresAt.getTime() / 1000)
  const payload = Buffer.from([link.object[0], link.id, seconds, link.scope].join('|')).toString('base64url')
  return `${payload}.${secrets.mac(PURPOSE, payload)}`
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Reads a token back; undefined when the signature does not match or the time is over. */
export const readMediaToken = (
  secrets: Pick<Secrets, 'mac'>,
  token: string,
  now: Date,
): MediaLink | undefined => {
  const [payload = '', mac = ''] = token.split('.')
  if (!timingSafeEqual(digest(mac), digest(secrets.mac(PURPOSE, payload)))) return undefined
  const [object, id = '', seconds, ...scope] = Buffer.from(payload, 'base64url').toString('utf8').split('|')
  const expiresAt = new Date(Number(seconds) * 1000)
  if (expiresAt <= now) return undefined
  return { object: object === 'o' ? 'original' : 'rendition', id, scope: scope.join('|'), expiresAt }
}
