import { AppError } from './errors.ts'

/** Names the version somebody had before the eyes. Absent: whatever it is by now. */
export interface Seen {
  readonly seen?: string | undefined
}

/** Throws `conflict` for what was meant for another version of a thing than it has. */
export const requireSeen = ({ seen }: Seen, version: string): void => {
  if (seen !== undefined && seen !== version) throw new AppError('conflict')
}
