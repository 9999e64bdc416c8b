import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Secrets } from '../../core/secrets.ts'

const KEY_BYTES = 16

/**
 * The name of a filing in the public feed: its UUID as one enciphered block, 32 hexadecimal digits. A reference opens a tracking page together
 * with six digits, so a public list of references would be a list of doors to try; and a UUID tells the millisecond of the filing.
 */
export const createFeedIds = (secrets: Pick<Secrets, 'derive'>) => {
  const key = secrets.derive('open311.feed').subarray(0, KEY_BYTES)
  // One block under a key of its own: there is nothing to chain and nothing to vary.
  const MODE = 'aes-128-ecb'
  return {
    /** Takes a UUID. */
    name: (id: string): string =>
      createCipheriv(MODE, key, null).setAutoPadding(false).update(id.replaceAll('-', ''), 'hex', 'hex'),
    /** Gives the UUID, or undefined for what has not the form of a name. */
    idOf: (name: string): string | undefined =>
      /^[0-9a-f]{32}$/.test(name)
        ? createDecipheriv(MODE, key, null).setAutoPadding(false).update(name, 'hex', 'hex')
        : undefined,
  }
}

export type FeedIds = ReturnType<typeof createFeedIds>
