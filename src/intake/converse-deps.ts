import type { Clock, NewId } from '../core/clock.ts'
import type { Converse, KnownOffice, WriteText } from '../core/conversation.ts'
import type { TextDriver } from '../core/text-message.ts'
import type { Database } from '../db/client.ts'
import type { ResubmitDeps } from '../handling/resubmit-complaint.ts'
import type { AcceptWithin } from './accept-submission.ts'

export interface ConverseDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly drivers: readonly TextDriver[]
  /** channels/sms/conversation.ts */
  readonly converse: Converse
  readonly write: WriteText
  readonly acceptWithin: AcceptWithin
  readonly resubmit: ResubmitDeps
  readonly officeZone: string
  /** Stands for an upload link in what is stored; the real one is made when the text goes out. */
  readonly maskedLink: string
  /** Offices a short text may name, likeliest first. */
  readonly findOffices: (words: string) => Promise<readonly KnownOffice[]>
}
