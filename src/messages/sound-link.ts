import type { Clock } from '../core/clock.ts'
import { mediaToken } from '../core/media-link.ts'
import type { Secrets } from '../core/secrets.ts'

/** A provider fetches what it sends at once, and again while its queue is full. */
const LINK_LIFE_MS = 24 * 3600_000

interface LinkDeps {
  readonly secrets: Pick<Secrets, 'mac'>
  readonly clock: Clock
  readonly publicUrl: string
}

/** Gives the way to the address at which a provider fetches a rendition that it is to play to a complainant. */
export const soundLinks =
  ({ secrets, clock, publicUrl }: LinkDeps) =>
  (id: string): string => {
    const expiresAt = new Date(clock.now().getTime() + LINK_LIFE_MS)
    return `${publicUrl}/media/${mediaToken(secrets, { object: 'rendition', id, scope: 'citizen', expiresAt })}`
  }
