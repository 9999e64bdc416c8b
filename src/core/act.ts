import type { NewId } from './clock.ts'

/** One act upon the record: when, by whom, and where its new rows get their ids. */
export interface Act {
  readonly now: Date
  readonly newId: NewId
  /** `body:SANTE`, `token:<id>`, `gateway`… as the history names it; never a person's name. */
  readonly actor: string
}
