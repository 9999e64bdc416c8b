import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Actor } from './rights.ts'

export interface UndoDeps {
  readonly clock: Clock
  readonly secrets: Secrets
}

/** Ten seconds to see the mistake, and as long again for the way there. */
const UNDO_MS = 20_000

interface Sealed<T> {
  readonly actor: string
  readonly until: number
  readonly what: T
}

/** Proof of what can be undone: worth something for seconds, to the same person. */
export const sealUndo = <T>({ clock, secrets }: UndoDeps, actor: Actor, what: T): string => {
  const sealed: Sealed<T> = { actor: actor.id, until: clock.now().getTime() + UNDO_MS, what }
  return secrets.seal(JSON.stringify(sealed))
}

/** What a proof is of. Throws `conflict` when it is too late, not the same person's, or none of ours. */
export const openUndo = <T>({ clock, secrets }: UndoDeps, actor: Actor, token: string): T => {
  const open = (): Sealed<T> | undefined => {
    try {
      return JSON.parse(secrets.unseal(token)) as Sealed<T>
    } catch {
      return undefined
    }
  }
  const sealed = open()
  if (sealed?.actor !== actor.id || sealed.until < clock.now().getTime()) throw new AppError('conflict')
  return sealed.what
}
