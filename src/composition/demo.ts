import type { Features } from './features.ts'
import type { Parts } from './parts.ts'

export interface DemoLinks {
  readonly consoleUrl: string
}

/** What an embedded gateway shows a newcomer; nothing beside a real database. */
export const prepareDemo = async (_parts: Parts, _features: Features): Promise<DemoLinks | undefined> =>
  undefined
