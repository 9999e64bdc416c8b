import type { CallTree, SpokenCase } from '../../core/call.ts'
import type { Clock, NewId } from '../../core/clock.ts'
import type { Submission } from '../../core/submission.ts'
import type { Database } from '../../db/client.ts'
import type { Accept } from '../accept-submission.ts'

/** The channel's id, and so the first half of the identity of what a call files. */
export const VOICE = 'voice'

/** How an act upon an existing complaint ended: `refused` when its state does not allow it. */
export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false }

/** What a call can do, as the features give it. */
export interface CallDeps {
  readonly db: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly tree: CallTree
  readonly accept: Accept
  /** A person answers at this instant. */
  readonly isOpen: (now: Date) => boolean
  /** Sends a complaint again in a new round; the same externalId is the same event. */
  readonly resubmit: (
    complaintId: string,
    filing: Pick<Submission, 'channel' | 'externalId' | 'receivedAt' | 'text' | 'language' | 'media' | 'raw'>,
  ) => Promise<Outcome<{ readonly round: number }>>
  /** Ends a round with a satisfied citizen. */
  readonly rate: (complaintId: string) => Promise<Outcome<object>>
  /** The newest complaints filed from a telephone, newest first. */
  readonly casesOf: (caller: string) => Promise<readonly SpokenCase[]>
  /** Reference and code, under the lock every channel shares; `client` names who tries. */
  readonly track: (typed: {
    readonly reference: string
    readonly code: string
    readonly client: string
  }) => Promise<SpokenCase | 'wrong' | 'locked'>
  /** Sends a receipt's numbers to a telephone as typed. */
  readonly textReceipt: (complaintId: string, to: string) => Promise<'sent' | 'invalid' | 'refused'>
  /** Texts a link by which files are added to a complaint; once for each `occasion`. */
  readonly textLink: (complaintId: string, to: string, occasion: string) => Promise<'sent' | 'refused'>
  /** Whether texts can be sent to a number: not to a landline. */
  readonly isTextable: (phone: string) => boolean
}
