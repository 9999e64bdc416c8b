import { randomUUID } from 'node:crypto'
import type { Clock, NewId } from '../core/clock.ts'

/** The machine's own clock: the only place that asks for it. */
export const systemClock: Clock = { now: () => new Date() }

/** UUIDv7 (RFC 9562): 48 bits of milliseconds, then what `randomUUID` draws from its pool, with another version. */
export const newUuidV7: NewId = () => {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
