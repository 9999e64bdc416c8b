/** Time and identity are passed in, so that a test can stand on any day and a bench can repeat itself. */
export interface Clock {
  /** The present instant, UTC. */
  now(): Date
}

/** Gives a UUIDv7: ordered by time, which keeps the indexes of busy tables narrow and warm. */
export type NewId = () => string
